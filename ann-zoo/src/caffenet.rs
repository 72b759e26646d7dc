//! CaffeNet, Caffe's own variant of AlexNet.

use ann::prelude::*;

network! {
    /// CaffeNet, the `bvlc_reference_caffenet` of Caffe (Jia et al. 2014, Caffe: convolutional architecture for fast feature
    /// embedding): [`AlexNet`](crate::AlexNet) with pooling before normalization, and biases that begin at 1.
    ///
    /// Colour images of 227x227 to a thousand classes.
    pub struct CaffeNet: [3, 227, 227] -> [1000] {
        conv1: Conv2d(96, kernel = 11, stride = 4, init = Gaussian::new(0.0, 0.01)), Relu,
        MaxPool2d(3, stride = 2, ceil = true), Lrn(5),
        conv2: Conv2d(256, kernel = 5, pad = 2, groups = 2, init = Gaussian::new(0.0, 0.01), bias_init = 1.0), Relu,
        MaxPool2d(3, stride = 2, ceil = true), Lrn(5),
        conv3: Conv2d(384, kernel = 3, pad = 1, init = Gaussian::new(0.0, 0.01)), Relu,
        conv4: Conv2d(384, kernel = 3, pad = 1, groups = 2, init = Gaussian::new(0.0, 0.01), bias_init = 1.0), Relu,
        conv5: Conv2d(256, kernel = 3, pad = 1, groups = 2, init = Gaussian::new(0.0, 0.01), bias_init = 1.0), Relu,
        MaxPool2d(3, stride = 2, ceil = true),
        fc6: Dense(4096, init = Gaussian::new(0.0, 0.005), bias_init = 1.0), Relu, drop6: Dropout(0.5),
        fc7: Dense(4096, init = Gaussian::new(0.0, 0.005), bias_init = 1.0), Relu, drop7: Dropout(0.5),
        fc8: Dense(1000, init = Gaussian::new(0.0, 0.01)),
    }
}

const _: () = assert!(CaffeNet::PARAMETERS == 60_965_224);
