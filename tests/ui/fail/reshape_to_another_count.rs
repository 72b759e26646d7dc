use ann::prelude::*;

network! {
    struct Net: [784] -> [10] {
        Reshape(1, 28, 27),
        Dense(10),
    }
}

fn main() {}
