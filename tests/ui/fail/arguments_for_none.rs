use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Relu(3),
        Dense(8),
    }
}

fn main() {}
