//! Layer normalization (Ba et al. 2016): over the features of each example or step.

use super::batch_norm::{AFFINE, EPS};
use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{Reckoning, common, numbers, times, tri, value, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// Normalizes each example over its last axis; an image `[c, h, w]` over all of it.
    pub struct LayerNorm {
        /// Whether a scale and a shift are learned.
        pub affine: bool,
    }
}

impl LayerNorm {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "LayerNorm",
        from: "[k], [t, k] or [c, h, w]",
        to: "same",
        line: "normalizes each example, or each step, over its features",
        arguments: &[EPS, AFFINE],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self { affine: args.flag_or("affine", true) }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        let input = tri!(common(inputs));
        // Of a sequence every step is normalized on its own; otherwise the length must be known.
        if input.rank() != 2 && input.dim(0).is_steps() {
            reckoning.know(input.dim(0));
        }
        reckoning.give(input)
    }

    /// A scale and a shift for each number that is normalized.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        let input = tri!(common(inputs));
        if !self.affine {
            return Ok(0);
        }
        let count = if input.rank() == 2 { tri!(value(input.dim(1))) } else { tri!(numbers(&input)) };
        times(2, count)
    }

    /// Two operations for the mean, three for the variance, two for the quotient, two for scale and shift.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(common(inputs)), if self.affine { 9 } else { 7 })
    }
}
