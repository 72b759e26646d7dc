#![deny(warnings)]
use ann::prelude::*;

network! {
    struct All: [8, 12, 12] -> [10] {
        conv: Conv2d(8, kernel = (3, 5), stride = (1, 2), pad = 2, dilation = 1, groups = 2, bias = false, init = He, l2 = 1e-4),
        BatchNorm(momentum = 0.2, eps = 1e-3), LeakyRelu(0.1),
        Lrn(5, alpha = 1e-3, beta = 0.5, k = 2.0),
        MaxPool2d(3, stride = 2, ceil = true), PRelu,
        AvgPool2d((2, 1)), Elu(1.0),
        Lrn(3, within_channel = true), Identity,
        Flatten, Dense(24, bias = true, init = Gaussian::new(0.0, 0.01), bias_init = 0.1, l1 = 1e-5, max_norm = 3.0), Gelu,
        LayerNorm(affine = false), Dense(12), Silu,
        Reshape(3, 2, 2), Softplus, GlobalAvgPool2d,
        Dropout(0.1), Dense(10), LogSoftmax,
    }
}

fn main() {
    assert_eq!(All::new(0).layout().trainable(), All::PARAMETERS);
}
