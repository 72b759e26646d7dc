use ann::prelude::*;

network! {
    struct Net: [1, 2, 3, 4, 5] -> [10] {
        Dense(10),
    }
}

fn main() {}
