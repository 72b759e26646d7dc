//! Adam with a decay of its own.

use ann_autodiff::Scalar;

use super::adam::Moments;
use super::{Optimizer, Update, learning_rate, weight_decay};
use crate::Result;

/// Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), in PyTorch's formulas.
///
/// ```text
/// w *= 1 - learning_rate * weight_decay
/// ```
///
/// and then as [`Adam`](super::Adam) without decay. All parameters decay, biases among them.
///
/// ```
/// use ann_core::optimizer::AdamW;
/// let adamw = AdamW::new(0.001).weight_decay(0.05);
/// # let _ = adamw;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW {
    learning_rate: f64,
    moments: Moments,
    weight_decay: f64,
}

impl AdamW {
    /// With `beta1 = 0.9`, `beta2 = 0.999`, `epsilon = 1e-8` and PyTorch's `weight_decay = 0.01`.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, moments: Moments::new(), weight_decay: 0.01 }
    }

    /// How much of the means of gradients and of their squares is kept each step, both in `[0, 1)`.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self { moments: Moments { beta1, beta2, ..self.moments }, ..self }
    }

    /// What is added to the root in the denominator, above 0.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { moments: Moments { epsilon, ..self.moments }, ..self }
    }

    /// Divides by the largest mean square so far (Reddi, Kale, Kumar 2018).
    #[must_use]
    pub const fn amsgrad(self) -> Self {
        Self { moments: Moments { amsgrad: true, ..self.moments }, ..self }
    }

    /// The share of each parameter, times the learning rate, that a step takes away.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Optimizer for AdamW {
    fn name(&self) -> &'static str {
        "AdamW"
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        self.moments.slots()
    }

    #[inline(always)]
    fn update<T: Scalar>(&self, at: Update, values: &mut [T], gradients: &[T], state: &mut [&mut [T]]) {
        let keep = T::from_f64(1.0 - at.learning_rate * self.weight_decay);
        self.moments.update(at, values, gradients, state, |w, g| (w * keep, g));
    }

    fn validate(&self) -> Result<()> {
        learning_rate("AdamW", self.learning_rate)?;
        self.moments.validate("AdamW")?;
        weight_decay("AdamW", self.weight_decay)
    }
}
