//! Tape-based reverse-mode automatic differentiation with compiled plans.
pub mod random;
mod scalar;
mod shape;

pub use scalar::{Dtype, Scalar};
pub use shape::{Dyn, Rank1, Rank2, Rank3, Rank4, STEPS, Shaped, fits};
