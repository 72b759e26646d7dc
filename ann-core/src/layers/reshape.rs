//! The same elements in other sizes.

use ann_autodiff::Var;

use super::options::{layer, settings};
use super::size;
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// The same elements, row-major, in other sizes. Nothing is computed or copied.
    Reshape {}
}

settings! { Reshape {} }

impl<I, O> Reshape<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("Reshape", x)?;
        tape.refuse_padding("Reshape", x)?;
        let mut dims = vec![x.extents().first().copied().unwrap_or_default()];
        for dim in self.spec.sizes.dims() {
            dims.push(size(*dim)?);
        }
        Ok(x.reshape(&dims))
    }
}
