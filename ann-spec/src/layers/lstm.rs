//! Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).

use super::rnn::{BIDIRECTIONAL, recurrent, recurrent_flops, recurrent_parameters};
use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// Long short-term memory: `[t, k] -> [t, n]`, both ways `[t, 2n]`.
    pub struct Lstm {
        /// Output features, of each direction.
        pub n: Dim,
        /// Whether the sequence is read both ways.
        pub bidirectional: bool,
    }
}

impl Lstm {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Lstm",
        from: "[t, k]",
        to: "[t, n]",
        line: "long short-term memory",
        arguments: &[
            Parameter::new("n", Kind::Size, "the number of output features").positional(),
            Parameter::new("forget_bias", Kind::Number, "the initial bias of the forget gate").or("1.0"),
            BIDIRECTIONAL,
        ],
        built: false,
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self { n: args.size("n"), bidirectional: args.flag_or("bidirectional", false) }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        recurrent(self.n, self.bidirectional, inputs)
    }

    /// `4 (n k + n n + n)`; twice for both ways.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        recurrent_parameters(self.n, self.bidirectional, inputs, 4, 4)
    }

    /// Both products of every gate, and the functions at its end.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        recurrent_flops(self.n, self.bidirectional, inputs, 4)
    }
}
