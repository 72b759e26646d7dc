use ann::prelude::*;

network! {
    struct Net: [784] -> [784] {
        Dense(784, tied = dec),
        dec: Dense(784),
    }
}

fn main() {}
