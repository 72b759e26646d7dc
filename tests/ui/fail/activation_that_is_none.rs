use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dense(8), Activation("swish"),
    }
}

fn main() {}
