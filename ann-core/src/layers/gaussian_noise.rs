//! Gaussian noise.

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::error::require;
use crate::recorder::{Mode, only};
use crate::{Recorder, Result};

layer! {
    /// While training, `y = x + n` with `n` normal of mean 0, drawn anew for each element and each step; at prediction `y = x`
    /// (Bishop 1995 on what it does to the loss; Vincent et al. 2010 on denoising).
    ///
    /// Shapes: any, the same. The noise depends on the trainer's seed, the step and the element, not on threads. Masking noise is
    /// [`Dropout`](super::Dropout), which also scales what it keeps.
    GaussianNoise { deviation: f64 = 0.0 }
}

settings! {
    GaussianNoise {
        /// The noise's standard deviation, finite and not negative.
        deviation: number => |this, value| this.deviation = value;
    }
}

impl<I, O> GaussianNoise<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("GaussianNoise", x)?;
        require(
            0.0 <= self.deviation && self.deviation.is_finite(),
            "GaussianNoise",
            "deviation",
            self.deviation,
            "it must be finite and not negative",
        )?;
        let is_noisy = tape.mode() == Mode::Training && self.deviation != 0.0;
        Ok(if is_noisy { x.gaussian_noise(self.deviation) } else { x })
    }
}
