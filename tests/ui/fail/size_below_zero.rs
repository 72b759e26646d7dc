use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        hidden: Dense(-3),
        Dense(8),
    }
}

fn main() {}
