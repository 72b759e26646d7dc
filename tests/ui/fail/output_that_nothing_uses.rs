use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        left: Dense(8),
        right: Dense(8) <- input,
        Relu,
    }
}

fn main() {}
