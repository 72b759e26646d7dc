use ann::prelude::*;

network! {
    struct Net: [784] -> [10] {
        Dense(WIDTH),
        Dense(10),
    }
}

fn main() {}
