use ann::prelude::*;

network! {
    struct Net: [_, 65] -> [_, 64] {
        Rnn(64, activation = Tnah),
    }
}

fn main() {}
