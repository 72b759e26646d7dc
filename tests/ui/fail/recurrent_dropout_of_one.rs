use ann::prelude::*;

network! {
    struct Net: [_, 65] -> [_, 64] {
        Gru(64, dropout = 1.0),
    }
}

fn main() {}
