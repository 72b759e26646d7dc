use ann::prelude::*;

network! {
    struct Net: [8] -> [4] {
        type: Dense(8),
        Relu <- type,
        Dense(4),
    }
}

fn main() {}
