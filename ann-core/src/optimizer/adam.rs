//! Adam, and the step it shares with [`AdamW`](super::AdamW).

use ann_autodiff::Scalar;

use super::{Optimizer, Update, decay, epsilon, learning_rate, operands, weight_decay};
use crate::Result;

/// Adam (Kingma and Ba, ICLR 2015), in PyTorch's formulas.
///
/// ```text
/// g += weight_decay * w
/// m  = beta1 * m + (1 - beta1) * g
/// s  = beta2 * s + (1 - beta2) * g^2
/// w -= learning_rate / (1 - beta1^t) * m / (sqrt(s) / sqrt(1 - beta2^t) + epsilon)
/// ```
///
/// With [`amsgrad`](Self::amsgrad) the largest `s` so far stands in for `s` in the last line (Reddi, Kale, Kumar 2018).
///
/// ```
/// use ann_core::optimizer::Adam;
/// let adam = Adam::new(0.001).betas(0.9, 0.99);
/// # let _ = adam;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    learning_rate: f64,
    moments: Moments,
    weight_decay: f64,
}

impl Adam {
    /// With `beta1 = 0.9`, `beta2 = 0.999`, `epsilon = 1e-8`; the usual learning rate is 0.001.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, moments: Moments::new(), weight_decay: 0.0 }
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

    /// Divides by the largest mean square so far.
    #[must_use]
    pub const fn amsgrad(self) -> Self {
        Self { moments: Moments { amsgrad: true, ..self.moments }, ..self }
    }

    /// Adds so much of each parameter to its gradient. It is then scaled as gradients are; [`AdamW`](super::AdamW)'s
    /// is not.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Optimizer for Adam {
    fn name(&self) -> &'static str {
        "Adam"
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        self.moments.slots()
    }

    #[inline(always)]
    fn update<T: Scalar>(&self, at: Update, values: &mut [T], gradients: &[T], state: &mut [&mut [T]]) {
        let decay = T::from_f64(self.weight_decay);
        self.moments.update(at, values, gradients, state, |w, g| (w, g + decay * w));
    }

    fn validate(&self) -> Result<()> {
        learning_rate("Adam", self.learning_rate)?;
        self.moments.validate("Adam")?;
        weight_decay("Adam", self.weight_decay)
    }
}

/// The running means of Adam and `AdamW`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moments {
    pub(super) beta1: f64,
    pub(super) beta2: f64,
    pub(super) epsilon: f64,
    pub(super) amsgrad: bool,
}

impl Moments {
    pub(super) const fn new() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false }
    }

    pub(super) fn slots(&self) -> &'static [&'static str] {
        if self.amsgrad { &["mean", "square", "largest_square"] } else { &["mean", "square"] }
    }

    pub(super) fn validate(&self, owner: &'static str) -> Result<()> {
        decay(owner, "beta1", self.beta1)?;
        decay(owner, "beta2", self.beta2)?;
        epsilon(owner, self.epsilon)
    }

    /// The step on what `decayed` makes of a parameter and its gradient.
    #[inline(always)]
    pub(super) fn update<T: Scalar>(
        &self,
        at: Update,
        values: &mut [T],
        gradients: &[T],
        state: &mut [&mut [T]],
        decayed: impl Fn(T, T) -> (T, T),
    ) {
        // In f64, once a step: in f32, 1 - 0.999^t would lose four digits at first.
        let steps = at.step as f64;
        let rate = T::from_f64(at.learning_rate / (1.0 - self.beta1.powf(steps)));
        let root = T::from_f64(1.0 / (1.0 - self.beta2.powf(steps)).sqrt());
        let (beta2, epsilon) = (T::from_f64(self.beta2), T::from_f64(self.epsilon));
        let (entering1, entering2) = (T::from_f64(1.0 - self.beta1), T::from_f64(1.0 - self.beta2));
        let advance = |m: &mut T, s: &mut T, g: T| {
            *m += entering1 * (g - *m);
            *s = beta2 * *s + entering2 * (g * g);
        };
        if self.amsgrad {
            let [mean, square, largest] = operands(values, gradients, state);
            let moments = mean.iter_mut().zip(square.iter_mut()).zip(largest.iter_mut());
            for ((w, g), ((m, s), largest)) in values.iter_mut().zip(gradients).zip(moments) {
                let (decayed, g) = decayed(*w, *g);
                advance(m, s, g);
                *largest = largest.maximum(*s);
                *w = decayed - rate * *m / (largest.sqrt() * root + epsilon);
            }
        } else {
            let [mean, square] = operands(values, gradients, state);
            let moments = mean.iter_mut().zip(square.iter_mut());
            for ((w, g), (m, s)) in values.iter_mut().zip(gradients).zip(moments) {
                let (decayed, g) = decayed(*w, *g);
                advance(m, s, g);
                *w = decayed - rate * *m / (s.sqrt() * root + epsilon);
            }
        }
    }
}
