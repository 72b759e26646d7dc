use ann::prelude::*;

network! {
    struct Net<T>: [784] -> [10] {
        Dense(10),
    }
}

fn main() {}
