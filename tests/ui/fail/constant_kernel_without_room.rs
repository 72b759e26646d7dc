use ann::prelude::*;

const KERNEL: usize = 45;

network! {
    struct Net: [1, 28, 28] -> [10] {
        conv1: Conv2d(20, kernel = KERNEL),
        Dense(10),
    }
}

fn main() {}
