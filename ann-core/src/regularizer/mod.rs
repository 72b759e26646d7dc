//! Regularizers: a price on weights, added to the loss; and a bound on them, held after each step.
//!
//! A [`Regularizer`] is a price for one weight and its derivative; the trainer adds the sum of prices to the loss it
//! reports and the slopes to the gradient. [`MaxNorm`] is no price but a projection.

use std::fmt::Debug;
use std::sync::Arc;

use crate::Result;
use crate::error::require;

mod elastic_net;
mod l1;
mod l2;
mod max_norm;

pub use elastic_net::ElasticNet;
pub use l1::L1;
pub use l2::L2;
pub use max_norm::MaxNorm;

/// A price on each weight. In a network: `Dense(10, regularizer = Cauchy(0.1))`.
///
/// A regularizer of one's own, its slope checked against differences:
///
/// ```
/// use ann_core::check::check_regularizer;
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
/// check_regularizer(&Cauchy(0.1))?;
/// # Ok::<(), ann_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no regularizer",
    label = "write `ElasticNet::new(1e-4, 0.5)`, `L1(1e-5)`, `L2(5e-4)` or a value of a type of your own here",
    note = "a type of your own implements `ann::regularizer::Regularizer` (see its documentation)"
)]
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

impl<R: Regularizer + ?Sized> Regularizer for Box<R> {
    fn penalty(&self, w: f64) -> f64 {
        (**self).penalty(w)
    }

    fn slope(&self, w: f64) -> f64 {
        (**self).slope(w)
    }

    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}

impl<R: Regularizer + ?Sized> Regularizer for Arc<R> {
    fn penalty(&self, w: f64) -> f64 {
        (**self).penalty(w)
    }

    fn slope(&self, w: f64) -> f64 {
        (**self).slope(w)
    }

    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}

fn strength(owner: &'static str, value: f64) -> Result<()> {
    require(value >= 0.0 && value.is_finite(), owner, "strength", value, "it must be finite and not negative")
}

#[cfg(test)]
mod tests;
