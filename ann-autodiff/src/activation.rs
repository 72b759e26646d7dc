//! [`Activation`]: a function of each element by itself, of the user's own.

use std::fmt::Debug;
use std::sync::Arc;

/// A function of each element by itself, with its derivative. The built-in ones are operations; this is for those of your own.
///
/// It is computed in `f64`, whatever the precision around it, and rounded once; on all threads, with a gradient. On a tape it
/// is `x.activation(..)`, in a network the layer `Activation(..)`. Its `Debug` text is its name in messages, and has to show its
/// settings.
///
/// ```
/// use ann_autodiff::{Activation, value_and_grad};
///
/// /// `x / (1 + e^(-beta x))` (Ramachandran et al. 2017).
/// #[derive(Clone, Debug)]
/// struct Swish {
///     beta: f64,
/// }
///
/// impl Activation for Swish {
///     fn value(&self, x: f64) -> f64 {
///         x / (1.0 + (-self.beta * x).exp())
///     }
///     fn slope(&self, x: f64) -> f64 {
///         let s = 1.0 / (1.0 + (-self.beta * x).exp());
///         s + self.beta * x * s * (1.0 - s)
///     }
/// }
///
/// let (value, gradient) = value_and_grad(|_, x| x.activation(Swish { beta: 1.5 }).sum(), &[0.0, 40.0])?;
/// assert_eq!((value, gradient), (40.0, vec![0.5, 1.0]));
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
///
/// [`check_slope`](crate::check_slope) holds the slope against differences of the value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no activation",
    label = "write a value of a type of your own here that implements `ann::Activation`",
    note = "the built-in activations are layers of their own: `Relu`, `Tanh`, `Gelu` and the like stand without `Activation(..)`"
)]
pub trait Activation: Debug + Send + Sync {
    /// The function. NaN has to stay NaN, so that training finds it.
    fn value(&self, x: f64) -> f64;

    /// Its derivative; where there is none, any number between those on either side.
    fn slope(&self, x: f64) -> f64;
}

impl<T: Activation + ?Sized> Activation for Box<T> {
    fn value(&self, x: f64) -> f64 {
        (**self).value(x)
    }

    fn slope(&self, x: f64) -> f64 {
        (**self).slope(x)
    }
}

impl<T: Activation + ?Sized> Activation for Arc<T> {
    fn value(&self, x: f64) -> f64 {
        (**self).value(x)
    }

    fn slope(&self, x: f64) -> f64 {
        (**self).slope(x)
    }
}
