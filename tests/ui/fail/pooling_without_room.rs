use ann::prelude::*;

network! {
    struct Net: [1, 4, 4] -> [10] {
        pool: MaxPool2d(5),
        Dense(10),
    }
}

fn main() {}
