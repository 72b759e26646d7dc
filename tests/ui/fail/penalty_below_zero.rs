use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dense(8, l2 = -0.1),
    }
}

fn main() {}
