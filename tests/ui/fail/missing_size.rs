use ann::prelude::*;

network! {
    struct Net: [8] -> [8] {
        Dense(),
    }
}

fn main() {}
