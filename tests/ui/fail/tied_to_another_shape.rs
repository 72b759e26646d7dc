use ann::prelude::*;

network! {
    struct Net: [784] -> [700] {
        enc: Dense(64),
        Dense(700, tied = enc),
    }
}

fn main() {}
