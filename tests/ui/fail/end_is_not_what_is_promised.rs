use ann::prelude::*;

network! {
    struct Net: [784] -> [10] {
        Dense(64),
        Relu,
        Dense(12),
    }
}

fn main() {}
