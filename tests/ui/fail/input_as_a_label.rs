use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        input: Dense(8),
    }
}

fn main() {}
