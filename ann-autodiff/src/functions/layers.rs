//! What layers are made of: products, convolution, pooling, normalization.

use crate::ops::{
    AvgPool2d, BatchNorm, Conv2d, Conv2dBias, GlobalAvgPool2d, LayerNorm, Linear, Lrn, LrnWithin, MatMul,
    MaxPool2d, Normalize, Pooling, Windows,
};
use crate::{Epilogue, Var};

impl<'t, S> Var<'t, S> {
    /// `x W^T + b`, see [`Linear`].
    pub fn linear<A, B>(self, w: Var<'t, A>, b: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Linear::default(), [self.untyped(), w.untyped(), b.untyped()])
    }

    /// `x w`, see [`MatMul`].
    pub fn matmul<A>(self, w: Var<'t, A>) -> Var<'t> {
        self.tape.apply(MatMul { transposed: false }, [self.untyped(), w.untyped()])
    }

    /// `x w^T`, see [`MatMul`].
    pub fn matmul_transposed<A>(self, w: Var<'t, A>) -> Var<'t> {
        self.tape.apply(MatMul { transposed: true }, [self.untyped(), w.untyped()])
    }

    /// Convolution, see [`Conv2d`].
    pub fn conv2d<A>(self, w: Var<'t, A>, windows: Windows) -> Var<'t> {
        self.tape.apply(Conv2d { windows }, [self.untyped(), w.untyped()])
    }

    /// Convolution with a bias a channel, see [`Conv2dBias`].
    pub fn conv2d_bias<A, B>(self, w: Var<'t, A>, b: Var<'t, B>, windows: Windows) -> Var<'t> {
        let op = Conv2dBias { windows, epilogue: Epilogue::None };
        self.tape.apply(op, [self.untyped(), w.untyped(), b.untyped()])
    }

    /// The largest element of each window, see [`MaxPool2d`].
    pub fn max_pool2d(self, windows: Pooling) -> Var<'t> {
        self.map(MaxPool2d { windows })
    }

    /// The mean of each window, see [`AvgPool2d`].
    pub fn avg_pool2d(self, windows: Pooling) -> Var<'t> {
        self.map(AvgPool2d { windows })
    }

    /// The mean of each channel, see [`GlobalAvgPool2d`].
    pub fn global_avg_pool2d(self) -> Var<'t> {
        self.map(GlobalAvgPool2d)
    }

    /// Local response normalization across channels, see [`Lrn`].
    pub fn lrn(self, size: usize, alpha: f64, beta: f64, k: f64) -> Var<'t> {
        self.map(Lrn { size, alpha, beta, k })
    }

    /// Local response normalization within a channel, see [`LrnWithin`].
    pub fn lrn_within_channel(self, size: usize, alpha: f64, beta: f64, k: f64) -> Var<'t> {
        self.map(LrnWithin { size, alpha, beta, k })
    }

    /// Batch normalization by the batch's own statistics, towards which the running ones move; see [`BatchNorm`].
    pub fn batch_norm(
        self,
        weight: Var<'t>,
        bias: Var<'t>,
        mean: Var<'t>,
        variance: Var<'t>,
        eps: f64,
    ) -> Var<'t> {
        self.tape.apply(BatchNorm { eps }, [self.untyped(), weight, bias, mean, variance])
    }

    /// Batch normalization by given statistics, see [`Normalize`].
    pub fn normalize(
        self,
        weight: Var<'t>,
        bias: Var<'t>,
        mean: Var<'t>,
        variance: Var<'t>,
        eps: f64,
    ) -> Var<'t> {
        self.tape.apply(Normalize { eps }, [self.untyped(), weight, bias, mean, variance])
    }

    /// Layer normalization over the last `axes` axes, see [`LayerNorm`].
    pub fn layer_norm(self, axes: usize, eps: f64) -> Var<'t> {
        self.map(LayerNorm { axes, eps })
    }
}
