//! Gradients over the root of the sum of their squares.

use ann_autodiff::Scalar;

use super::{Optimizer, Update, epsilon, learning_rate, operands, weight_decay};
use crate::Result;
use crate::error::require;

/// `AdaGrad` (Duchi, Hazan, Singer 2011), in PyTorch's formulas.
///
/// ```text
/// g += weight_decay * w
/// s += g^2
/// w -= learning_rate / (1 + (t - 1) * rate_decay) * g / (sqrt(s) + epsilon)
/// ```
///
/// ```
/// use ann_core::optimizer::AdaGrad;
/// let adagrad = AdaGrad::new(0.01).initial_sum(0.1);
/// # let _ = adagrad;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AdaGrad {
    learning_rate: f64,
    rate_decay: f64,
    initial_sum: f64,
    epsilon: f64,
    weight_decay: f64,
}

impl AdaGrad {
    /// With `epsilon = 1e-10`; the usual learning rate is 0.01.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, rate_decay: 0.0, initial_sum: 0.0, epsilon: 1e-10, weight_decay: 0.0 }
    }

    /// How fast the learning rate falls beside the sums' growth; 0 by default.
    #[must_use]
    pub const fn rate_decay(self, rate_decay: f64) -> Self {
        Self { rate_decay, ..self }
    }

    /// What the sums of squares begin with; 0 by default. Above 0, it makes the first steps shorter.
    #[must_use]
    pub const fn initial_sum(self, initial_sum: f64) -> Self {
        Self { initial_sum, ..self }
    }

    /// What is added to the root, above 0.
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

impl Optimizer for AdaGrad {
    fn name(&self) -> &'static str {
        "AdaGrad"
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        &["sum"]
    }

    #[inline(always)]
    fn update<T: Scalar>(&self, at: Update, values: &mut [T], gradients: &[T], state: &mut [&mut [T]]) {
        let [sum] = operands(values, gradients, state);
        let earlier = at.step.saturating_sub(1) as f64;
        let rate = T::from_f64(at.learning_rate / (1.0 + earlier * self.rate_decay));
        let (decay, epsilon) = (T::from_f64(self.weight_decay), T::from_f64(self.epsilon));
        if at.step == 1 {
            sum.fill(T::from_f64(self.initial_sum));
        }
        for ((w, g), s) in values.iter_mut().zip(gradients).zip(sum.iter_mut()) {
            let g = *g + decay * *w;
            *s += g * g;
            *w -= rate * g / (s.sqrt() + epsilon);
        }
    }

    fn validate(&self) -> Result<()> {
        let expected = "it must be finite and not negative";
        let fine = |value: f64| 0.0 <= value && value.is_finite();
        learning_rate("AdaGrad", self.learning_rate)?;
        require(fine(self.rate_decay), "AdaGrad", "rate_decay", self.rate_decay, expected)?;
        require(fine(self.initial_sum), "AdaGrad", "initial_sum", self.initial_sum, expected)?;
        epsilon("AdaGrad", self.epsilon)?;
        weight_decay("AdaGrad", self.weight_decay)
    }
}
