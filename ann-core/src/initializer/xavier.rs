//! Weights scaled by both fans (Glorot and Bengio: "Understanding the difficulty of training deep feedforward neural
//! networks", AISTATS 2010).

use ann_autodiff::random::Random;

use super::{Initializer, fans, normal, symmetric};
use crate::Result;

/// Uniform in `±sqrt(6 / (fan_in + fan_out))`, so of variance `2 / (fan_in + fan_out)` (Glorot and Bengio 2010,
/// equation 16).
///
/// The mean of the two variances that keep the spread of activations forward and of gradients backward through layers
/// that are linear around 0, such as tanh. The weight needs two axes or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Xavier;

/// Normal of variance `2 / (fan_in + fan_out)`; see [`Xavier`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct XavierNormal;

impl Initializer for Xavier {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let (inputs, outputs) = fans("Xavier", shape)?;
        symmetric((6.0 / (inputs + outputs)).sqrt(), random, values);
        Ok(())
    }
}

impl Initializer for XavierNormal {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let (inputs, outputs) = fans("XavierNormal", shape)?;
        normal((2.0 / (inputs + outputs)).sqrt(), random, values);
        Ok(())
    }
}
