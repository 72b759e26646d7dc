//! Several inputs one after the other.

use ann_autodiff::{Var, concat};

use super::features;
use super::options::{layer, settings};
use crate::{Error, Recorder, Result};

layer! {
    /// The features or channels of several inputs one after the other: `[c1, h, w]`, `[c2, h, w]`, .. `-> [c1 + c2 + .., h, w]`.
    Concat {}
}

settings! { Concat {} }

impl<I, O> Concat<I, O> {
    #[allow(clippy::unused_self, reason = "alike for all layers")]
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let [first, _, ..] = x else {
            return Err(Error::Inputs { layer: "Concat", expected: 2, found: x.len() });
        };
        Ok(concat(features(*first), x)?)
    }
}
