//! VGG-16.

use ann::prelude::*;

network! {
    /// VGG-16 (Simonyan and Zisserman 2015, Very deep convolutional networks for large-scale image recognition, configuration D):
    /// thirteen convolutions of 3x3, three dense layers.
    ///
    /// Colour images of 224x224 to a thousand classes.
    pub struct Vgg16: [3, 224, 224] -> [1000] {
        conv1_1: Conv2d(64, kernel = 3, pad = 1, init = He), Relu,
        conv1_2: Conv2d(64, kernel = 3, pad = 1, init = He), Relu,
        MaxPool2d(2),
        conv2_1: Conv2d(128, kernel = 3, pad = 1, init = He), Relu,
        conv2_2: Conv2d(128, kernel = 3, pad = 1, init = He), Relu,
        MaxPool2d(2),
        conv3_1: Conv2d(256, kernel = 3, pad = 1, init = He), Relu,
        conv3_2: Conv2d(256, kernel = 3, pad = 1, init = He), Relu,
        conv3_3: Conv2d(256, kernel = 3, pad = 1, init = He), Relu,
        MaxPool2d(2),
        conv4_1: Conv2d(512, kernel = 3, pad = 1, init = He), Relu,
        conv4_2: Conv2d(512, kernel = 3, pad = 1, init = He), Relu,
        conv4_3: Conv2d(512, kernel = 3, pad = 1, init = He), Relu,
        MaxPool2d(2),
        conv5_1: Conv2d(512, kernel = 3, pad = 1, init = He), Relu,
        conv5_2: Conv2d(512, kernel = 3, pad = 1, init = He), Relu,
        conv5_3: Conv2d(512, kernel = 3, pad = 1, init = He), Relu,
        MaxPool2d(2),
        fc6: Dense(4096, init = He), Relu, drop6: Dropout(0.5),
        fc7: Dense(4096, init = He), Relu, drop7: Dropout(0.5),
        fc8: Dense(1000, init = Gaussian::new(0.0, 0.01)),
    }
}

const _: () = assert!(Vgg16::PARAMETERS == 138_357_544);
