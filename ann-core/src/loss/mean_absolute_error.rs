//! Absolute error.

use ann_autodiff::{Shaped, Var};

use crate::data::Values;
use crate::{Loss, Recorder, Result};

/// The mean over batch and elements of `|y - t|`; its gradient at 0 is taken as 0. Output and target have the same shape.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanAbsoluteError;

impl<S: Shaped> Loss<S> for MeanAbsoluteError {
    type Target = Values<S>;

    fn record<'t>(&self, tape: &Recorder<'t>, output: Var<'t, S>, target: Var<'t>) -> Result<Var<'t>> {
        Ok(match tape.loss_weights(output) {
            None => output.mean_absolute_error(target),
            Some(weights) => output.mean_absolute_error_weighted(target, weights),
        })
    }
}
