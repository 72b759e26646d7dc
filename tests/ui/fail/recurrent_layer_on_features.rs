use ann::prelude::*;

network! {
    struct Net: [784] -> [10] {
        Lstm(64),
        Dense(10),
    }
    struct Image: [1, 28, 28] -> [10] {
        Last,
        Dense(10),
    }
}

fn main() {}
