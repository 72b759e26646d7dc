use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dense(true),
    }
}

fn main() {}
