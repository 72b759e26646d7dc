//! All weights the same.

use ann_autodiff::random::Random;

use super::Initializer;
use crate::Result;
use crate::error::require;

/// Every element is this number. A bare number says the same: `bias_init = 0.1`.
///
/// ```
/// use ann_core::initializer::{Constant, Initializer};
/// use ann_autodiff::random::Random;
///
/// let mut values = [0.0; 3];
/// Constant(0.5).fill(&[3], Random::new(0), &mut values)?;
/// assert_eq!(values, [0.5; 3]);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant(pub f64);

impl Initializer for Constant {
    fn fill(&self, _shape: &[usize], _random: Random, values: &mut [f64]) -> Result<()> {
        require(self.0.is_finite(), "a constant initializer", "value", self.0, "it must be finite")?;
        values.fill(self.0);
        Ok(())
    }
}

macro_rules! number {
    ($($number:ident)+) => {$(
        impl Initializer for $number {
            fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
                Constant(f64::from(*self)).fill(shape, random, values)
            }
        }
    )+};
}

// `i32` is what a literal such as `1` becomes.
number!(f64 f32 i32);
