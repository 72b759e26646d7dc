//! [`Loss`]: what training makes small. One file each; add your own by implementing the trait.

mod binary_cross_entropy;
mod cross_entropy;
mod huber;
mod mean_absolute_error;
mod mean_squared_error;

use std::fmt::Debug;

use ann_autodiff::{Shaped, Var};

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use cross_entropy::CrossEntropy;
pub use huber::Huber;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_squared_error::MeanSquaredError;

use crate::data::Target;
use crate::{Recorder, Result};

/// What training makes small: a number made of a network's output and the target.
///
/// `O` is the output's shape, [`Target`](Loss::Target) what it is compared with. Both are types, so that a loss that does not fit
/// a network, or data with the wrong kind of label, does not compile.
///
/// ```
/// use ann_core::{Loss, Recorder, Result};
/// use ann_core::autodiff::{Rank1, Var};
/// use ann_core::data::Values;
///
/// /// The mean of `ln(cosh(y - t))`: a square near 0, an absolute value far off.
/// #[derive(Clone, Debug)]
/// struct LogCosh;
///
/// impl<const N: usize> Loss<Rank1<N>> for LogCosh {
///     type Target = Values<Rank1<N>>;
///
///     fn record<'t>(&self, _: &Recorder<'t>, y: Var<'t, Rank1<N>>, target: Var<'t>) -> Result<Var<'t>> {
///         // ln cosh x = x + softplus(-2 x) - ln 2
///         let x = y - target;
///         Ok((x + (x * -2.0).softplus() + -std::f64::consts::LN_2).mean())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the loss `{Self}` does not take a network's output of shape `{O}`",
    label = "this loss does not fit the network's output",
    note = "`CrossEntropy` takes class scores `[n]`; `MeanSquaredError`, `BinaryCrossEntropy` and the like take values of any shape"
)]
pub trait Loss<O: Shaped>: Clone + Debug + Send + Sync + 'static {
    /// What the output is compared with.
    type Target: Target;

    /// Records the loss of a batch, a single number. `target` holds one target an example, the batch first.
    fn record<'t>(&self, tape: &Recorder<'t>, output: Var<'t, O>, target: Var<'t>) -> Result<Var<'t>>;
}
