use ann::prelude::*;

mod nets {
    use ann::prelude::*;

    network! { pub struct Encoder: [784] -> [30] { Dense(30) } }
}
use nets::Encoder;

network! {
    struct Net: [784] -> [10] {
        encoder: Encoder -> [20],
        Dense(10),
    }
}

fn main() {}
