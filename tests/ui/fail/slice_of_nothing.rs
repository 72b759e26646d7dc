use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        part: Slice(6, 6),
        Dense(8),
    }
}

fn main() {}
