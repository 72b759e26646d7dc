#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Tied: [784] -> [784] { enc: Dense(64), Sigmoid, Dense(784, tied = enc), Sigmoid }
}

fn main() {
    assert_eq!(Tied::PARAMETERS, 784 * 64 + 64 + 784);
    assert_eq!(Tied::new(0).layout().trainable(), Tied::PARAMETERS);
}
