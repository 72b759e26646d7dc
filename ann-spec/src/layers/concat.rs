//! Several inputs one after the other.

use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{Reckoning, filled, plus, tri};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// Several inputs one after the other: the channels of images, features, of sequences those of each step.
    pub struct Concat {}
}

impl Concat {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Concat",
        from: "several alike but for channels or features",
        to: "[sum, ..]",
        line: "its inputs one after the other, along channels or features",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        if inputs.len() < 2 {
            return Err(Misfit::SeveralInputs { found: inputs.len() });
        }
        let mut reckoning = Reckoning::new();
        let first = inputs[0];
        tri!(filled(&first));
        let axis = joined_axis(&first);
        let mut sum = reckoning.know(first.dim(axis));
        let mut index = 1;
        while index < inputs.len() {
            let other = inputs[index];
            tri!(filled(&other));
            // With the joined axis taken from the first, the rest must be alike.
            match first.equals(&other.with(axis, first.dim(axis))) {
                Some(true) => {}
                Some(false) => return Err(Misfit::Unjoinable { index, first, other, axis }),
                None => know_difference(&mut reckoning, &first, &other, axis),
            }
            sum = match (sum, reckoning.know(other.dim(axis))) {
                (Some(sum), Some(size)) => Some(tri!(plus(sum, size))),
                _ => None,
            };
            index += 1;
        }
        reckoning.give(match sum {
            Some(sum) => first.with(axis, Dim::Known(sum)),
            None => first.with(axis, Dim::COMPUTED),
        })
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// Nothing is computed.
    pub const fn flops(&self, _inputs: &[Shape]) -> Result<u64, Misfit> {
        Ok(0)
    }
}

/// The axis along which shapes are joined and cut: the channels of an image, the features of a sequence.
pub(super) const fn joined_axis(shape: &Shape) -> usize {
    if shape.rank() == 2 { 1 } else { 0 }
}

/// Remembers the open sizes, off the joined axis, on which it depends whether two shapes are alike.
const fn know_difference(reckoning: &mut Reckoning, first: &Shape, other: &Shape, joined: usize) {
    let mut axis = 0;
    while axis < first.rank() {
        if axis != joined && first.dim(axis).equals(other.dim(axis)).is_none() {
            reckoning.know(first.dim(axis));
            reckoning.know(other.dim(axis));
        }
        axis += 1;
    }
}
