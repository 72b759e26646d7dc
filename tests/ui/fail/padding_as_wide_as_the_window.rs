use ann::prelude::*;

network! {
    struct Net: [1, 8, 8] -> [8] {
        MaxPool2d(2, pad = 2),
        Dense(8),
    }
}

fn main() {}
