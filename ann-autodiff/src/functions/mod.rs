//! What can be written on a [`Var`]: the operations as methods and operators, and functions composed of them.
//!
//! Formulas are written as formulas: sizes that do not fit are kept by the tape and reported when it is compiled.
//!
//! ```
//! use ann_autodiff::value_and_grad;
//!
//! // The logarithm of a sum of exponentials; its gradient is the softmax.
//! let (value, gradient) = value_and_grad(|_, x| x.exp().sum().ln(), &[0.0_f64, 0.0])?;
//! assert_eq!((value, gradient), (2.0_f64.ln(), vec![0.5, 0.5]));
//! # Ok::<(), ann_autodiff::Error>(())
//! ```

mod activations;
mod draws;
mod elementwise;
mod layers;
mod losses;
mod operators;
mod reductions;
mod shapes;

pub use shapes::concat;

use crate::Var;
use crate::op::Op;

impl<'t, S> Var<'t, S> {
    /// An operation of one input.
    pub fn map<O: Op<1>>(self, op: O) -> Var<'t> {
        self.tape.apply(op, [self.untyped()])
    }

    /// Whether both are one value of one tape, not only equal ones.
    pub fn is_same<R>(self, other: Var<'_, R>) -> bool {
        std::ptr::eq(self.tape, other.tape) && self.id == other.id
    }
}
