//! Steps of the size of earlier steps.

use ann_autodiff::Scalar;

use super::{Optimizer, Update, decay, epsilon, learning_rate, operands, weight_decay};
use crate::Result;

/// `AdaDelta` (Zeiler 2012), in PyTorch's formulas.
///
/// ```text
/// g += weight_decay * w
/// s  = rho * s + (1 - rho) * g^2
/// d  = sqrt(u + epsilon) / sqrt(s + epsilon) * g
/// u  = rho * u + (1 - rho) * d^2
/// w -= learning_rate * d
/// ```
///
/// The learning rate is 1 in the paper.
///
/// ```
/// use ann_core::optimizer::AdaDelta;
/// let adadelta = AdaDelta::new(1.0).rho(0.95);
/// # let _ = adadelta;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AdaDelta {
    learning_rate: f64,
    rho: f64,
    epsilon: f64,
    weight_decay: f64,
}

impl AdaDelta {
    /// With `rho = 0.9` and `epsilon = 1e-6`.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, rho: 0.9, epsilon: 1e-6, weight_decay: 0.0 }
    }

    /// How much of the mean squares is kept each step, in `[0, 1)`.
    #[must_use]
    pub const fn rho(self, rho: f64) -> Self {
        Self { rho, ..self }
    }

    /// What is added to the mean squares, above 0. The first steps are about so long as its root.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Self { epsilon, ..self }
    }

    /// Adds so much of each parameter to its gradient.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Default for AdaDelta {
    fn default() -> Self {
        Self::new(1.0)
    }
}

impl Optimizer for AdaDelta {
    fn name(&self) -> &'static str {
        "AdaDelta"
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        &["square", "step_square"]
    }

    #[inline(always)]
    fn update<T: Scalar>(&self, at: Update, values: &mut [T], gradients: &[T], state: &mut [&mut [T]]) {
        let [square, steps] = operands(values, gradients, state);
        let (rate, decay) = (T::from_f64(at.learning_rate), T::from_f64(self.weight_decay));
        let (rho, entering) = (T::from_f64(self.rho), T::from_f64(1.0 - self.rho));
        let epsilon = T::from_f64(self.epsilon);
        let state = square.iter_mut().zip(steps.iter_mut());
        for ((w, g), (s, u)) in values.iter_mut().zip(gradients).zip(state) {
            let g = *g + decay * *w;
            *s = rho * *s + entering * (g * g);
            let d = (*u + epsilon).sqrt() / (*s + epsilon).sqrt() * g;
            *u = rho * *u + entering * (d * d);
            *w -= rate * d;
        }
    }

    fn validate(&self) -> Result<()> {
        learning_rate("AdaDelta", self.learning_rate)?;
        decay("AdaDelta", "rho", self.rho)?;
        epsilon("AdaDelta", self.epsilon)?;
        weight_decay("AdaDelta", self.weight_decay)
    }
}
