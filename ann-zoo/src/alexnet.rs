//! AlexNet in Caffe's definition.

use ann::prelude::*;

network! {
    /// AlexNet (Krizhevsky, Sutskever and Hinton 2012, ImageNet classification with deep convolutional neural networks) as
    /// Caffe's `bvlc_alexnet` has it: normalization before pooling, the second, fourth and fifth convolution in two groups,
    /// windows of pooling that overlap. First values are those of the paper, section 5.
    ///
    /// Colour images of 227x227 to a thousand classes.
    pub struct AlexNet: [3, 227, 227] -> [1000] {
        conv1: Conv2d(96, kernel = 11, stride = 4, init = Gaussian::new(0.0, 0.01)), Relu,
        Lrn(5), MaxPool2d(3, stride = 2, ceil = true),
        conv2: Conv2d(256, kernel = 5, pad = 2, groups = 2, init = Gaussian::new(0.0, 0.01), bias_init = 0.1), Relu,
        Lrn(5), MaxPool2d(3, stride = 2, ceil = true),
        conv3: Conv2d(384, kernel = 3, pad = 1, init = Gaussian::new(0.0, 0.01)), Relu,
        conv4: Conv2d(384, kernel = 3, pad = 1, groups = 2, init = Gaussian::new(0.0, 0.01), bias_init = 0.1), Relu,
        conv5: Conv2d(256, kernel = 3, pad = 1, groups = 2, init = Gaussian::new(0.0, 0.01), bias_init = 0.1), Relu,
        MaxPool2d(3, stride = 2, ceil = true),
        fc6: Dense(4096, init = Gaussian::new(0.0, 0.005), bias_init = 0.1), Relu, drop6: Dropout(0.5),
        fc7: Dense(4096, init = Gaussian::new(0.0, 0.005), bias_init = 0.1), Relu, drop7: Dropout(0.5),
        fc8: Dense(1000, init = Gaussian::new(0.0, 0.01)),
    }
}

const _: () = assert!(AlexNet::PARAMETERS == 60_965_224);
