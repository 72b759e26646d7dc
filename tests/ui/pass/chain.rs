#![deny(warnings)]
use ann::prelude::*;

network! {
    pub struct Iris: [4] -> [3] { Dense(5), Sigmoid, Dense(4), Sigmoid, Dense(3) }
    pub struct Energy: [8] -> [2] { Dense(64), Tanh, Dense(64), Tanh, Dense(2) }
}

fn main() {
    assert_eq!(Iris::new(0).layout().trainable(), Iris::PARAMETERS);
    let _ = Energy::builder().seed(3).precision(ann::Dtype::F64).build();
}
