use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        hidden: Dense(0),
        Dense(8),
    }
}

fn main() {}
