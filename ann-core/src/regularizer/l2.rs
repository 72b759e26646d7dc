//! Half the sum of squares.

use super::Regularizer;
use crate::Result;

/// `strength / 2 * w^2`, so that the slope is `strength * w` (Hoerl and Kennard's ridge, 1970).
///
/// The strength is Caffe's `weight_decay` and PyTorch's `weight_decay` of plain gradient descent: `Dense(10, l2 = 0.0005)`.
/// Others leave out the half; their strength is half of this one. With [`AdamW`](crate::optimizer::AdamW) prefer the
/// optimizer's own decay, which is not scaled by the gradient's history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L2(
    /// The strength, finite and not negative.
    pub f64,
);

impl Regularizer for L2 {
    fn penalty(&self, w: f64) -> f64 {
        0.5 * self.0 * w * w
    }

    fn slope(&self, w: f64) -> f64 {
        self.0 * w
    }

    fn validate(&self) -> Result<()> {
        super::strength("L2", self.0)
    }
}
