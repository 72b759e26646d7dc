#![deny(deprecated)]
use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dense(8),
        Relu,
        act: Tanh,
        Dense(8),
    }
}

fn main() {}
