#![deny(warnings)]
use ann::prelude::*;

network! {
    /// LeNet for 28x28 grey images.
    pub struct LeNet: [1, 28, 28] -> [10] {
        conv1: Conv2d(20, kernel = 5),
        MaxPool2d(2),
        conv2: Conv2d(50, kernel = 5),
        MaxPool2d(2),
        fc1: Dense(500), Relu,
        Dropout(0.5),
        fc2: Dense(10),
    }
}

const _: () = assert!(LeNet::PARAMETERS == 431_080);

fn main() {
    let net = LeNet::new(0);
    assert_eq!(net.layout().trainable(), LeNet::PARAMETERS);
    let _: &ann::layers::Conv2d<Rank3<20, 12, 12>, Rank3<50, 8, 8>> = &net.conv2;
}
