use ann::prelude::*;

network! {
    struct Net: [1, 8, 8] -> [10] {
        Conv2d(4, kernel = 3, regularizer = 0.1),
        Dense(10, regularizer = "L1"),
    }
}

fn main() {}
