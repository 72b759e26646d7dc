use ann::prelude::*;

network! {
    struct Net: [784] -> [784] {
        enc: Dense(64),
        Dense(784, tied = encoder),
    }
}

fn main() {}
