use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dropout("half"),
        Dense(8),
    }
}

fn main() {}
