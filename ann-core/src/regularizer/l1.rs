//! The sum of absolute values.

use super::Regularizer;
use crate::Result;

/// `strength * |w|` (Tibshirani's lasso, 1996): drives weights to exactly zero, where the slope is taken as 0.
///
/// In a network: `Dense(10, l1 = 1e-5)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L1(
    /// The strength, finite and not negative.
    pub f64,
);

impl Regularizer for L1 {
    fn penalty(&self, w: f64) -> f64 {
        self.0 * w.abs()
    }

    fn slope(&self, w: f64) -> f64 {
        // `signum` of 0 is 1.
        if w == 0.0 { 0.0 } else { self.0 * w.signum() }
    }

    fn validate(&self) -> Result<()> {
        super::strength("L1", self.0)
    }
}
