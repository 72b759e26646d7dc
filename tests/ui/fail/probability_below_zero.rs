use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dropout(-0.1),
        Dense(8),
    }
}

fn main() {}
