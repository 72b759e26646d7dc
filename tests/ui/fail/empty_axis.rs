use ann::prelude::*;

network! {
    struct Net: [0] -> [10] {
        Dense(10),
    }
}

fn main() {}
