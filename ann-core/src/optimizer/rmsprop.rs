//! Gradients over the root of their mean square.

use ann_autodiff::Scalar;

use super::{Optimizer, Update, decay, epsilon, learning_rate, operands, weight_decay};
use crate::Result;

/// `RMSProp` (Tieleman and Hinton, lecture 6.5 of 2012), in PyTorch's formulas.
///
/// ```text
/// g += weight_decay * w
/// s  = alpha * s + (1 - alpha) * g^2
/// a  = alpha * a + (1 - alpha) * g            with `centered`
/// d  = g / (sqrt(s - a^2) + epsilon)          a = 0 without `centered`
/// v  = momentum * v + d
/// w -= learning_rate * v
/// ```
///
/// `centered` is Graves's (2013). Where rounding makes `s - a^2` negative it counts as 0; PyTorch's root is NaN there.
///
/// ```
/// use ann_core::optimizer::RmsProp;
/// let rmsprop = RmsProp::new(0.001).alpha(0.9).momentum(0.9);
/// # let _ = rmsprop;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RmsProp {
    learning_rate: f64,
    alpha: f64,
    epsilon: f64,
    momentum: f64,
    weight_decay: f64,
    centered: bool,
}

impl RmsProp {
    /// With `alpha = 0.99`, `epsilon = 1e-8`, neither momentum nor centering.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, alpha: 0.99, epsilon: 1e-8, momentum: 0.0, weight_decay: 0.0, centered: false }
    }

    /// How much of the mean square is kept each step, in `[0, 1)`.
    #[must_use]
    pub const fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// What is added to the root, above 0.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// The share of the last step's direction that is kept, in `[0, 1)`.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// Divides by the deviation of the gradients instead of the root of their mean square.
    #[must_use]
    pub const fn centered(self) -> Self {
        Self { centered: true, ..self }
    }

    /// Adds so much of each parameter to its gradient.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Optimizer for RmsProp {
    fn name(&self) -> &'static str {
        "RmsProp"
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        match (self.centered, self.momentum == 0.0) {
            (false, true) => &["square"],
            (true, true) => &["square", "mean"],
            (false, false) => &["square", "momentum"],
            (true, false) => &["square", "mean", "momentum"],
        }
    }

    #[inline(always)]
    fn update<T: Scalar>(&self, at: Update, values: &mut [T], gradients: &[T], state: &mut [&mut [T]]) {
        let rate = T::from_f64(at.learning_rate);
        let (decay, momentum) = (T::from_f64(self.weight_decay), T::from_f64(self.momentum));
        let (alpha, entering) = (T::from_f64(self.alpha), T::from_f64(1.0 - self.alpha));
        let epsilon = T::from_f64(self.epsilon);
        let plain = |g: T, s: &mut T| {
            *s = alpha * *s + entering * (g * g);
            g / (s.sqrt() + epsilon)
        };
        let centered = |g: T, s: &mut T, a: &mut T| {
            *s = alpha * *s + entering * (g * g);
            *a += entering * (g - *a);
            g / ((*s - *a * *a).maximum(T::ZERO).sqrt() + epsilon)
        };
        match (self.centered, self.momentum == 0.0) {
            (false, true) => {
                let [square] = operands(values, gradients, state);
                for ((w, g), s) in values.iter_mut().zip(gradients).zip(square.iter_mut()) {
                    *w -= rate * plain(*g + decay * *w, s);
                }
            }
            (true, true) => {
                let [square, mean] = operands(values, gradients, state);
                let state = square.iter_mut().zip(mean.iter_mut());
                for ((w, g), (s, a)) in values.iter_mut().zip(gradients).zip(state) {
                    *w -= rate * centered(*g + decay * *w, s, a);
                }
            }
            (false, false) => {
                let [square, velocity] = operands(values, gradients, state);
                let state = square.iter_mut().zip(velocity.iter_mut());
                for ((w, g), (s, v)) in values.iter_mut().zip(gradients).zip(state) {
                    *v = momentum * *v + plain(*g + decay * *w, s);
                    *w -= rate * *v;
                }
            }
            (true, false) => {
                let [square, mean, velocity] = operands(values, gradients, state);
                let state = square.iter_mut().zip(mean.iter_mut()).zip(velocity.iter_mut());
                for ((w, g), ((s, a), v)) in values.iter_mut().zip(gradients).zip(state) {
                    *v = momentum * *v + centered(*g + decay * *w, s, a);
                    *w -= rate * *v;
                }
            }
        }
    }

    fn validate(&self) -> Result<()> {
        learning_rate("RmsProp", self.learning_rate)?;
        decay("RmsProp", "alpha", self.alpha)?;
        epsilon("RmsProp", self.epsilon)?;
        decay("RmsProp", "momentum", self.momentum)?;
        weight_decay("RmsProp", self.weight_decay)
    }
}
