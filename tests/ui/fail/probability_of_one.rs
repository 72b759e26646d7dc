use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        drop: Dropout(1.0),
        Dense(8),
    }
}

fn main() {}
