use ann::prelude::*;

network! {
    struct DigitRbm: [784] <-> [500] {
        Rbm(500),
    }
}

fn main() {}
