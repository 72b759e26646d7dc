use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        hidden: Dense(2.5),
        Dense(8),
    }
}

fn main() {}
