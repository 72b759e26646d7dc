use ann::prelude::*;

network! {
    struct Net: [28, 28] -> [10] {
        Gru(64, bidirectional = true),
        Last,
        Dense(10),
    }
}

fn main() {}
