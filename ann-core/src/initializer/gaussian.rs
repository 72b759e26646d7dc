//! Normally distributed weights.

use ann_autodiff::random::Random;

use super::Initializer;
use crate::Result;
use crate::error::require;

/// Every element is drawn from a normal distribution.
///
/// Krizhevsky et al. (2012) used `Gaussian::new(0.0, 0.01)` for every weight of their network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaussian {
    mean: f64,
    deviation: f64,
}

impl Gaussian {
    /// Of this mean, finite, and this standard deviation, finite and not negative; others are refused when a weight is
    /// filled.
    pub const fn new(mean: f64, deviation: f64) -> Self {
        Self { mean, deviation }
    }
}

impl Initializer for Gaussian {
    fn fill(&self, _shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let Self { mean, deviation } = *self;
        let is_spread = 0.0 <= deviation && deviation.is_finite();
        require(mean.is_finite(), "Gaussian", "mean", mean, "it must be finite")?;
        require(is_spread, "Gaussian", "deviation", deviation, "it must be finite and not negative")?;
        super::normal(deviation, random, values);
        for w in values {
            *w += mean;
        }
        Ok(())
    }
}
