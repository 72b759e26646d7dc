use ann::prelude::*;

network! {
    struct Net: [784] -> [10] {
        conv1: Conv2d(8, kernel = 3),
        Dense(10),
    }
}

fn main() {}
