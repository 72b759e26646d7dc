//! Weights uniform in a range.

use ann_autodiff::random::Random;

use super::Initializer;
use crate::Result;
use crate::error::require;

/// Every element is drawn uniformly from `[low, high)`.
///
/// Mean `(low + high) / 2`, variance `(high - low)^2 / 12`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    low: f64,
    high: f64,
}

impl Uniform {
    /// From `low` to `high`, both finite and `low <= high`; other bounds are refused when a weight is filled.
    pub const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }
}

impl Initializer for Uniform {
    fn fill(&self, _shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let Self { low, high } = *self;
        require(low.is_finite(), "Uniform", "low", low, "it must be finite")?;
        require(
            low <= high && high.is_finite(),
            "Uniform",
            "high",
            high,
            "it must be finite and not below `low`",
        )?;
        for (i, w) in values.iter_mut().enumerate() {
            let share = random.uniform(i as u64);
            // Not low + share * (high - low): the difference of two finite bounds may be infinite.
            *w = low * (1.0 - share) + high * share;
        }
        Ok(())
    }
}
