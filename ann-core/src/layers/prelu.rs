//! The rectifier with learned slopes.

use ann_autodiff::Var;

use super::options::{constant, layer, settings};
use crate::recorder::{Initial, only};
use crate::{Recorder, Result};

layer! {
    /// `x` where it is positive, `a x` elsewhere, `a` learned for each channel of `[c, h, w]` or each feature (He et al. 2015).
    ///
    /// Parameters: `weight [c]`, 0.25 at first.
    PRelu { weight: Initial = constant(0.25) }
}

settings! { PRelu {} }

impl<I, O> PRelu<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("PRelu", x)?;
        let extents = x.extents();
        let axis = if extents.len() == 4 { 1 } else { extents.len().saturating_sub(1) };
        let n = extents.get(axis).copied().unwrap_or_default();
        Ok(x.prelu(tape.parameter("weight", &[n], &self.weight)))
    }
}
