//! The functions that take each value on its own and have nothing to learn.

use ann_autodiff::Var;

use super::options::{layer, plain, settings};
use crate::recorder::only;
use crate::{Recorder, Result};

plain! {
    /// What comes in goes out.
    Identity => |x| x
}

plain! {
    /// `max(x, 0)` (Nair and Hinton 2010). The gradient at 0 is 0.
    Relu => |x| x.relu()
}

plain! {
    /// `x Φ(x)` with the normal distribution function `Φ`, exactly (Hendrycks and Gimpel 2016).
    Gelu => |x| x.gelu()
}

plain! {
    /// `x / (1 + e^-x)` (Elfwing et al. 2017; swish in Ramachandran et al. 2017).
    Silu => |x| x.silu()
}

plain! {
    /// `1 / (1 + e^-x)`.
    Sigmoid => |x| x.sigmoid()
}

plain! {
    /// `tanh(x)`.
    Tanh => |x| x.tanh()
}

plain! {
    /// `ln(1 + e^x)`, without overflow.
    Softplus => |x| x.softplus()
}

layer! {
    /// `x` where it is positive, `a x` elsewhere (Maas, Hannun, Ng 2013).
    LeakyRelu { a: f64 = 0.01 }
}

settings! {
    LeakyRelu {
        /// The slope below 0.
        a: number => |this, value| this.a = value;
    }
}

impl<I, O> LeakyRelu<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        Ok(only("LeakyRelu", x)?.leaky_relu(self.a))
    }
}

layer! {
    /// `x` where it is positive, `a (e^x - 1)` elsewhere (Clevert, Unterthiner, Hochreiter 2015).
    Elu { a: f64 = 1.0 }
}

settings! {
    Elu {
        /// What it tends to far below 0, negated.
        a: number => |this, value| this.a = value;
    }
}

impl<I, O> Elu<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        Ok(only("Elu", x)?.elu(self.a))
    }
}
