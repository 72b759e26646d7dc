//! Optimizers: how a gradient moves the parameters.
//!
//! An [`Optimizer`] is a rule for one element: old value, gradient and state in, new value and state out. It owns no
//! state. The trainer keeps the state vectors beside the parameters, so that every rule is checkpointed alike and may
//! be run on pieces of the vector by several threads with the same bits. [`Lbfgs`] is of another kind: it needs the
//! function itself and the whole vector, and stands alone.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the vectors of this processor"
)]

use std::fmt::Debug;

use ann_autodiff::Scalar;

use crate::Result;
use crate::error::require;

mod adadelta;
mod adagrad;
mod adam;
mod adamw;
mod clip;
mod lbfgs;
mod line_search;
mod rmsprop;
mod sgd;
mod sums;

pub use adadelta::AdaDelta;
pub use adagrad::AdaGrad;
pub use adam::Adam;
pub use adamw::AdamW;
pub use clip::Clip;
pub use lbfgs::{Lbfgs, Outcome, Stop};
pub use rmsprop::RmsProp;
pub use sgd::Sgd;
pub(crate) use sums::dot;
pub use sums::norm;

/// When an update is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// The number of the step, from 1.
    pub step: u64,
    /// The learning rate after the schedule.
    pub learning_rate: f64,
}

/// An elementwise update rule without state of its own.
///
/// An optimizer of one's own:
///
/// ```
/// use ann_core::optimizer::{Optimizer, Update};
/// use ann_autodiff::Scalar;
///
/// /// `w -= learning_rate * sign(gradient)` (Riedmiller and Braun's idea at its barest).
/// #[derive(Clone, Debug)]
/// struct SignDescent(f64);
///
/// impl Optimizer for SignDescent {
///     fn name(&self) -> &'static str {
///         "sign descent"
///     }
///     fn learning_rate(&self) -> f64 {
///         self.0
///     }
///     fn update<T: Scalar>(&self, at: Update, values: &mut [T], gradients: &[T], _state: &mut [&mut [T]]) {
///         for (w, g) in values.iter_mut().zip(gradients) {
///             *w -= T::from_f64(at.learning_rate) * g.sign();
///         }
///     }
/// }
///
/// let mut w = [1.0, -1.0];
/// SignDescent(0.5).update(Update { step: 1, learning_rate: 0.5 }, &mut w, &[3.0, -7.0], &mut []);
/// assert_eq!(w, [0.5, -0.5]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no optimizer",
    label = "write `Sgd::new(0.1)`, `Adam::new(0.001)` or the like here",
    note = "L-BFGS is no update rule: train with `FullBatch`, or call `Lbfgs::minimize`"
)]
pub trait Optimizer: Clone + Debug + Send + Sync + 'static {
    /// Its name, for messages and checkpoints.
    fn name(&self) -> &'static str;

    /// The learning rate that schedules multiply.
    fn learning_rate(&self) -> f64;

    /// The names of the state vectors. Each is as long as the parameters and zero before the first step. In training, what has
    /// become subnormal in them (smaller than 1.2e-38 as an `f32`) is 0 after the update.
    fn slots(&self) -> &'static [&'static str] {
        &[]
    }

    /// Moves `values` against `gradients`.
    ///
    /// `gradients` and every vector of `state` are as long as `values`; `state` has a vector for each name of
    /// [`slots`](Self::slots), in that order. Element `i` of everything depends on elements `i` alone, so that a
    /// vector may be updated in pieces.
    fn update<T: Scalar>(&self, at: Update, values: &mut [T], gradients: &[T], state: &mut [&mut [T]]);

    /// All settings as text. A run is resumed only under the settings it was begun with.
    fn settings(&self) -> String {
        format!("{self:?}")
    }

    /// Refuses settings outside their range.
    fn validate(&self) -> Result<()> {
        learning_rate(self.name(), self.learning_rate())
    }
}

fn learning_rate(owner: &'static str, value: f64) -> Result<()> {
    require(
        value >= 0.0 && value.is_finite(),
        owner,
        "learning_rate",
        value,
        "it must be finite and not negative",
    )
}

fn weight_decay(owner: &'static str, value: f64) -> Result<()> {
    require(
        value >= 0.0 && value.is_finite(),
        owner,
        "weight_decay",
        value,
        "it must be finite and not negative",
    )
}

/// A coefficient of an exponential mean.
fn decay(owner: &'static str, name: &'static str, value: f64) -> Result<()> {
    require((0.0..1.0).contains(&value), owner, name, value, "it must lie in [0, 1)")
}

fn epsilon(owner: &'static str, value: f64) -> Result<()> {
    let fine = f64::from(f32::MIN_POSITIVE) <= value && value.is_finite();
    require(
        fine,
        owner,
        "epsilon",
        value,
        "it must be finite and no less than 1.2e-38, or it is 0 as an `f32`",
    )
}

/// The state vectors, as many as the rule named. A caller that passes others, or vectors of another length than the
/// parameters, has broken the contract of [`Optimizer::update`].
#[track_caller]
fn operands<'a, 'b, T, const N: usize>(
    values: &[T],
    gradients: &[T],
    state: &'a mut [&'b mut [T]],
) -> &'a mut [&'b mut [T]; N] {
    let (length, found) = (values.len(), state.len());
    assert_eq!(gradients.len(), length, "there are not as many gradients as parameters");
    assert!(state.iter().all(|slot| slot.len() == length), "a state vector is not as long as the parameters");
    state.try_into().unwrap_or_else(|_| panic!("the rule has {N} state vectors, {found} were passed"))
}

#[cfg(test)]
mod tests;
