//! The product of several inputs.

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::{Error, Recorder, Result};

layer! {
    /// The product of two or more inputs of one shape, element by element.
    Mul {}
}

settings! { Mul {} }

impl<I, O> Mul<I, O> {
    #[allow(clippy::unused_self, reason = "alike for all layers")]
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let [first, rest @ ..] = x else {
            return Err(Error::Inputs { layer: "Mul", expected: 2, found: x.len() });
        };
        Ok(rest.iter().fold(*first, |y, x| y * *x))
    }
}
