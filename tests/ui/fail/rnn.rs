use ann::prelude::*;

network! {
    struct Net: [28, 28] -> [10] {
        Rnn(64),
        Last,
        Dense(10),
    }
}

fn main() {}
