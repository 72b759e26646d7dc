//! What can be written on a [`Var`]: the operations as methods and operators, and functions composed of them.

use std::ops;

use crate::op::Op;
use crate::ops::{
    Add, Affine, AvgPool2d, BatchNorm, BinaryCrossEntropy, Concat, Conv2d, Conv2dBias, Div, Dropout, Elu,
    Gelu, GlobalAvgPool2d, Huber, LayerNorm, LeakyRelu, Linear, LogSoftmax, Lrn, LrnWithin, MatMul,
    MaxPool2d, MeanAbsoluteError, MeanSquaredError, Mul, Normalize, PRelu, Pooling, Relu, Reshape, Sigmoid,
    Silu, Slice, Softmax, SoftmaxCrossEntropy, Softplus, Sub, Sum, Tanh, Windows,
};
use crate::{Epilogue, Error, Extents, Var};

impl<'t, S> Var<'t, S> {
    /// An operation of one input.
    pub fn map<O: Op<1>>(self, op: O) -> Var<'t> {
        self.tape.apply(op, [self.untyped()])
    }

    /// `max(x, 0)`
    pub fn relu(self) -> Var<'t> {
        self.map(Relu)
    }

    /// `1 / (1 + e^-x)`
    pub fn sigmoid(self) -> Var<'t> {
        self.map(Sigmoid)
    }

    /// `tanh(x)`
    pub fn tanh(self) -> Var<'t> {
        self.map(Tanh)
    }

    /// The sum of all elements.
    pub fn sum(self) -> Var<'t> {
        self.map(Sum { scale: 1.0 })
    }

    /// The mean of all elements.
    pub fn mean(self) -> Var<'t> {
        self.map(Sum { scale: 1.0 / self.extents().count() as f64 })
    }

    /// The same elements in other sizes.
    pub fn reshape(self, dims: &[usize]) -> Var<'t> {
        match Extents::new(dims) {
            Ok(extents) => self.map(Reshape { extents }),
            Err(error) => self.tape.fail(error),
        }
    }

    /// `scale * x + shift`
    pub fn affine(self, scale: f64, shift: f64) -> Var<'t> {
        self.map(Affine { scale, shift })
    }

    /// See [`LeakyRelu`].
    pub fn leaky_relu(self, a: f64) -> Var<'t> {
        self.map(LeakyRelu { a })
    }

    /// See [`PRelu`].
    pub fn prelu<A>(self, slopes: Var<'t, A>) -> Var<'t> {
        self.tape.apply(PRelu, [self.untyped(), slopes.untyped()])
    }

    /// See [`Elu`].
    pub fn elu(self, a: f64) -> Var<'t> {
        self.map(Elu { a })
    }

    /// See [`Gelu`].
    pub fn gelu(self) -> Var<'t> {
        self.map(Gelu)
    }

    /// See [`Silu`].
    pub fn silu(self) -> Var<'t> {
        self.map(Silu)
    }

    /// `ln(1 + e^x)`
    pub fn softplus(self) -> Var<'t> {
        self.map(Softplus)
    }

    /// `e^x / sum of e^x` along an axis.
    pub fn softmax(self, axis: usize) -> Var<'t> {
        self.map(Softmax { axis })
    }

    /// `x - ln(sum of e^x)` along an axis.
    pub fn log_softmax(self, axis: usize) -> Var<'t> {
        self.map(LogSoftmax { axis })
    }

    /// Drops elements with probability `p`, see [`Dropout`].
    pub fn dropout(self, p: f64) -> Var<'t> {
        self.map(Dropout { p, stream: self.tape.stream() })
    }

    /// Elements `from` to `to`, the last one left out, of an axis.
    pub fn slice(self, axis: usize, from: usize, to: usize) -> Var<'t> {
        self.map(Slice { axis, from, to })
    }

    /// See [`MaxPool2d`].
    pub fn max_pool2d(self, windows: Pooling) -> Var<'t> {
        self.map(MaxPool2d { windows })
    }

    /// See [`AvgPool2d`].
    pub fn avg_pool2d(self, windows: Pooling) -> Var<'t> {
        self.map(AvgPool2d { windows })
    }

    /// The mean of each channel.
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

    /// Cross-entropy of classes on logits, see [`SoftmaxCrossEntropy`].
    pub fn softmax_cross_entropy<A>(self, classes: Var<'t, A>, smoothing: f64) -> Var<'t> {
        self.tape.apply(SoftmaxCrossEntropy { smoothing }, [self.untyped(), classes.untyped()])
    }

    /// Cross-entropy of yes and no on logits, see [`BinaryCrossEntropy`].
    pub fn binary_cross_entropy<A>(self, target: Var<'t, A>) -> Var<'t> {
        self.tape.apply(BinaryCrossEntropy, [self.untyped(), target.untyped()])
    }

    /// The mean of `(x - t)^2`.
    pub fn mean_squared_error<A>(self, target: Var<'t, A>) -> Var<'t> {
        self.tape.apply(MeanSquaredError, [self.untyped(), target.untyped()])
    }

    /// The mean of `|x - t|`.
    pub fn mean_absolute_error<A>(self, target: Var<'t, A>) -> Var<'t> {
        self.tape.apply(MeanAbsoluteError, [self.untyped(), target.untyped()])
    }

    /// Huber's loss, see [`Huber`].
    pub fn huber<A>(self, target: Var<'t, A>, delta: f64) -> Var<'t> {
        self.tape.apply(Huber { delta }, [self.untyped(), target.untyped()])
    }
}

/// Several values one after the other along an axis; of more than eight, the first eight are joined first.
pub fn concat<'t>(axis: usize, x: &[Var<'t>]) -> Result<Var<'t>, Error> {
    let Some(first) = x.first() else {
        return Err(Error::Length { what: "the values to be joined", expected: 1, found: 0 });
    };
    macro_rules! join {
        ($($n:literal)+) => {
            match x.len() {
                1 => *first,
                $($n => first.tape.apply::<_, $n>(Concat { axis }, std::array::from_fn(|i| x[i])),)+
                _ => concat(axis, &[&[concat(axis, &x[..8])?], &x[8..]].concat())?,
            }
        };
    }
    Ok(join!(2 3 4 5 6 7 8))
}

impl<'t, A, B> ops::Add<Var<'t, B>> for Var<'t, A> {
    type Output = Var<'t>;

    fn add(self, other: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Add, [self.untyped(), other.untyped()])
    }
}

impl<'t, A, B> ops::Mul<Var<'t, B>> for Var<'t, A> {
    type Output = Var<'t>;

    fn mul(self, other: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Mul, [self.untyped(), other.untyped()])
    }
}

impl<'t, A, B> ops::Sub<Var<'t, B>> for Var<'t, A> {
    type Output = Var<'t>;

    fn sub(self, other: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Sub, [self.untyped(), other.untyped()])
    }
}

impl<'t, A, B> ops::Div<Var<'t, B>> for Var<'t, A> {
    type Output = Var<'t>;

    fn div(self, other: Var<'t, B>) -> Var<'t> {
        self.tape.apply(Div, [self.untyped(), other.untyped()])
    }
}

impl<'t, A> ops::Mul<f64> for Var<'t, A> {
    type Output = Var<'t>;

    fn mul(self, scale: f64) -> Var<'t> {
        self.affine(scale, 0.0)
    }
}

impl<'t, A> ops::Add<f64> for Var<'t, A> {
    type Output = Var<'t>;

    fn add(self, shift: f64) -> Var<'t> {
        self.affine(1.0, shift)
    }
}

impl<'t, A> ops::Sub<f64> for Var<'t, A> {
    type Output = Var<'t>;

    fn sub(self, shift: f64) -> Var<'t> {
        self.affine(1.0, -shift)
    }
}

impl<'t, A> ops::Neg for Var<'t, A> {
    type Output = Var<'t>;

    fn neg(self) -> Var<'t> {
        self.affine(-1.0, 0.0)
    }
}
