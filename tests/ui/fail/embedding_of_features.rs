use ann::prelude::*;

network! {
    struct Net: [20, 3] -> [20, 8] {
        Embedding(1000, 8),
    }
    struct Missing: [20] -> [20, 8] {
        Embedding(1000),
    }
}

fn main() {}
