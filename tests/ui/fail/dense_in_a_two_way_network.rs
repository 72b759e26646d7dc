use ann::prelude::*;

network! {
    struct Net: [784] <-> [500] {
        Dense(500),
    }
}

fn main() {}
