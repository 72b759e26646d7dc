use ann::prelude::*;

network! {
    struct Net: [1, 28, 28] -> [10] {
        Conv2D(20, kernel = 5),
        Dense(10),
    }
}

fn main() {}
