//! Cross-entropy of yes and no.

use ann_autodiff::{Shaped, Var};

use crate::data::Values;
use crate::{Loss, Recorder, Result};

/// The mean over batch and elements of `-(t ln p + (1 - t) ln(1 - p))` with `p = 1 / (1 + e^-y)`, computed without forming `p`.
///
/// The network gives logits: it ends without `Sigmoid`. Targets are probabilities, 0 to 1, of the output's shape.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BinaryCrossEntropy;

impl<S: Shaped> Loss<S> for BinaryCrossEntropy {
    type Target = Values<S>;

    fn record<'t>(&self, tape: &Recorder<'t>, output: Var<'t, S>, target: Var<'t>) -> Result<Var<'t>> {
        Ok(match tape.loss_weights(output) {
            None => output.binary_cross_entropy(target),
            Some(weights) => output.binary_cross_entropy_weighted(target, weights),
        })
    }
}
