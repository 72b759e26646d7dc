//! The leaky rectifier.

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// `x` where it is positive, `a x` elsewhere (Maas, Hannun, Ng 2013).
    LeakyRelu { a: f64 = 0.01 }
}

settings! {
    LeakyRelu {
        /// The slope below 0 (0.01 unless said).
        a: number => |this, value| this.a = value;
    }
}

impl<I, O> LeakyRelu<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        Ok(only("LeakyRelu", x)?.leaky_relu(self.a))
    }
}
