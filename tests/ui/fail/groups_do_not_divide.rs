use ann::prelude::*;

network! {
    struct Net: [64, 8, 8] -> [10] {
        conv4: Conv2d(96, kernel = 3, groups = 5),
        Dense(10),
    }
}

fn main() {}
