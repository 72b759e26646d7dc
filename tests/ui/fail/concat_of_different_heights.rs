use ann::prelude::*;

network! {
    struct Net: [4, 8, 8] -> [8] {
        small: MaxPool2d(2),
        both: Concat <- (small, input),
        Dense(8),
    }
}

fn main() {}
