#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Inner<const H: usize>: [8] -> [4] { Dense(H), Relu, Dense(4) }
    struct Outer: [8] -> [2] { inner: Inner<16> -> [4], Dense(2) }
}

fn main() {
    assert_eq!(Outer::new(0).layout().trainable(), Outer::PARAMETERS);
}
