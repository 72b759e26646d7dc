//! The exponential linear unit.

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// `x` where it is positive, `a (e^x - 1)` elsewhere (Clevert, Unterthiner, Hochreiter 2015).
    Elu { a: f64 = 1.0 }
}

settings! {
    Elu {
        /// What it tends to far below 0, negated (1 unless said).
        a: number => |this, value| this.a = value;
    }
}

impl<I, O> Elu<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        Ok(only("Elu", x)?.elu(self.a))
    }
}
