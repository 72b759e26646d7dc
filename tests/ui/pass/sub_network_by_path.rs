#![deny(warnings)]
use ann::prelude::*;

mod nets {
    use ann::prelude::*;

    network! { pub(crate) struct Inner: [8] -> [4] { Dense(4) } }
}

network! {
    struct Net: [8] -> [2] { inner: nets::Inner -> [4], Relu, Dense(2) }
}

fn main() {
    let _ = Net::new(0);
}
