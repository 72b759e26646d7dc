//! What the tests of the whole share: two small networks and the data that lie in the repository.

use std::path::PathBuf;

use ann::data::Mnist;
use ann::prelude::*;

network! {
    /// A small LeNet with everything that has a state: dropout, running statistics, penalties.
    pub struct Small: [1, 28, 28] -> [10] {
        conv1: Conv2d(6, kernel = 5, stride = 2), BatchNorm, Relu,
        MaxPool2d(2),
        conv2: Conv2d(12, kernel = 3, l2 = 1e-4),
        fc1: Dense(40, max_norm = 2.0), Relu, Dropout(0.3),
        fc2: Dense(10),
    }

    /// Dense layers alone.
    pub struct Dense3: [784] -> [10] { Dense(64), Relu, Dropout(0.2), Dense(32, l1 = 1e-5), Tanh, Dense(10) }
}

/// The repository's MNIST.
pub fn mnist() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/mnist")
}

/// The first images and labels of the training set.
pub fn images(count: usize) -> Result<Mnist> {
    Mnist::train(mnist()).map(|images| images.take(count))
}

/// All parameters of a network, bit by bit.
pub fn bits(network: &impl Network) -> Result<Vec<u64>> {
    let mut bits = Vec::new();
    for segment in network.layout().segments() {
        bits.extend(network.parameter(&segment.name)?.iter().map(|value| value.to_bits()));
    }
    Ok(bits)
}
