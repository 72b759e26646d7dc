//! A plain recurrent layer (Elman 1990).
//!
//! h[t] = f(W x[t] + U h[t-1] + b)

use super::dense::{INIT, L1, L2, MAX_NORM, REGULARIZER};
use crate::args::Args;
use crate::catalogue::Blur;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::misfit::Wanted;
use crate::rule::{Reckoning, plus, positive, ranked, times, tri, value, work};
use crate::{Dim, Field, Misfit, Shape, Source};

/// The function at the end of a step of a plain recurrent layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RnnActivation {
    /// `tanh(x)`
    Tanh,
    /// `max(x, 0)`
    Relu,
    /// `1 / (1 + e^-x)`
    Sigmoid,
}

impl RnnActivation {
    const NAMES: &'static [&'static str] = &["Tanh", "Relu", "Sigmoid"];

    const fn numbered(number: usize) -> Self {
        match number {
            0 => Self::Tanh,
            1 => Self::Relu,
            _ => Self::Sigmoid,
        }
    }
}

impl From<RnnActivation> for Field {
    fn from(activation: RnnActivation) -> Self {
        let word = match activation {
            RnnActivation::Tanh => "Tanh",
            RnnActivation::Relu => "Relu",
            RnnActivation::Sigmoid => "Sigmoid",
        };
        Self::Word { of: "RnnActivation", word }
    }
}

impl Blur for RnnActivation {
    fn blur(self) -> Self {
        self
    }
}

spec! {
    /// A plain recurrent layer: `[t, k] -> [t, n]`, both ways `[t, 2n]`.
    pub struct Rnn {
        /// Output features, of each direction.
        pub n: Dim,
        /// The function at the end of a step.
        pub activation: RnnActivation,
        /// Whether the sequence is read both ways.
        pub bidirectional: bool,
    }
}

impl Rnn {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Rnn",
        from: "[t, k]",
        to: "[t, n]",
        line: "a plain recurrent layer",
        arguments: &[
            Parameter::new("n", Kind::Size, "the number of output features").positional(),
            Parameter::new(
                "activation",
                Kind::Choice(RnnActivation::NAMES),
                "the function at the end of a step",
            )
            .or("Tanh"),
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
            activation: RnnActivation::numbered(args.choice_or("activation", 0)),
            bidirectional: args.flag_or("bidirectional", false),
        }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        recurrent(self.n, self.bidirectional, inputs)
    }

    /// `n k` for the input, `n n` for the state, a bias; twice for both ways.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        recurrent_parameters(self.n, self.bidirectional, inputs, 1, 1)
    }

    /// Both products of every gate, and the functions at its end.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        recurrent_flops(self.n, self.bidirectional, inputs, 1)
    }
}

/// Both ways at once.
pub(super) const BIDIRECTIONAL: Parameter =
    Parameter::new("bidirectional", Kind::Flag, "whether the sequence is read both ways").or("false");

/// The initial recurrent matrix.
pub(super) const RECURRENT_INIT: Parameter =
    Parameter::new("recurrent_init", Kind::Expression, "the initial recurrent weight, of each gate")
        .or("Orthogonal");
/// Dropout of what comes in.
pub(super) const DROPOUT: Parameter = Parameter::new(
    "dropout",
    Kind::Probability,
    "the probability to switch a value of the input off while training",
)
.or("0.0");

/// The shape of a recurrent layer's output.
pub(super) const fn recurrent(n: Dim, bidirectional: bool, inputs: &[Shape]) -> Result<Shape, Misfit> {
    let mut reckoning = Reckoning::new();
    tri!(positive("n", n));
    let input = tri!(ranked(inputs, 2, Wanted::Sequence));
    if !bidirectional {
        return Ok(input.with(1, n));
    }
    let doubled = match reckoning.know(n) {
        Some(n) => Dim::Known(tri!(times(2, n))),
        None => Dim::COMPUTED,
    };
    reckoning.give(input.with(1, doubled))
}

/// For every gate a weight `[n, k]` and a weight `[n, n]`, and so many biases `[n]` in all; twice for both ways.
pub(super) const fn recurrent_parameters(
    n: Dim,
    bidirectional: bool,
    inputs: &[Shape],
    gates: usize,
    biases: usize,
) -> Result<usize, Misfit> {
    let input = tri!(ranked(inputs, 2, Wanted::Sequence));
    let (n, k) = (tri!(value(n)), tri!(value(input.dim(1))));
    let weights = tri!(times(gates, tri!(times(n, tri!(plus(n, k))))));
    let one_way = tri!(plus(weights, tri!(times(biases, n))));
    times(one_way, if bidirectional { 2 } else { 1 })
}

/// Twice the products and four operations more for every gate's output, at every step.
pub(super) const fn recurrent_flops(
    n: Dim,
    bidirectional: bool,
    inputs: &[Shape],
    gates: usize,
) -> Result<u64, Misfit> {
    let input = tri!(ranked(inputs, 2, Wanted::Sequence));
    let (size, k) = (tri!(value(n)), tri!(value(input.dim(1))));
    let products = tri!(times(2, tri!(plus(size, k))));
    let each = tri!(times(gates, tri!(plus(products, 4))));
    work(&input.with(1, n), tri!(times(each, if bidirectional { 2 } else { 1 })) as u64)
}
