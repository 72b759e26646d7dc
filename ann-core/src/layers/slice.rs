//! A part of the features or channels.

use ann_autodiff::Var;

use super::options::{layer, settings};
use super::{features, size};
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// Features or channels `from` to `to`, the last one left out: `[n] -> [to - from]`, `[c, h, w] -> [to - from, h, w]`,
    /// `[_, n] -> [_, to - from]`.
    Slice {}
}

settings! { Slice {} }

impl<I, O> Slice<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("Slice", x)?;
        Ok(x.slice(features(x), size(self.spec.from)?, size(self.spec.to)?))
    }
}
