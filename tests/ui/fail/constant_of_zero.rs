use ann::prelude::*;

const WIDTH: usize = 0;

network! {
    struct Net: [784] -> [10] {
        Dense(WIDTH),
        Dense(10),
    }
}

fn main() {}
