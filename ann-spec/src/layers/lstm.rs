//! Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).

use super::dense::{INIT, L1, L2, MAX_NORM, REGULARIZER};
use super::rnn::{BIDIRECTIONAL, DROPOUT, RECURRENT_INIT, recurrent, recurrent_flops, recurrent_parameters};
use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// Long short-term memory: `[t, k] -> [t, n]`, both ways `[t, 2n]`.
    pub struct Lstm {
        /// Output features, of each direction.
        pub n: Dim,
        /// Whether the gates see the cell (Gers and Schmidhuber 2000).
        pub peepholes: bool,
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
            Parameter::new("peepholes", Kind::Flag, "whether the gates see the cell").or("false"),
            BIDIRECTIONAL,
            INIT,
            RECURRENT_INIT,
            L1,
            L2,
            MAX_NORM,
            REGULARIZER,
            DROPOUT,
        ],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self {
            n: args.size("n"),
            peepholes: args.flag_or("peepholes", false),
            bidirectional: args.flag_or("bidirectional", false),
        }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        recurrent(self.n, self.bidirectional, inputs)
    }

    /// `4 (n k + n n + n)`, and `3 n` for peepholes; twice for both ways.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        recurrent_parameters(self.n, self.bidirectional, inputs, 4, if self.peepholes { 7 } else { 4 })
    }

    /// Both products of every gate, and the functions at its end.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        recurrent_flops(self.n, self.bidirectional, inputs, 4)
    }
}
