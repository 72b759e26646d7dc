//! A function of the user's own.

use std::sync::Arc;

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::recorder::only;
use crate::{Recorder, Result};

/// What stands where no function was given: [`Activation`] made by `from_spec` alone.
#[derive(Debug)]
struct Straight;

impl crate::Activation for Straight {
    fn value(&self, x: f64) -> f64 {
        x
    }

    fn slope(&self, _: f64) -> f64 {
        1.0
    }
}

layer! {
    /// `y = f(x)`, each value on its own, `f` of a type of your own that implements [`ann::Activation`](crate::Activation).
    ///
    /// Shapes: any, the same. Computed in `f64` and rounded once, whatever the network's precision. A network described at run
    /// time cannot have it: a description holds no code.
    Activation { f: Arc<dyn crate::Activation> = Arc::new(Straight) }
}

settings! {
    Activation {
        /// The function.
        f: activation => |this, value| this.f = value;
    }
}

impl<I, O> Activation<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        Ok(only("Activation", x)?.activation(Arc::clone(&self.f)))
    }
}
