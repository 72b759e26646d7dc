//! Metrics: what a network is judged by, gathered batch by batch in `f64`.
//!
//! Classification metrics read a network's output as one number a class, the largest being its choice (the first of
//! equals); an output of width 1 is a logit: class 1 if above 0. An example whose outputs hold a NaN counts as wrong,
//! whatever its label. A target that names no class makes the figure NaN. Metrics of values propagate NaN. Before the
//! first example every metric is NaN.

use std::fmt::Debug;

mod accuracy;
mod confusion;
mod error;
mod f_score;
mod r2;
mod top_k;

pub use accuracy::Accuracy;
pub use confusion::{Average, ConfusionMatrix};
pub use error::{MeanAbsoluteError, Mse, Rmse};
pub use f_score::{F1, Precision, Recall};
pub use r2::R2;
pub use top_k::TopK;

/// Which of two values of a metric is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The higher, as of an accuracy.
    Higher,
    /// The lower, as of an error.
    Lower,
}

impl Better {
    /// Whether `new` is better than `old`. Any number is better than NaN, which stands for none.
    pub fn is_better(self, new: f64, old: f64) -> bool {
        match self {
            Self::Higher => new > old || (old.is_nan() && !new.is_nan()),
            Self::Lower => new < old || (old.is_nan() && !new.is_nan()),
        }
    }
}

/// A figure gathered over batches.
///
/// A metric of one's own:
///
/// ```
/// use ann_core::metric::{Better, Metric};
///
/// /// The largest error of any output.
/// #[derive(Debug, Default)]
/// struct WorstError(f64);
///
/// impl Metric for WorstError {
///     fn name(&self) -> String {
///         "worst_error".into()
///     }
///     fn reset(&mut self) {
///         self.0 = 0.0;
///     }
///     fn update(&mut self, outputs: &[f64], targets: &[f64], _width: usize) {
///         for (y, t) in outputs.iter().zip(targets) {
///             self.0 = self.0.max((y - t).abs());
///         }
///     }
///     fn value(&self) -> f64 {
///         self.0
///     }
///     fn better(&self) -> Better {
///         Better::Lower
///     }
/// }
///
/// let mut worst = WorstError::default();
/// worst.update(&[1.0, 2.0], &[1.5, 2.0], 1);
/// assert_eq!(worst.value(), 0.5);
/// ```
pub trait Metric: Debug + Send {
    /// Its name in histories and results: lower case, words joined by `_`.
    fn name(&self) -> String;

    /// Forgets all examples.
    fn reset(&mut self);

    /// Takes a batch: `width` outputs an example, and its targets: one class number, or as many values as outputs.
    fn update(&mut self, outputs: &[f64], targets: &[f64], width: usize);

    /// The figure over all examples since the last reset.
    fn value(&self) -> f64;

    /// Which way is better.
    fn better(&self) -> Better;
}

/// The class that outputs choose: the first of the largest; for a single output, whether it is above 0. `None` if
/// one is NaN or there are none.
pub fn chosen(outputs: &[f64]) -> Option<usize> {
    if outputs.iter().any(|y| y.is_nan()) {
        return None;
    }
    if let [logit] = outputs {
        return Some(usize::from(*logit > 0.0));
    }
    (0..outputs.len()).reduce(|best, i| if outputs[i] > outputs[best] { i } else { best })
}

/// The class a target names; `None` if it is no whole number.
fn class(target: f64) -> Option<usize> {
    (target >= 0.0 && target.fract() == 0.0).then_some(target as usize)
}

/// The outputs of each example with the class that its target names; `None` where it names none.
///
/// Targets are a class number an example, or as many values as outputs of which one is 1 and all others 0.
fn examples<'a>(
    outputs: &'a [f64],
    targets: &'a [f64],
    width: usize,
) -> impl Iterator<Item = (&'a [f64], Option<usize>)> {
    let rows = outputs.chunks_exact(width.max(1));
    let count = rows.len();
    rows.enumerate().map(move |(row, example)| {
        let class = if targets.len() == count {
            class(targets[row])
        } else if targets.len() == outputs.len() {
            hot(&targets[row * width..(row + 1) * width])
        } else {
            None
        };
        (example, class)
    })
}

/// The place of the one among zeros.
fn hot(targets: &[f64]) -> Option<usize> {
    let is_hot = targets.iter().all(|t| *t == 0.0 || *t == 1.0) && targets.iter().sum::<f64>() == 1.0;
    targets.iter().position(|t| is_hot && *t == 1.0)
}

#[cfg(test)]
mod tests;
