//! Regularizers: a price on weights, added to the loss; and a bound on them, held after each step.
//!
//! A [`Regularizer`] is a price for one weight and its derivative; the trainer adds the sum of prices to the loss it
//! reports and the slopes to the gradient. [`MaxNorm`] is no price but a projection.

use std::fmt::Debug;

use crate::Result;
use crate::error::require;

mod l1;
mod l2;
mod max_norm;

pub use l1::L1;
pub use l2::L2;
pub use max_norm::MaxNorm;

/// A price on each weight.
///
/// A regularizer of one's own:
///
/// ```
/// use ann_core::regularizer::Regularizer;
///
/// /// `strength * ln(1 + w^2)`: hard on small weights, gentle on large ones.
/// #[derive(Debug)]
/// struct Cauchy(f64);
///
/// impl Regularizer for Cauchy {
///     fn penalty(&self, w: f64) -> f64 {
///         self.0 * (w * w).ln_1p()
///     }
///     fn slope(&self, w: f64) -> f64 {
///         self.0 * 2.0 * w / (1.0 + w * w)
///     }
/// }
///
/// let (price, h, w) = (Cauchy(0.1), 1e-6, 0.7);
/// let difference = (price.penalty(w + h) - price.penalty(w - h)) / (2.0 * h);
/// assert!((price.slope(w) - difference).abs() < 1e-9);
/// ```
pub trait Regularizer: Debug + Send + Sync {
    /// What a weight costs.
    fn penalty(&self, w: f64) -> f64;

    /// The derivative of [`penalty`](Self::penalty).
    fn slope(&self, w: f64) -> f64;

    /// Refuses settings outside their range.
    fn validate(&self) -> Result<()> {
        Ok(())
    }
}

fn strength(owner: &'static str, value: f64) -> Result<()> {
    require(value >= 0.0 && value.is_finite(), owner, "strength", value, "it must be finite and not negative")
}

#[cfg(test)]
mod tests;
