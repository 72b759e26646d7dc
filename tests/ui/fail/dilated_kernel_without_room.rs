use ann::prelude::*;

network! {
    struct Net: [1, 8, 8] -> [10] {
        wide: Conv2d(2, kernel = 3, dilation = 4),
        Dense(10),
    }
}

fn main() {}
