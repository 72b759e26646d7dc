//! The sum of several inputs.

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::{Error, Recorder, Result};

layer! {
    /// The sum of two or more inputs of one shape, element by element.
    Add {}
}

settings! { Add {} }

impl<I, O> Add<I, O> {
    #[allow(clippy::unused_self, reason = "alike for all layers")]
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let [first, rest @ ..] = x else {
            return Err(Error::Inputs { layer: "Add", expected: 2, found: x.len() });
        };
        Ok(rest.iter().fold(*first, |y, x| y + *x))
    }
}
