use ann::prelude::*;

const WIDTH: usize = 12;

network! {
    struct Net: [784] -> [10] {
        Dense(WIDTH),
    }
}

fn main() {}
