use ann::prelude::*;

network! {
    struct Net: [784] -> [500] {
        Rbm(500),
    }
}

fn main() {}
