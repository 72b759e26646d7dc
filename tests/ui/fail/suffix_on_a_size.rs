use ann::prelude::*;

network! {
    struct Net: [8] -> [4u8] {
        Dense(5f32),
        Dropout(0.5f32),
        Dense(4),
    }
}

fn main() {}
