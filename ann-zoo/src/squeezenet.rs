//! SqueezeNet 1.1 and its fire modules.

use ann::prelude::*;

network! {
    /// A fire module: `I` channels squeezed to `Q`, expanded to `E` by 1x1 and to `E` by 3x3, `O` together, of `S` x `S`.
    pub struct Fire<const I: usize, const Q: usize, const E: usize, const O: usize, const S: usize>: [I, S, S] -> [O, S, S] {
        squeeze: Conv2d(Q, kernel = 1, init = He), squeezed: Relu,
        expand1x1: Conv2d(E, kernel = 1, init = He), narrow: Relu,
        expand3x3: Conv2d(E, kernel = 3, pad = 1, init = He) <- squeezed, wide: Relu,
        Concat -> [O, S, S] <- (narrow, wide),
    }

    /// SqueezeNet 1.1 (Iandola et al. 2016, SqueezeNet: AlexNet-level accuracy with 50x fewer parameters; version 1.1 of the
    /// authors' files).
    ///
    /// Colour images of 227x227 to a thousand classes.
    pub struct SqueezeNet: [3, 227, 227] -> [1000] {
        conv1: Conv2d(64, kernel = 3, stride = 2, init = He), Relu,
        MaxPool2d(3, stride = 2, ceil = true),
        fire2: Fire<64, 16, 64, 128, 56> -> [128, 56, 56],
        fire3: Fire<128, 16, 64, 128, 56> -> [128, 56, 56],
        MaxPool2d(3, stride = 2, ceil = true),
        fire4: Fire<128, 32, 128, 256, 28> -> [256, 28, 28],
        fire5: Fire<256, 32, 128, 256, 28> -> [256, 28, 28],
        MaxPool2d(3, stride = 2, ceil = true),
        fire6: Fire<256, 48, 192, 384, 14> -> [384, 14, 14],
        fire7: Fire<384, 48, 192, 384, 14> -> [384, 14, 14],
        fire8: Fire<384, 64, 256, 512, 14> -> [512, 14, 14],
        fire9: Fire<512, 64, 256, 512, 14> -> [512, 14, 14],
        drop9: Dropout(0.5),
        conv10: Conv2d(1000, kernel = 1, init = Gaussian::new(0.0, 0.01)), Relu,
        GlobalAvgPool2d,
    }
}

const _: () = assert!(SqueezeNet::PARAMETERS == 1_235_496);
