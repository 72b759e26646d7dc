//! Cross-entropy of classes.

use ann_autodiff::{Dyn, Rank1, Rank2, Var};

use crate::data::{AnyClass, Class, Classes};
use crate::error::require;
use crate::{Error, Loss, Recorder, Result};

/// The mean over the batch of `-ln softmax(y)[class]`.
///
/// The network gives logits: it ends without `Softmax`. Output `[n]`, target one of `n` classes; or, of a sequence, output
/// `[t, n]` and target a class at each step: the mean is then over all steps that are no padding.
///
/// ```
/// use ann_core::loss::CrossEntropy;
///
/// // The second class is rare, and counts nine times as much.
/// let loss = CrossEntropy::new().label_smoothing(0.1).class_weights(&[1.0, 9.0]);
/// assert_eq!(loss.label_smoothing, 0.1);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossEntropy {
    /// The share of a target that is spread evenly over all classes (Szegedy et al. 2016, section 7), from 0 to 1.
    pub label_smoothing: f64,
    /// What each class counts; empty if all count the same.
    class_weights: Vec<f64>,
}

impl CrossEntropy {
    /// Without smoothing, all classes alike.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a share of each target spread evenly over all classes.
    #[must_use]
    pub fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }

    /// With a weight for each class, finite, not negative and not all 0, as PyTorch has them: the loss is the weighted mean,
    /// `sum of w l / sum of w`, `w` being the weight of the example's class. A batch in which nothing counts has a loss of 0.
    ///
    /// With label smoothing, the share of the target that goes to another class counts as much as that class, and the sum below
    /// stays that of the examples' own classes: so the losses of a smoothed target are no longer a mean of weights that add up to 1.
    /// Weights of examples multiply those of their classes.
    ///
    /// A number of weights that is not that of the network's classes is refused when training begins.
    #[must_use]
    pub fn class_weights(self, weights: &[f64]) -> Self {
        Self { class_weights: weights.to_vec(), ..self }
    }
}

impl CrossEntropy {
    fn of<'t, S>(&self, tape: &Recorder<'t>, output: Var<'t, S>, target: Var<'t>) -> Result<Var<'t>> {
        let (rows, smoothing) = (tape.loss_weights(output), self.label_smoothing);
        if !self.class_weights.is_empty() {
            self.validate(output.extents().last())?;
            let ones = || {
                let extents = target.extents();
                tape.tape().constant(&extents, &vec![1.0; extents.count()])
            };
            let rows = rows.unwrap_or_else(ones);
            let weights = tape.tape().constant(&[self.class_weights.len()], &self.class_weights);
            return Ok(output.softmax_cross_entropy_by_class(target, rows, weights, smoothing));
        }
        Ok(match rows {
            None => output.softmax_cross_entropy(target, smoothing),
            Some(rows) => output.softmax_cross_entropy_weighted(target, rows, smoothing),
        })
    }

    /// Refuses weights that are not those of so many classes.
    fn validate(&self, classes: usize) -> Result<()> {
        let weights = &self.class_weights;
        if weights.len() != classes {
            let expected = format_args!("{classes}, one for each class of the network").to_string();
            return Err(Error::shape("the class weights of CrossEntropy", expected, weights.len()));
        }
        let wrong = weights.iter().find(|weight| !(0.0 <= **weight && weight.is_finite()));
        let owner = "CrossEntropy";
        if let Some(wrong) = wrong {
            return require(false, owner, "class_weights", wrong, "each must be finite and not negative");
        }
        let some = weights.iter().any(|weight| 0.0 < *weight);
        require(some, owner, "class_weights", format_args!("{weights:?}"), "one at least must be above 0")
    }
}

impl<const N: usize> Loss<Rank1<N>> for CrossEntropy {
    type Target = Class<N>;

    fn record<'t>(&self, tape: &Recorder<'t>, y: Var<'t, Rank1<N>>, target: Var<'t>) -> Result<Var<'t>> {
        self.of(tape, y, target)
    }
}

impl<const T: usize, const N: usize> Loss<Rank2<T, N>> for CrossEntropy {
    type Target = Classes<T, N>;

    fn record<'t>(&self, tape: &Recorder<'t>, y: Var<'t, Rank2<T, N>>, target: Var<'t>) -> Result<Var<'t>> {
        self.of(tape, y, target)
    }
}

impl Loss<Dyn> for CrossEntropy {
    type Target = AnyClass;

    fn record<'t>(&self, tape: &Recorder<'t>, y: Var<'t>, target: Var<'t>) -> Result<Var<'t>> {
        self.of(tape, y, target)
    }
}
