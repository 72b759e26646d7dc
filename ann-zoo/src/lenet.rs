//! LeNet in Caffe's variant.

use ann::prelude::*;

network! {
    /// LeNet as `examples/mnist/lenet.prototxt` of Caffe has it: two convolutions with pooling, two dense layers, one rectifier
    /// (after LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning applied to document recognition).
    ///
    /// Grey images of 28x28 to ten classes.
    pub struct LeNet: [1, 28, 28] -> [10] {
        conv1: Conv2d(20, kernel = 5),
        MaxPool2d(2),
        conv2: Conv2d(50, kernel = 5),
        MaxPool2d(2),
        fc1: Dense(500), Relu,
        fc2: Dense(10),
    }
}

const _: () = assert!(LeNet::PARAMETERS == 431_080);
