//! A head beside the network's output.

use ann_autodiff::Var;

use super::options::{layer, settings};
use crate::error::require;
use crate::{Error, Recorder, Result};

layer! {
    /// The first of its inputs, the trunk, unchanged. While training, `weight` times the loss of the second, the head, is added to
    /// the loss of the network, by the same target (Szegedy et al. 2015, section 5). At prediction the head is not computed.
    ///
    /// The head has the shape of the network's output. In a network within another it is left out: there is no target for it.
    Auxiliary {
        weight: f64 = 0.3,
    }
}

settings! {
    Auxiliary {
        /// What the head's loss counts, greater than 0.
        weight: number => |this, value| this.weight = value;
    }
}

impl<I, O> Auxiliary<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let [trunk, head] = x else {
            return Err(Error::Inputs { layer: "Auxiliary", expected: 2, found: x.len() });
        };
        let is_weight = self.weight.is_finite() && 0.0 < self.weight;
        require(is_weight, "Auxiliary", "weight", self.weight, "it must be greater than 0")?;
        tape.auxiliary(*head, self.weight);
        Ok(*trunk)
    }
}
