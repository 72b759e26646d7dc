#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Block: [64, 8, 8] -> [64, 8, 8] {
        Conv2d(64, kernel = 3, pad = 1), BatchNorm, Relu,
        Conv2d(64, kernel = 3, pad = 1), body: BatchNorm,
        Add <- (body, input), Relu,
    }
}

fn main() {
    let _ = Block::new(0);
}
