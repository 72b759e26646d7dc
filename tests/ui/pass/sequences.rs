#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Steps: [_, 65] -> [_, 65] { Dense(32), Tanh, LayerNorm, Dense(65) }
}

fn main() {
    let _ = Steps::new(0);
}
