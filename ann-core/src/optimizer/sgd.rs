//! Gradient descent, with momentum.

use ann_autodiff::Scalar;

use super::{Optimizer, Update, decay, learning_rate, operands, weight_decay};
use crate::Result;
use crate::error::require;

/// Stochastic gradient descent.
///
/// ```text
/// g += weight_decay * w
/// v  = momentum * v + (1 - dampening) * g        v = g in the first step
/// g  = v, or g + momentum * v with Nesterov's gradient
/// w -= learning_rate * g
/// ```
///
/// These are PyTorch's formulas (Sutskever et al. 2013 for Nesterov's). Caffe multiplies by the learning rate before the
/// momentum; the two are the same while the rate does not change.
///
/// ```
/// use ann_core::optimizer::Sgd;
/// let sgd = Sgd::new(0.01).momentum(0.9).nesterov();
/// # let _ = sgd;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sgd {
    learning_rate: f64,
    momentum: f64,
    dampening: f64,
    weight_decay: f64,
    nesterov: bool,
}

impl Sgd {
    /// Without momentum.
    pub const fn new(learning_rate: f64) -> Self {
        Self { learning_rate, momentum: 0.0, dampening: 0.0, weight_decay: 0.0, nesterov: false }
    }

    /// The share of the last step's direction that is kept, in `[0, 1)`; 0.9 is usual.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// The share of the gradient that does not enter the momentum, in `[0, 1]`; 0 by default.
    #[must_use]
    pub const fn dampening(self, dampening: f64) -> Self {
        Self { dampening, ..self }
    }

    /// Takes the gradient where the momentum leads. It needs momentum and no dampening.
    #[must_use]
    pub const fn nesterov(self) -> Self {
        Self { nesterov: true, ..self }
    }

    /// Adds so much of each parameter, biases among them, to its gradient. A layer's `l2` is alike, weight by weight.
    #[must_use]
    pub const fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Optimizer for Sgd {
    fn name(&self) -> &'static str {
        "Sgd"
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &[] } else { &["momentum"] }
    }

    #[inline(always)]
    fn update<T: Scalar>(&self, at: Update, values: &mut [T], gradients: &[T], state: &mut [&mut [T]]) {
        let rate = T::from_f64(at.learning_rate);
        let decay = T::from_f64(self.weight_decay);
        if self.momentum == 0.0 {
            let [] = operands(values, gradients, state);
            for (w, g) in values.iter_mut().zip(gradients) {
                *w -= rate * (*g + decay * *w);
            }
            return;
        }
        let [velocity] = operands(values, gradients, state);
        let momentum = T::from_f64(self.momentum);
        let entering = if at.step == 1 { T::ONE } else { T::from_f64(1.0 - self.dampening) };
        if self.nesterov {
            for ((w, g), v) in values.iter_mut().zip(gradients).zip(velocity.iter_mut()) {
                let g = *g + decay * *w;
                *v = momentum * *v + entering * g;
                *w -= rate * (g + momentum * *v);
            }
        } else {
            for ((w, g), v) in values.iter_mut().zip(gradients).zip(velocity.iter_mut()) {
                let g = *g + decay * *w;
                *v = momentum * *v + entering * g;
                *w -= rate * *v;
            }
        }
    }

    fn validate(&self) -> Result<()> {
        let share = (0.0..=1.0).contains(&self.dampening);
        let plain = !self.nesterov || (0.0 < self.momentum && self.dampening == 0.0);
        learning_rate("Sgd", self.learning_rate)?;
        decay("Sgd", "momentum", self.momentum)?;
        require(share, "Sgd", "dampening", self.dampening, "it must lie in [0, 1]")?;
        let idle = self.momentum == 0.0 && self.dampening != 0.0;
        require(!idle, "Sgd", "dampening", self.dampening, "it needs momentum above 0")?;
        require(plain, "Sgd", "nesterov", true, "it needs momentum above 0 and no dampening")?;
        weight_decay("Sgd", self.weight_decay)
    }
}
