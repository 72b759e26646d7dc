#![deny(deprecated)]
use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dense(8),
        Dropout(0.5),
    }
}

fn main() {}
