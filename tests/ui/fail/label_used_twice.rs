use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        body: Dense(8),
        body: Dense(8),
    }
}

fn main() {}
