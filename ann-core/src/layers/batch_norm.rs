//! Batch normalization.

use ann_autodiff::Var;

use super::options::{constant, layer, settings};
use crate::error::require;
use crate::recorder::{Initial, Mode, only};
use crate::{Recorder, Result};

layer! {
    /// `y = (x - mean) / sqrt(variance + eps) * weight + bias`, a channel of `[c, h, w]` or a feature of `[n]` at a time
    /// (Ioffe and Szegedy 2015).
    ///
    /// While training, mean and variance are those of the batch; running statistics follow them, which prediction then uses.
    /// Parameters: `weight` and `bias` if affine; statistics: `running_mean` and `running_var`, saved with the parameters, not
    /// counted among them.
    BatchNorm {
        weight: Initial = constant(1.0),
        bias: Initial = constant(0.0),
        momentum: f64 = 0.1,
        eps: f64 = 1e-5,
    }
}

settings! {
    BatchNorm {
        /// How far the running statistics move in a step, from 0 to 1 (0.1 unless said).
        momentum: number => |this, value| this.momentum = value;
        /// What is added to the variance (1e-5 unless said).
        eps: number => |this, value| this.eps = value;
    }
}

impl<I, O> BatchNorm<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("BatchNorm", x)?;
        tape.refuse_padding("BatchNorm", x)?;
        require(
            (0.0..=1.0).contains(&self.momentum),
            "BatchNorm",
            "momentum",
            self.momentum,
            "it must lie in [0, 1]",
        )?;
        require(0.0 < self.eps, "BatchNorm", "eps", self.eps, "it must be above 0")?;
        let extents = x.extents();
        // Channels of an image, features of everything else.
        let axis = if extents.len() == 4 { 1 } else { extents.len().saturating_sub(1) };
        let n = extents.get(axis).copied().unwrap_or_default();
        let affine = self.spec.affine.then(|| {
            (tape.parameter("weight", &[n], &self.weight), tape.parameter("bias", &[n], &self.bias))
        });
        let mean = tape.statistic("running_mean", &[n], 0.0, self.momentum);
        let variance = tape.statistic("running_var", &[n], 1.0, self.momentum);
        let (weight, bias) = affine.unwrap_or_else(|| {
            (tape.tape().constant(&[n], &vec![1.0; n]), tape.tape().constant(&[n], &vec![0.0; n]))
        });
        Ok(match tape.mode() {
            Mode::Training => x.batch_norm(weight, bias, mean, variance, self.eps),
            Mode::Prediction => x.normalize(weight, bias, mean, variance, self.eps),
        })
    }
}
