use ann::prelude::*;

network! {
    struct Net: [_, 65] -> [_, 64] {
        Lstm(64, bidirectional = true),
    }
}

fn main() {}
