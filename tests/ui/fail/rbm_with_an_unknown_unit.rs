use ann::prelude::*;

network! {
    struct DigitRbm: [784] <-> [500] {
        Rbm(500, hidden = Gausian),
    }
}

fn main() {}
