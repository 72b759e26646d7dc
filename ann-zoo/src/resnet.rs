//! Residual networks of 18 and 50 layers, and their blocks.

use ann::prelude::*;

network! {
    /// A block of two convolutions around which the input passes unchanged: `C` channels of `S` x `S`.
    pub struct Basic<const C: usize, const S: usize>: [C, S, S] -> [C, S, S] {
        conv1: Conv2d(C, kernel = 3, pad = 1, bias = false, init = He), bn1: BatchNorm, Relu,
        conv2: Conv2d(C, kernel = 3, pad = 1, bias = false, init = He), bn2: BatchNorm,
        Add <- (bn2, input), Relu,
    }

    /// The same with steps of two: from `I` channels of `S` x `S` to `C` of `T` x `T`, the input around it by a projection.
    pub struct BasicDown<const I: usize, const C: usize, const S: usize, const T: usize>: [I, S, S] -> [C, T, T] {
        conv1: Conv2d(C, kernel = 3, stride = 2, pad = 1, bias = false, init = He) -> [C, T, T], bn1: BatchNorm, Relu,
        conv2: Conv2d(C, kernel = 3, pad = 1, bias = false, init = He), bn2: BatchNorm,
        downsample: Conv2d(C, kernel = 1, stride = 2, bias = false, init = He) -> [C, T, T] <- input, shortcut: BatchNorm,
        Add <- (bn2, shortcut), Relu,
    }

    /// ResNet-18 (He, Zhang, Ren and Sun 2016, Deep residual learning for image recognition).
    ///
    /// Colour images of 224x224 to a thousand classes.
    pub struct ResNet18: [3, 224, 224] -> [1000] {
        conv1: Conv2d(64, kernel = 7, stride = 2, pad = 3, bias = false, init = He), bn1: BatchNorm, Relu,
        MaxPool2d(3, stride = 2, pad = 1),
        layer1: Basic<64, 56> * 2,
        layer2_0: BasicDown<64, 128, 56, 28> -> [128, 28, 28],
        layer2_1: Basic<128, 28> -> [128, 28, 28],
        layer3_0: BasicDown<128, 256, 28, 14> -> [256, 14, 14],
        layer3_1: Basic<256, 14> -> [256, 14, 14],
        layer4_0: BasicDown<256, 512, 14, 7> -> [512, 7, 7],
        layer4_1: Basic<512, 7> -> [512, 7, 7],
        GlobalAvgPool2d, fc: Dense(1000),
    }

    /// A block of three convolutions, the middle one of 3x3 in `M` channels only, around which the input passes unchanged:
    /// `C` channels of `S` x `S`.
    pub struct Bottleneck<const C: usize, const M: usize, const S: usize>: [C, S, S] -> [C, S, S] {
        conv1: Conv2d(M, kernel = 1, bias = false, init = He), bn1: BatchNorm, Relu,
        conv2: Conv2d(M, kernel = 3, pad = 1, bias = false, init = He), bn2: BatchNorm, Relu,
        conv3: Conv2d(C, kernel = 1, bias = false, init = He), bn3: BatchNorm,
        Add <- (bn3, input), Relu,
    }

    /// The same with steps of `D` in the convolution of 3x3: from `I` channels of `S` x `S` to `C` of `T` x `T`, the input around it
    /// by a projection.
    pub struct BottleneckDown<
        const I: usize, const C: usize, const M: usize, const D: usize, const S: usize, const T: usize,
    >: [I, S, S] -> [C, T, T] {
        conv1: Conv2d(M, kernel = 1, bias = false, init = He), bn1: BatchNorm, Relu,
        conv2: Conv2d(M, kernel = 3, stride = D, pad = 1, bias = false, init = He) -> [M, T, T], bn2: BatchNorm, Relu,
        conv3: Conv2d(C, kernel = 1, bias = false, init = He), bn3: BatchNorm,
        downsample: Conv2d(C, kernel = 1, stride = D, bias = false, init = He) -> [C, T, T] <- input, shortcut: BatchNorm,
        Add <- (bn3, shortcut), Relu,
    }

    /// ResNet-50 (He, Zhang, Ren and Sun 2016, Deep residual learning for image recognition), with the steps of two in the
    /// convolutions of 3x3, as torchvision has it.
    ///
    /// Colour images of 224x224 to a thousand classes.
    pub struct ResNet50: [3, 224, 224] -> [1000] {
        conv1: Conv2d(64, kernel = 7, stride = 2, pad = 3, bias = false, init = He), bn1: BatchNorm, Relu,
        MaxPool2d(3, stride = 2, pad = 1),
        layer1_0: BottleneckDown<64, 256, 64, 1, 56, 56> -> [256, 56, 56],
        layer1: Bottleneck<256, 64, 56> * 2,
        layer2_0: BottleneckDown<256, 512, 128, 2, 56, 28> -> [512, 28, 28],
        layer2: Bottleneck<512, 128, 28> * 3,
        layer3_0: BottleneckDown<512, 1024, 256, 2, 28, 14> -> [1024, 14, 14],
        layer3: Bottleneck<1024, 256, 14> * 5,
        layer4_0: BottleneckDown<1024, 2048, 512, 2, 14, 7> -> [2048, 7, 7],
        layer4: Bottleneck<2048, 512, 7> * 2,
        GlobalAvgPool2d, fc: Dense(1000),
    }
}

const _: () = assert!(ResNet18::PARAMETERS == 11_689_512);
const _: () = assert!(ResNet50::PARAMETERS == 25_557_032);
