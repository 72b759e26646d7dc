//! The sum of several inputs of one shape.

use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{Reckoning, filled, tri, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// The sum of several inputs of one shape.
    pub struct Add {}
}

impl Add {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Add",
        from: "several of one shape",
        to: "same",
        line: "the sum of its inputs",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        alike(inputs)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// One addition for each input but the first.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(alike(inputs)), inputs.len() as u64 - 1)
    }
}

/// The one shape of several inputs.
pub(super) const fn alike(inputs: &[Shape]) -> Result<Shape, Misfit> {
    if inputs.len() < 2 {
        return Err(Misfit::SeveralInputs { found: inputs.len() });
    }
    let mut reckoning = Reckoning::new();
    let first = inputs[0];
    tri!(filled(&first));
    let mut index = 1;
    while index < inputs.len() {
        let other = inputs[index];
        match first.equals(&other) {
            Some(true) => {}
            Some(false) => return Err(Misfit::Unequal { index, first, other }),
            None => {
                let mut axis = 0;
                while axis < first.rank() {
                    if first.dim(axis).equals(other.dim(axis)).is_none() {
                        reckoning.know(first.dim(axis));
                        reckoning.know(other.dim(axis));
                    }
                    axis += 1;
                }
            }
        }
        index += 1;
    }
    reckoning.give(first)
}
