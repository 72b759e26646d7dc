use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        hidden: Dense(99999999999999999999999),
        Dense(8),
    }
}

fn main() {}
