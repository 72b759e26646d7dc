use ann::prelude::*;

network! {
    struct Net: [_, 65] -> [_, 65] {
        Lstm(256),
        Dense(65),
    }
}

fn main() {}
