//! A part of the channels or features.

use super::concat::joined_axis;
use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::{Reckoning, one, tri};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// Channels of an image, or features, of a sequence those of each step, from `from` up to, not including, `to`.
    pub struct Slice {
        /// The first.
        pub from: Dim,
        /// The one after the last.
        pub to: Dim,
    }
}

impl Slice {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Slice",
        from: "[n, ..]",
        to: "[to - from, ..]",
        line: "channels or features from one number up to, not including, another",
        arguments: &[
            Parameter::new("from", Kind::Count, "the first").positional(),
            Parameter::new("to", Kind::Size, "the one after the last").positional(),
        ],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self { from: args.size("from"), to: args.size("to") }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        let input = tri!(one(inputs));
        let axis = joined_axis(&input);
        let (from, to) = (reckoning.know(self.from), reckoning.know(self.to));
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            return Err(Misfit::SliceEmpty { from, to });
        }
        if let (Some(to), Some(extent)) = (to, reckoning.know(input.dim(axis)))
            && extent < to
        {
            return Err(Misfit::SlicePast { input, to, extent });
        }
        reckoning.give(match (from, to) {
            (Some(from), Some(to)) => input.with(axis, Dim::Known(to - from)),
            _ => input.with(axis, Dim::COMPUTED),
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
