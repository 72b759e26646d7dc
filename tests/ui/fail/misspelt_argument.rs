use ann::prelude::*;

network! {
    struct Net: [1, 28, 28] -> [10] {
        Conv2d(20, kernle = 5),
        Dense(10),
    }
}

fn main() {}
