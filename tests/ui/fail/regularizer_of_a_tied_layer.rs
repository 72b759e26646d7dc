use ann::prelude::*;
use ann::regularizer::L1;

network! {
    struct Net: [8] -> [8] {
        enc: Dense(3), Sigmoid,
        Dense(8, tied = enc, regularizer = L1(0.1)),
    }
}

fn main() {}
