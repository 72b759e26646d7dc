//! Shares that add up to 1.
//!
//! y[i] = e^x[i] / sum of e^x[j]

use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{Reckoning, common, tri, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// Shares that add up to 1, over the last axis; over the channels of an image `[c, h, w]`.
    pub struct Softmax {}
}

impl Softmax {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Softmax",
        from: "[k], [t, k] or [c, h, w]",
        to: "same",
        line: "shares that add up to 1: over the features, or the channels of an image",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        shared(inputs)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// An exponential, a comparison, a sum and a quotient each.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(common(inputs)), 4)
    }
}

/// The input, whose features or channels must be of a known number.
pub(super) const fn shared(inputs: &[Shape]) -> Result<Shape, Misfit> {
    let mut reckoning = Reckoning::new();
    let input = tri!(common(inputs));
    if input.rank() != 2 && input.dim(0).is_steps() {
        reckoning.know(input.dim(0));
    }
    reckoning.give(input)
}
