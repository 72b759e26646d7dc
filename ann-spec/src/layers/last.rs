//! The last step of a sequence.

use crate::args::Args;
use crate::doc::Doc;
use crate::misfit::Wanted;
use crate::rule::{ranked, tri};
use crate::{Misfit, Shape, Source};

spec! {
    /// The last step of a sequence that is not padding: `[t, n] -> [n]`.
    pub struct Last {}
}

impl Last {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Last",
        from: "[t, n]",
        to: "[n]",
        line: "the last step that is not padding",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let input = tri!(ranked(inputs, 2, Wanted::Sequence));
        Ok(Shape::of(&[input.dim(1)]))
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
