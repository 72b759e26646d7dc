//! Local response normalization.

use ann_autodiff::Var;

use super::options::{layer, settings};
use super::size;
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// `y[c] = x[c] / (k + alpha / size * sum of x[j]^2 over |j - c| <= size / 2)^beta`, across channels; or, within a channel, over
    /// a window of `size` x `size` and divided by its area (Krizhevsky et al. 2012, section 3.3; `alpha` is divided as Caffe does).
    ///
    /// `[c, h, w]`, the same.
    Lrn {
        alpha: f64 = 1e-4,
        beta: f64 = 0.75,
        k: f64 = 1.0,
    }
}

settings! {
    Lrn {
        /// The weight of the squares (1e-4 unless said).
        alpha: number => |this, value| this.alpha = value;
        /// The exponent (0.75 unless said).
        beta: number => |this, value| this.beta = value;
        /// What the squares are added to (1 unless said).
        k: number => |this, value| this.k = value;
    }
}

impl<I, O> Lrn<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("Lrn", x)?;
        let size = size(self.spec.size)?;
        Ok(if self.spec.within_channel {
            x.lrn_within_channel(size, self.alpha, self.beta, self.k)
        } else {
            x.lrn(size, self.alpha, self.beta, self.k)
        })
    }
}
