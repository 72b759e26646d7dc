//! Bounds on gradients.

use ann_autodiff::Scalar;

use super::norm;
use crate::Result;
use crate::error::require;

/// Bounds the gradient before each update.
///
/// ```
/// use ann_core::optimizer::Clip;
///
/// let mut gradients = [3.0, -4.0];
/// Clip::Norm(1.0).apply(&mut gradients);
/// assert!((gradients[0] - 0.6_f64).abs() < 1e-15 && (gradients[1] + 0.8_f64).abs() < 1e-15);
///
/// let mut gradients = [3.0, -0.4];
/// Clip::Value(1.0).apply(&mut gradients);
/// assert_eq!(gradients, [1.0, -0.4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// A gradient with a larger Euclidean norm, over all parameters together, is scaled to this one (Pascanu, Mikolov,
    /// Bengio 2013). The scale is `bound / norm`; PyTorch's adds 1e-6 to the norm.
    Norm(f64),
    /// Each element is held between `-bound` and `bound`.
    Value(f64),
}

impl Clip {
    /// Bounds `gradients`, which are those of all parameters. A NaN stays one, and a norm that is not finite changes
    /// nothing: the trainer is to find it.
    pub fn apply<T: Scalar>(self, gradients: &mut [T]) {
        match self {
            Self::Norm(bound) => {
                let length = norm(gradients);
                if bound < length && length.is_finite() {
                    for g in gradients {
                        *g = T::from_f64(g.to_f64() / length * bound);
                    }
                }
            }
            Self::Value(bound) => {
                let bound = T::from_f64(bound);
                for g in gradients {
                    *g = g.maximum(-bound).minimum(bound);
                }
            }
        }
    }

    /// Refuses a bound outside its range.
    pub fn validate(self) -> Result<()> {
        let (name, bound) = match self {
            Self::Norm(bound) => ("norm", bound),
            Self::Value(bound) => ("value", bound),
        };
        require(
            0.0 < bound && bound.is_finite(),
            "gradient clipping",
            name,
            bound,
            "it must be finite and above 0",
        )
    }
}
