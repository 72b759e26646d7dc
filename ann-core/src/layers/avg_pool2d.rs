//! The mean of each window.

use ann_autodiff::Var;

use super::options::{layer, settings};
use super::pooling;
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// The mean of each window. Zeros of the padding count, as in Caffe and PyTorch; what a window reaches beyond the padding does not.
    ///
    /// `[c, h, w] -> [c, h', w']` with `h' = (h + 2 pad - kernel) / stride + 1`, rounded down, or up if `ceil`.
    AvgPool2d {}
}

settings! { AvgPool2d {} }

impl<I, O> AvgPool2d<I, O> {
    fn apply<'t>(&self, _: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("AvgPool2d", x)?;
        let spec = &self.spec;
        Ok(x.avg_pool2d(pooling(spec.k, spec.stride, spec.pad, spec.ceil)?))
    }
}
