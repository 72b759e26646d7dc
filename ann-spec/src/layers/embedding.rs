//! A learned row of numbers for each index.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::misfit::Wanted;
use crate::rule::{positive, ranked, times, tri, value};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// A learned row of numbers for each index: `[t] -> [t, n]`.
    pub struct Embedding {
        /// How many indices there are.
        pub vocab: Dim,
        /// Numbers in a row.
        pub n: Dim,
    }
}

impl Embedding {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Embedding",
        from: "[t]",
        to: "[t, n]",
        line: "a learned row of numbers for each index",
        arguments: &[
            Parameter::new("vocab", Kind::Size, "how many indices there are").positional(),
            Parameter::new("n", Kind::Size, "the number of output features").positional(),
            Parameter::new("init", Kind::Expression, "the initial rows").or("Gaussian::new(0.0, 1.0)"),
        ],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self { vocab: args.size("vocab"), n: args.size("n") }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        tri!(positive("vocab", self.vocab));
        tri!(positive("n", self.n));
        let input = tri!(ranked(inputs, 1, Wanted::Indices));
        Ok(Shape::of(&[input.dim(0), self.n]))
    }

    /// The rows.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        times(tri!(value(self.vocab)), tri!(value(self.n)))
    }

    /// Nothing is computed.
    pub const fn flops(&self, _inputs: &[Shape]) -> Result<u64, Misfit> {
        Ok(0)
    }
}
