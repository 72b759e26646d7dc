use ann::prelude::*;

mod nets {
    use ann::prelude::*;

    network! { pub struct Encoder: [784] -> [30] { Dense(30) } }
}
use nets::Encoder;

network! {
    struct Net: [785] -> [30] {
        encoder: Encoder -> [30],
    }
}

fn main() {}
