//! MobileNet v1 and its separable convolutions.

use ann::prelude::*;

network! {
    /// A separable convolution: 3x3 with steps of `D`, each of `I` channels by itself, then 1x1 to `O` channels; from `S` x `S` to
    /// `T` x `T`.
    pub struct Separable<
        const I: usize, const O: usize, const D: usize, const S: usize, const T: usize,
    >: [I, S, S] -> [O, T, T] {
        depthwise: Conv2d(I, kernel = 3, stride = D, pad = 1, groups = I, bias = false, init = He) -> [I, T, T],
        bn1: BatchNorm, Relu,
        pointwise: Conv2d(O, kernel = 1, bias = false, init = He),
        bn2: BatchNorm, Relu,
    }

    /// MobileNet v1 of full width (Howard et al. 2017, MobileNets: efficient convolutional neural networks for mobile vision
    /// applications, table 1).
    ///
    /// Colour images of 224x224 to a thousand classes.
    pub struct MobileNet: [3, 224, 224] -> [1000] {
        conv1: Conv2d(32, kernel = 3, stride = 2, pad = 1, bias = false, init = He), bn1: BatchNorm, Relu,
        conv2: Separable<32, 64, 1, 112, 112> -> [64, 112, 112],
        conv3: Separable<64, 128, 2, 112, 56> -> [128, 56, 56],
        conv4: Separable<128, 128, 1, 56, 56> -> [128, 56, 56],
        conv5: Separable<128, 256, 2, 56, 28> -> [256, 28, 28],
        conv6: Separable<256, 256, 1, 28, 28> -> [256, 28, 28],
        conv7: Separable<256, 512, 2, 28, 14> -> [512, 14, 14],
        conv8: Separable<512, 512, 1, 14, 14> * 5,
        conv9: Separable<512, 1024, 2, 14, 7> -> [1024, 7, 7],
        conv10: Separable<1024, 1024, 1, 7, 7> -> [1024, 7, 7],
        GlobalAvgPool2d, fc: Dense(1000),
    }
}

const _: () = assert!(MobileNet::PARAMETERS == 4_231_976);
