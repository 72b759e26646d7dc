use ann::prelude::*;

network! {
    struct Net<const H: usize>: [784] -> [10] {
        Dense(H * 2),
        Dense(10),
    }
}

fn main() {}
