use ann::prelude::*;

network! {
    struct Net: [1, 28, 28] -> [10] {
        conv1: Conv2d(20, kernal = 5),
        Dropout(1.5),
        fc1: Dense(0),
        Add <- (fc1, fc3),
    }
}

fn main() {}
