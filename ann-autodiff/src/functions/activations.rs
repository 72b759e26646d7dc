//! Activations.

use crate::ops::{
    Activate, Dropout, Elu, GaussianNoise, Gelu, LeakyRelu, LogSoftmax, PRelu, Relu, Sigmoid, Silu, Softmax,
    Softplus, Tanh,
};
use crate::{Activation, Var};

impl<'t, S> Var<'t, S> {
    /// `max(x, 0)`, see [`Relu`].
    pub fn relu(self) -> Var<'t> {
        self.map(Relu)
    }

    /// `x` where it is positive, `a x` elsewhere; see [`LeakyRelu`].
    pub fn leaky_relu(self, a: f64) -> Var<'t> {
        self.map(LeakyRelu { a })
    }

    /// `x` where it is positive, elsewhere `x` times the slope of its channel; see [`PRelu`].
    pub fn prelu<A>(self, slopes: Var<'t, A>) -> Var<'t> {
        self.tape.apply(PRelu, [self.untyped(), slopes.untyped()])
    }

    /// `x` where it is positive, `a (e^x - 1)` elsewhere; see [`Elu`].
    pub fn elu(self, a: f64) -> Var<'t> {
        self.map(Elu { a })
    }

    /// `x` times the standard normal distribution function of `x`, see [`Gelu`].
    pub fn gelu(self) -> Var<'t> {
        self.map(Gelu)
    }

    /// `x / (1 + e^-x)`, see [`Silu`].
    pub fn silu(self) -> Var<'t> {
        self.map(Silu)
    }

    /// `1 / (1 + e^-x)`, see [`Sigmoid`].
    pub fn sigmoid(self) -> Var<'t> {
        self.map(Sigmoid)
    }

    /// `tanh(x)`, see [`Tanh`].
    pub fn tanh(self) -> Var<'t> {
        self.map(Tanh)
    }

    /// `ln(1 + e^x)`, see [`Softplus`].
    pub fn softplus(self) -> Var<'t> {
        self.map(Softplus)
    }

    /// `e^x / sum of e^x` along an axis, see [`Softmax`].
    pub fn softmax(self, axis: usize) -> Var<'t> {
        self.map(Softmax { axis })
    }

    /// `x - ln(sum of e^x)` along an axis, see [`LogSoftmax`].
    pub fn log_softmax(self, axis: usize) -> Var<'t> {
        self.map(LogSoftmax { axis })
    }

    /// A function of one's own on each element, see [`Activation`].
    pub fn activation(self, function: impl Activation + 'static) -> Var<'t> {
        self.map(Activate::new(function))
    }

    /// Drops elements with probability `p`, see [`Dropout`]. Each call draws from random numbers of its own.
    pub fn dropout(self, p: f64) -> Var<'t> {
        self.map(Dropout { p, stream: self.tape.stream() })
    }

    /// Adds normal noise of this standard deviation, see [`GaussianNoise`]. Each call draws from random numbers of its own.
    pub fn gaussian_noise(self, deviation: f64) -> Var<'t> {
        self.map(GaussianNoise { deviation, stream: self.tape.stream() })
    }
}
