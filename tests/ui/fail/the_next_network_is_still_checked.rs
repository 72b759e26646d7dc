use ann::prelude::*;

network! {
    struct First: [8] -> [8] {
        Dens(8),
    }

    struct Second: [8] -> [8] {
        Dense(7),
    }
}

fn main() {}
