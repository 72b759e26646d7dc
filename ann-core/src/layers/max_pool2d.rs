//! The largest element of each window.

use ann_autodiff::Var;

use super::options::{layer, settings};
use super::pooling;
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// The largest element of each window. What lies outside the image is never the largest.
    ///
    /// `[c, h, w] -> [c, h', w']` with `h' = (h + 2 pad - kernel) / stride + 1`, rounded down, or up if `ceil`.
    MaxPool2d {}
}

settings! { MaxPool2d {} }

impl<I, O> MaxPool2d<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("MaxPool2d", x)?;
        let spec = &self.spec;
        Ok(x.max_pool2d(pooling(spec.k, spec.stride, spec.pad, spec.ceil)?))
    }
}
