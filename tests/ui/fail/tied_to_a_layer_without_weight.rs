use ann::prelude::*;

network! {
    struct Net: [784] -> [784] {
        act: Sigmoid,
        Dense(784, tied = act),
    }
}

fn main() {}
