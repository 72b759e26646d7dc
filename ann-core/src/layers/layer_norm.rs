//! Layer normalization.

use ann_autodiff::Var;

use super::options::{constant, layer, settings};
use crate::error::require;
use crate::recorder::{Initial, only};
use crate::{Recorder, Result};

layer! {
    /// `y = (x - mean) / sqrt(variance + eps) * weight + bias`, mean and variance of each example, or of each step of a sequence
    /// (Ba, Kiros, Hinton 2016).
    ///
    /// `[n]`, `[_, n]`: over the `n` features; `[c, h, w]`: over all of it. Parameters: `weight` and `bias` of that shape if affine.
    LayerNorm {
        weight: Initial = constant(1.0),
        bias: Initial = constant(0.0),
        eps: f64 = 1e-5,
    }
}

settings! {
    LayerNorm {
        /// What is added to the variance (1e-5 unless said).
        eps: number => |this, value| this.eps = value;
    }
}

impl<I, O> LayerNorm<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("LayerNorm", x)?;
        require(0.0 < self.eps, "LayerNorm", "eps", self.eps, "it must be above 0")?;
        let extents = x.extents();
        let axes = if extents.len() == 4 { 3 } else { 1 };
        let dims = &extents[extents.len().saturating_sub(axes)..];
        let y = x.layer_norm(axes, self.eps);
        if !self.spec.affine {
            return Ok(y);
        }
        let (weight, bias) =
            (tape.parameter("weight", dims, &self.weight), tape.parameter("bias", dims, &self.bias));
        Ok(y * weight + bias)
    }
}
