use ann::prelude::*;

network! {
    struct Net: [1, 28, 28] -> [10] {
        conv1: Conv2d(20, kernel = 5),
        MaxPool2d(6),
        conv2: Conv2d(50, kernel = 5),
        Dense(10),
    }
}

fn main() {}
