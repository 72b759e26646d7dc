//! [`Epilogue`]: an activation that a product or a convolution applies to its output, in one pass with the bias.

use crate::Scalar;

/// An activation whose derivative can be told from its output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epilogue {
    /// None: the identity.
    #[default]
    None,
    /// `max(x, 0)`
    Relu,
    /// `1 / (1 + e^-x)`
    Sigmoid,
    /// `tanh(x)`
    Tanh,
}

impl Epilogue {
    /// The activation.
    pub fn apply<T: Scalar>(self, x: T) -> T {
        match self {
            Self::None => x,
            // Written so that NaN stays NaN.
            Self::Relu => {
                if x < T::ZERO {
                    T::ZERO
                } else {
                    x
                }
            }
            Self::Sigmoid => sigmoid(x),
            Self::Tanh => x.tanh(),
        }
    }

    /// The gradient by its input, of that by its output `y`. Where it is flat nothing passes, not even infinity.
    pub fn through<T: Scalar>(self, dy: T, y: T) -> T {
        match self {
            Self::None => dy,
            Self::Relu => {
                if T::ZERO < y {
                    dy
                } else {
                    T::ZERO
                }
            }
            Self::Sigmoid => dy * (y * (T::ONE - y)),
            Self::Tanh => dy * (T::ONE - y * y),
        }
    }
}

/// `1 / (1 + e^-x)`, without overflow on either side.
pub(crate) fn sigmoid<T: Scalar>(x: T) -> T {
    if x < T::ZERO {
        let e = x.exp();
        e / (T::ONE + e)
    } else {
        T::ONE / (T::ONE + (-x).exp())
    }
}

/// `ln(1 + e^x)`, without overflow.
pub(crate) fn softplus<T: Scalar>(x: T) -> T {
    x.maximum(T::ZERO) + (-x.abs()).exp().ln_1p()
}
