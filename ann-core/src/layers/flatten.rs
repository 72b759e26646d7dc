//! All axes in one.

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// The same elements in one axis: `[c, h, w] -> [c h w]`. Nothing is computed or copied.
    Flatten {}
}

settings! { Flatten {} }

impl<I, O> Flatten<I, O> {
    #[allow(clippy::unused_self, reason = "alike for all layers")]
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("Flatten", x)?;
        tape.refuse_padding("Flatten", x)?;
        let extents = x.extents();
        Ok(x.reshape(&[extents.first().copied().unwrap_or_default(), extents.iter().skip(1).product()]))
    }
}
