//! Gated recurrent units (Cho et al. 2014), the reset gate after the product, as in cuDNN.

use super::dense::{INIT, L1, L2, MAX_NORM, REGULARIZER};
use super::rnn::{BIDIRECTIONAL, DROPOUT, RECURRENT_INIT, recurrent, recurrent_flops, recurrent_parameters};
use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// Gated recurrent units: `[t, k] -> [t, n]`, both ways `[t, 2n]`.
    pub struct Gru {
        /// Output features, of each direction.
        pub n: Dim,
        /// Whether the sequence is read both ways.
        pub bidirectional: bool,
    }
}

impl Gru {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Gru",
        from: "[t, k]",
        to: "[t, n]",
        line: "gated recurrent units",
        arguments: &[
            Parameter::new("n", Kind::Size, "the number of output features").positional(),
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
        Self { n: args.size("n"), bidirectional: args.flag_or("bidirectional", false) }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        recurrent(self.n, self.bidirectional, inputs)
    }

    /// `3 (n k + n n)`, a bias a gate and one more inside the reset gate's product; twice for both ways.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        recurrent_parameters(self.n, self.bidirectional, inputs, 3, 4)
    }

    /// Both products of every gate, and the functions at its end.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        recurrent_flops(self.n, self.bidirectional, inputs, 3)
    }
}
