//! Cross-entropy of classes.

use ann_autodiff::{Dyn, Rank1, Rank2, Var};

use crate::data::{AnyClass, Class, Classes};
use crate::{Loss, Recorder, Result};

/// The mean over the batch of `-ln softmax(y)[class]`.
///
/// The network gives logits: it ends without `Softmax`. Output `[n]`, target one of `n` classes; or, of a sequence, output
/// `[t, n]` and target a class at each step: the mean is then over all steps that are no padding.
///
/// ```
/// use ann_core::loss::CrossEntropy;
/// let loss = CrossEntropy::new().label_smoothing(0.1);
/// assert_eq!(loss, CrossEntropy { label_smoothing: 0.1 });
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossEntropy {
    /// The share of a target that is spread evenly over all classes (Szegedy et al. 2016, section 7), from 0 to 1.
    pub label_smoothing: f64,
}

impl CrossEntropy {
    /// Without smoothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a share of each target spread evenly over all classes.
    #[must_use]
    pub fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing }
    }
}

impl CrossEntropy {
    fn of<'t, S>(&self, tape: &Recorder<'t>, output: Var<'t, S>, target: Var<'t>) -> Var<'t> {
        match tape.loss_weights(output) {
            None => output.softmax_cross_entropy(target, self.label_smoothing),
            Some(weights) => output.softmax_cross_entropy_weighted(target, weights, self.label_smoothing),
        }
    }
}

impl<const N: usize> Loss<Rank1<N>> for CrossEntropy {
    type Target = Class<N>;

    fn record<'t>(&self, tape: &Recorder<'t>, y: Var<'t, Rank1<N>>, target: Var<'t>) -> Result<Var<'t>> {
        Ok(self.of(tape, y, target))
    }
}

impl<const T: usize, const N: usize> Loss<Rank2<T, N>> for CrossEntropy {
    type Target = Classes<T, N>;

    fn record<'t>(&self, tape: &Recorder<'t>, y: Var<'t, Rank2<T, N>>, target: Var<'t>) -> Result<Var<'t>> {
        Ok(self.of(tape, y, target))
    }
}

impl Loss<Dyn> for CrossEntropy {
    type Target = AnyClass;

    fn record<'t>(&self, tape: &Recorder<'t>, y: Var<'t>, target: Var<'t>) -> Result<Var<'t>> {
        Ok(self.of(tape, y, target))
    }
}
