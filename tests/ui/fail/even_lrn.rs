use ann::prelude::*;

network! {
    struct Net: [8, 4, 4] -> [8] {
        norm: Lrn(4),
        Dense(8),
    }
}

fn main() {}
