use ann::prelude::*;

network! {
    struct Net<const H: usize>: [1, 28, 28] -> [10] {
        Conv2d(8, kernel = H),
        Dense(10),
    }
}

fn main() {}
