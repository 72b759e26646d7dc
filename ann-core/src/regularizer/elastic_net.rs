//! Absolute values and squares together.

use super::Regularizer;
use crate::Result;
use crate::error::require;

/// `strength * (ratio * |w| + (1 - ratio) / 2 * w^2)` (Zou and Hastie 2005): drives weights to zero as [`L1`](super::L1) does, and
/// holds groups of weights that say the same together as [`L2`](super::L2) does.
///
/// Strength and ratio are scikit-learn's `alpha` and `l1_ratio`, in a loss that is a mean. Zou and Hastie write `lambda_1 |w| +
/// lambda_2 w^2`: that is `lambda_1 = strength * ratio` and `lambda_2 = strength * (1 - ratio) / 2`. A ratio of 1 is `L1(strength)`,
/// of 0 `L2(strength)`; the slope of `|w|` at 0 is taken as 0.
///
/// In a network: `Dense(10, regularizer = ElasticNet::new(1e-4, 0.5))`.
///
/// ```
/// use ann_core::regularizer::{ElasticNet, Regularizer};
///
/// let price = ElasticNet::new(0.1, 0.25);
/// assert!((price.penalty(-2.0) - 0.1 * (0.25 * 2.0 + 0.75 / 2.0 * 4.0)).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElasticNet {
    strength: f64,
    ratio: f64,
}

impl ElasticNet {
    /// Of this strength, finite and not negative; `ratio`, in `[0, 1]`, is the share of the absolute values.
    pub fn new(strength: f64, ratio: f64) -> Self {
        Self { strength, ratio }
    }
}

impl Regularizer for ElasticNet {
    fn penalty(&self, w: f64) -> f64 {
        self.strength * (self.ratio * w.abs() + 0.5 * (1.0 - self.ratio) * w * w)
    }

    fn slope(&self, w: f64) -> f64 {
        // `signum` of 0 is 1.
        let sign = if w == 0.0 { 0.0 } else { w.signum() };
        self.strength * (self.ratio * sign + (1.0 - self.ratio) * w)
    }

    fn validate(&self) -> Result<()> {
        super::strength("ElasticNet", self.strength)?;
        require((0.0..=1.0).contains(&self.ratio), "ElasticNet", "ratio", self.ratio, "it must lie in [0, 1]")
    }
}
