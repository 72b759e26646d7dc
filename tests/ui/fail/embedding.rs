use ann::prelude::*;

network! {
    struct Net: [20] -> [20, 8] {
        Embedding(1000, 8),
    }
}

fn main() {}
