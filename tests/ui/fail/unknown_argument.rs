use ann::prelude::*;

network! {
    struct Net: [784] -> [10] {
        Dense(10, kernal = 5),
    }
}

fn main() {}
