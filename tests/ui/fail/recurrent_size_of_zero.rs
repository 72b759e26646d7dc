use ann::prelude::*;

network! {
    struct Net: [28, 28] -> [10] {
        Gru(0),
        Last,
        Dense(10),
    }
}

fn main() {}
