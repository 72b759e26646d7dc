use ann::prelude::*;

network! {
    struct Net: [64, 56, 56] -> [64, 28, 28] {
        body: Conv2d(64, kernel = 3, stride = 2, pad = 1),
        Add <- (body, input),
    }
}

fn main() {}
