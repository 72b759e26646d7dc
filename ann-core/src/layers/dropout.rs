//! Dropout.

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::error::require;
use crate::recorder::{Mode, only};
use crate::{Recorder, Result};

layer! {
    /// While training, drops each element with probability `p` and scales the others by `1 / (1 - p)`, so that there is nothing to
    /// do at prediction (Srivastava et al. 2014, inverted).
    ///
    /// Shapes: any, the same. Which elements are dropped depends on the trainer's seed, the step and the element, not on threads.
    Dropout { p: f64 = 0.5 }
}

settings! {
    Dropout {
        /// The probability with which an element is dropped, in `[0, 1)`.
        p: number => |this, value| this.p = value;
    }
}

impl<I, O> Dropout<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("Dropout", x)?;
        require((0.0..1.0).contains(&self.p), "Dropout", "p", self.p, "it must lie in [0, 1)")?;
        Ok(if tape.mode() == Mode::Training && self.p != 0.0 { x.dropout(self.p) } else { x })
    }
}
