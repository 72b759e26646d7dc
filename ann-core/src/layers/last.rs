//! The last step of a sequence.

use ann_autodiff::Var;
use ann_autodiff::ops::LastStep;

use super::options::{layer, settings};
use super::recurrent::lengths;
use crate::recorder::only;
use crate::{Recorder, Result};

layer! {
    /// The last step that is no padding: `[t, n] -> [n]`. It learns nothing.
    ///
    /// Behind a bidirectional layer this is what the direction from the end has seen of one step only.
    Last {}
}

settings! { Last {} }

impl<I, O> Last<I, O> {
    #[allow(clippy::unused_self, reason = "alike for all layers")]
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("Last", x)?;
        let lengths = lengths(tape, x).unwrap_or_else(|| tape.tape().constant(&[0], &[]));
        Ok(tape.tape().apply(LastStep, [x, lengths]))
    }
}
