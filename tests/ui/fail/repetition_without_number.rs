use ann::prelude::*;

const N: usize = 2;

network! {
    struct Net: [8] -> [8] {
        Dense(8) * N,
        a: Dense(8) * 0,
        Conv2d(8, kernel = 5) * 4,
    }
}

fn main() {}
