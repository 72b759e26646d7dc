//! Squared error.

use ann_autodiff::{Shaped, Var};

use crate::data::Values;
use crate::{Loss, Recorder, Result};

/// The mean over batch and elements of `(y - t)^2`. Output and target have the same shape.
///
/// Caffe's `EuclideanLoss` is the sum over elements, halved, not the mean: it is `elements / 2` times as large.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanSquaredError;

impl<S: Shaped> Loss<S> for MeanSquaredError {
    type Target = Values<S>;

    fn record<'t>(&self, tape: &Recorder<'t>, output: Var<'t, S>, target: Var<'t>) -> Result<Var<'t>> {
        Ok(match tape.loss_weights(output) {
            None => output.mean_squared_error(target),
            Some(weights) => output.mean_squared_error_weighted(target, weights),
        })
    }
}
