#![deny(warnings)]
use ann::prelude::*;

const SIDE: usize = 8;
const KERNEL: usize = 3;
const CHANNELS: usize = 4;
const CLASSES: usize = 10;

network! {
    struct Net: [1, SIDE, SIDE] -> [CLASSES] {
        conv: Conv2d(CHANNELS, kernel = KERNEL, pad = KERNEL / 2),
        Relu,
        MaxPool2d(2),
        Dense(CHANNELS * 2), Relu,
        Dense(CLASSES),
    }
}

fn main() {
    let net = Net::new(0);
    assert_eq!(net.layout().trainable(), Net::PARAMETERS);
    let _: &ann::layers::Conv2d<Rank3<1, 8, 8>, Rank3<4, 8, 8>> = &net.conv;
}
