//! Initializers: the weights before the first step.
//!
//! Numbers are drawn by counter: element `i` of a weight is a function of the seed, the weight and `i`, so that
//! neither threads nor the order in which layers are built change it.
//!
//! | name | weights | source |
//! |---|---|---|
//! | a number, [`Constant`] | all the same | |
//! | [`Uniform`], [`Gaussian`] | of the range or spread given | |
//! | [`Xavier`], [`XavierNormal`] | variance `2 / (fan_in + fan_out)` | Glorot and Bengio 2010 |
//! | [`He`], [`HeUniform`] | variance `2 / fan_in` | He et al. 2015 |
//! | [`Lecun`], [`LecunUniform`] | variance `1 / fan_in` | LeCun et al. 1998 |
//! | [`FanInUniform`] | uniform in `±1 / sqrt(fan_in)` | PyTorch's default for dense and convolutional layers |
//! | [`Orthogonal`] | orthonormal rows or columns | Saxe et al. 2013 |

use std::fmt::Debug;
use std::sync::Arc;

use ann_autodiff::random::Random;

use crate::{Error, Result};

mod constant;
mod gaussian;
mod he;
mod lecun;
mod orthogonal;
mod uniform;
mod xavier;

pub use constant::Constant;
pub use gaussian::Gaussian;
pub use he::{He, HeUniform};
pub use lecun::{FanInUniform, Lecun, LecunUniform};
pub use orthogonal::Orthogonal;
pub use uniform::Uniform;
pub use xavier::{Xavier, XavierNormal};

/// Fills a weight with its first values.
///
/// Implemented by numbers too: `bias_init = 0.1`. An initializer of one's own:
///
/// ```
/// use ann_core::{Result, initializer::Initializer};
/// use ann_autodiff::random::Random;
///
/// /// The identity matrix (Le, Jaitly, Hinton 2015).
/// #[derive(Debug)]
/// struct Identity;
///
/// impl Initializer for Identity {
///     fn fill(&self, shape: &[usize], _random: Random, values: &mut [f64]) -> Result<()> {
///         let columns: usize = shape[1..].iter().product();
///         for (row, weights) in values.chunks_mut(columns).enumerate() {
///             for (column, w) in weights.iter_mut().enumerate() {
///                 *w = if row == column { 1.0 } else { 0.0 };
///             }
///         }
///         Ok(())
///     }
/// }
///
/// let mut values = [0.0; 4];
/// Identity.fill(&[2, 2], Random::new(0), &mut values)?;
/// assert_eq!(values, [1.0, 0.0, 0.0, 1.0]);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no initializer",
    label = "write a number, `He`, `Xavier`, `Gaussian::new(0.0, 0.01)` or the like here"
)]
pub trait Initializer: Debug + Send + Sync {
    /// Writes the values of a weight of sizes `shape`, `[n, k]` for a dense layer and `[n, c, h, w]` for a
    /// convolution. `values` has as many elements as `shape` says.
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()>;
}

impl<I: Initializer + ?Sized> Initializer for Box<I> {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        (**self).fill(shape, random, values)
    }
}

impl<I: Initializer + ?Sized> Initializer for Arc<I> {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        (**self).fill(shape, random, values)
    }
}

/// How many inputs reach an output of this weight, and how many outputs an input: `k * h * w` and `n * h * w`.
///
/// A weight of fewer than two axes has no fans; scaling by them would be a mistake unseen.
pub fn fans(owner: &'static str, shape: &[usize]) -> Result<(f64, f64)> {
    let [outputs, inputs, window @ ..] = shape else {
        return Err(Error::shape(
            format!("{owner} scales by the numbers of inputs and outputs"),
            "a weight of two axes or more",
            format_args!("{shape:?}; give a bias a number"),
        ));
    };
    let window: usize = window.iter().product();
    Ok(((inputs * window) as f64, (outputs * window) as f64))
}

/// Element by element: uniform in `[-bound, bound)`.
fn symmetric(bound: f64, random: Random, values: &mut [f64]) {
    for (i, w) in values.iter_mut().enumerate() {
        *w = bound * (2.0 * random.uniform(i as u64) - 1.0);
    }
}

/// Element by element: normal of mean 0.
fn normal(deviation: f64, random: Random, values: &mut [f64]) {
    for (i, w) in values.iter_mut().enumerate() {
        *w = deviation * random.normal(i as u64);
    }
}

#[cfg(test)]
mod tests;
