use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        GaussianNoise(-0.1),
        Dense(8),
    }
}

fn main() {}
