use ann::prelude::*;

network! {
    struct Net: [_, 65] -> [10] {
        Flatten,
        Dense(10),
    }
}

fn main() {}
