use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dense(8, bias = 1),
    }
}

fn main() {}
