//! GoogLeNet in Caffe's definition, its inception modules and its auxiliary heads.

use ann::prelude::*;

network! {
    /// An inception module on `I` channels of `S` x `S`: `A` channels by 1x1, `C` by 3x3 behind `B` by 1x1, `E` by 5x5 behind `D` by
    /// 1x1, and `P` by 1x1 behind pooling; `O` together.
    pub struct Inception<
        const I: usize, const A: usize, const B: usize, const C: usize, const D: usize, const E: usize, const P: usize,
        const O: usize, const S: usize,
    >: [I, S, S] -> [O, S, S] {
        conv1x1: Conv2d(A, kernel = 1, bias_init = 0.2), branch1: Relu,
        reduce3x3: Conv2d(B, kernel = 1, bias_init = 0.2) <- input, Relu,
        conv3x3: Conv2d(C, kernel = 3, pad = 1, bias_init = 0.2), branch2: Relu,
        reduce5x5: Conv2d(D, kernel = 1, bias_init = 0.2) <- input, Relu,
        conv5x5: Conv2d(E, kernel = 5, pad = 2, bias_init = 0.2), branch3: Relu,
        MaxPool2d(3, stride = 1, pad = 1) <- input,
        project: Conv2d(P, kernel = 1, bias_init = 0.2), branch4: Relu,
        Concat -> [O, S, S] <- (branch1, branch2, branch3, branch4),
    }

    /// An auxiliary head on `I` channels of 14x14: what the middle of the network can tell of the class.
    pub struct Head<const I: usize>: [I, 14, 14] -> [1000] {
        AvgPool2d(5, stride = 3, ceil = true),
        conv: Conv2d(128, kernel = 1, bias_init = 0.2), Relu,
        fc: Dense(1024, bias_init = 0.2), Relu,
        drop: Dropout(0.7),
        classifier: Dense(1000),
    }

    /// GoogLeNet (Szegedy et al. 2015, Going deeper with convolutions) as Caffe's `bvlc_googlenet` has it, with both auxiliary
    /// heads: while training, their losses count 0.3 each. 6 998 552 of the parameters are not theirs.
    ///
    /// Colour images of 224x224 to a thousand classes.
    pub struct GoogLeNet: [3, 224, 224] -> [1000] {
        conv1: Conv2d(64, kernel = 7, stride = 2, pad = 3, bias_init = 0.2), Relu,
        MaxPool2d(3, stride = 2, ceil = true), Lrn(5),
        reduce2: Conv2d(64, kernel = 1, bias_init = 0.2), Relu,
        conv2: Conv2d(192, kernel = 3, pad = 1, bias_init = 0.2), Relu,
        Lrn(5), MaxPool2d(3, stride = 2, ceil = true),
        inception3a: Inception<192, 64, 96, 128, 16, 32, 32, 256, 28> -> [256, 28, 28],
        inception3b: Inception<256, 128, 128, 192, 32, 96, 64, 480, 28> -> [480, 28, 28],
        MaxPool2d(3, stride = 2, ceil = true),
        inception4a: Inception<480, 192, 96, 208, 16, 48, 64, 512, 14> -> [512, 14, 14],
        head1: Head<512> -> [1000],
        Auxiliary(weight = 0.3) <- (inception4a, head1),
        inception4b: Inception<512, 160, 112, 224, 24, 64, 64, 512, 14> -> [512, 14, 14],
        inception4c: Inception<512, 128, 128, 256, 24, 64, 64, 512, 14> -> [512, 14, 14],
        inception4d: Inception<512, 112, 144, 288, 32, 64, 64, 528, 14> -> [528, 14, 14],
        head2: Head<528> -> [1000],
        Auxiliary(weight = 0.3) <- (inception4d, head2),
        inception4e: Inception<528, 256, 160, 320, 32, 128, 128, 832, 14> -> [832, 14, 14],
        MaxPool2d(3, stride = 2, ceil = true),
        inception5a: Inception<832, 256, 160, 320, 32, 128, 128, 832, 7> -> [832, 7, 7],
        inception5b: Inception<832, 384, 192, 384, 48, 128, 128, 1024, 7> -> [1024, 7, 7],
        AvgPool2d(7, stride = 1),
        drop: Dropout(0.4),
        classifier: Dense(1000),
    }
}

const _: () = assert!(GoogLeNet::PARAMETERS == 13_378_280);
const _: () = assert!(GoogLeNet::PARAMETERS - Head::<512>::PARAMETERS - Head::<528>::PARAMETERS == 6_998_552);
