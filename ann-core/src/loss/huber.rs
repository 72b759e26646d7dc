//! Huber's loss.

use ann_autodiff::{Shaped, Var};

use crate::data::Values;
use crate::{Loss, Recorder, Result};

/// The mean over batch and elements of `d^2 / 2` where `|d| <= delta`, `delta (|d| - delta / 2)` beyond; `d = y - t`
/// (Huber 1964). Output and target have the same shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// Where the square goes over into a line.
    pub delta: f64,
}

impl Default for Huber {
    fn default() -> Self {
        Self { delta: 1.0 }
    }
}

impl<S: Shaped> Loss<S> for Huber {
    type Target = Values<S>;

    fn record<'t>(&self, tape: &Recorder<'t>, output: Var<'t, S>, target: Var<'t>) -> Result<Var<'t>> {
        Ok(match tape.loss_weights(output) {
            None => output.huber(target, self.delta),
            Some(weights) => output.huber_weighted(target, weights, self.delta),
        })
    }
}
