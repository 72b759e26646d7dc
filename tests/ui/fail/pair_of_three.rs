use ann::prelude::*;

network! {
    struct Net: [1, 8, 8] -> [8] {
        Conv2d(4, kernel = (3, 3, 3)),
        Dense(8),
    }
}

fn main() {}
