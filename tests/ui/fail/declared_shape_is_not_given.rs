use ann::prelude::*;

network! {
    struct Net: [784] -> [10] {
        hidden: Dense(64) -> [32],
        Dense(10),
    }
}

fn main() {}
