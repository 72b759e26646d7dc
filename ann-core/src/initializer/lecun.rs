//! Weights that keep the variance of their inputs (LeCun, Bottou, Orr, Müller: "Efficient BackProp", 1998).

use ann_autodiff::random::Random;

use super::{Initializer, fans, normal, symmetric};
use crate::Result;

/// Normal of variance `1 / fan_in` (LeCun et al. 1998, equation 16).
///
/// For sigmoid-like units, and for self-normalizing ones (Klambauer et al. 2017). The weight needs two axes or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lecun;

/// Uniform in `±sqrt(3 / fan_in)`, so of variance `1 / fan_in`; see [`Lecun`]. Caffe's `xavier` filler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LecunUniform;

/// Uniform in `±1 / sqrt(fan_in)`, so of variance `1 / (3 fan_in)`: what PyTorch gives the weights of dense and
/// convolutional layers.
///
/// It gives their biases the same, by the fan of the weight; a bias alone does not know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FanInUniform;

impl Initializer for Lecun {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let (inputs, _) = fans("Lecun", shape)?;
        normal((1.0 / inputs).sqrt(), random, values);
        Ok(())
    }
}

impl Initializer for LecunUniform {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let (inputs, _) = fans("LecunUniform", shape)?;
        symmetric((3.0 / inputs).sqrt(), random, values);
        Ok(())
    }
}

impl Initializer for FanInUniform {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let (inputs, _) = fans("FanInUniform", shape)?;
        symmetric((1.0 / inputs).sqrt(), random, values);
        Ok(())
    }
}
