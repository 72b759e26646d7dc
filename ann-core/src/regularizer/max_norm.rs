//! A bound on the norm of a unit's incoming weights.

use ann_autodiff::Scalar;

use crate::Result;
use crate::error::require;
use crate::optimizer::norm;

/// After each update, a unit whose incoming weights have a larger Euclidean norm is scaled back to it
/// (Srivastava et al. 2014, section 5.1).
///
/// A unit is a row of a dense layer's `[n, k]` and a filter of a convolution's `[n, c, h, w]`; its bias is left out.
///
/// ```
/// use ann_core::regularizer::MaxNorm;
/// let (mut long, mut short) = ([3.0, 4.0], [0.3, 0.4]);
/// MaxNorm(1.0).project(&mut long);
/// MaxNorm(1.0).project(&mut short);
/// assert!((long[0] - 0.6_f64).abs() < 1e-15 && (long[1] - 0.8_f64).abs() < 1e-15);
/// assert_eq!(short, [0.3, 0.4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxNorm(
    /// The largest norm, finite and above 0.
    pub f64,
);

impl MaxNorm {
    /// Scales the weights of one unit back to the bound if they are beyond it.
    ///
    /// Weights whose norm is not finite are left as they are, for the trainer to find.
    pub fn project<T: Scalar>(self, unit: &mut [T]) {
        let length = norm(unit);
        if self.0 < length && length.is_finite() {
            for w in unit {
                *w = T::from_f64(w.to_f64() / length * self.0);
            }
        }
    }

    /// Refuses a bound outside its range.
    pub fn validate(self) -> Result<()> {
        require(
            0.0 < self.0 && self.0.is_finite(),
            "MaxNorm",
            "norm",
            self.0,
            "it must be finite and above 0",
        )
    }
}
