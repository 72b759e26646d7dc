use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        a: Dense(8),
        b: Dense(8) <- input,
        Relu <- (a, b),
    }
}

fn main() {}
