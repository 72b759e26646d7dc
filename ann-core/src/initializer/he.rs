//! Weights for rectified units (He, Zhang, Ren, Sun: "Delving deep into rectifiers", ICCV 2015).

use ann_autodiff::random::Random;

use super::{Initializer, fans, normal, symmetric};
use crate::Result;

/// Normal of variance `2 / fan_in` (He et al. 2015, equation 10).
///
/// Keeps the mean square of activations through layers of `Relu`, which lets half of it through. The weight needs two
/// axes or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct He;

/// Uniform in `±sqrt(6 / fan_in)`, so of variance `2 / fan_in`; see [`He`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeUniform;

impl Initializer for He {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let (inputs, _) = fans("He", shape)?;
        normal((2.0 / inputs).sqrt(), random, values);
        Ok(())
    }
}

impl Initializer for HeUniform {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let (inputs, _) = fans("HeUniform", shape)?;
        symmetric((6.0 / inputs).sqrt(), random, values);
        Ok(())
    }
}
