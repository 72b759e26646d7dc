//! A restricted Boltzmann machine (Smolensky 1986; trained by contrastive divergence, Hinton 2002).

use crate::args::Args;
use crate::catalogue::Blur;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::layers::dense::{L1, L2, REGULARIZER};
use crate::misfit::Wanted;
use crate::rule::{Reckoning, plus, positive, ranked, times, tri, value};
use crate::{Dim, Field, Misfit, Shape, Source};

/// What the units of one side of a Boltzmann machine take for values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// 0 or 1.
    Bernoulli,
    /// Any number, normally distributed with variance 1.
    Gaussian,
}

impl Units {
    const NAMES: &'static [&'static str] = &["Bernoulli", "Gaussian"];

    const fn numbered(number: usize) -> Self {
        if number == 0 { Self::Bernoulli } else { Self::Gaussian }
    }
}

impl From<Units> for Field {
    fn from(units: Units) -> Self {
        let word = match units {
            Units::Bernoulli => "Bernoulli",
            Units::Gaussian => "Gaussian",
        };
        Self::Word { of: "Units", word }
    }
}

impl Blur for Units {
    fn blur(self) -> Self {
        self
    }
}

spec! {
    /// A restricted Boltzmann machine: `[k] <-> [n]`.
    pub struct Rbm {
        /// Hidden units.
        pub n: Dim,
        /// The visible units.
        pub visible: Units,
        /// The hidden units.
        pub hidden: Units,
        /// Steps of Gibbs sampling while training.
        pub k: Dim,
        /// Whether the chains of sampling go on from batch to batch.
        pub persistent: bool,
    }
}

impl Rbm {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Rbm",
        from: "[k]",
        to: "[n]",
        line: "a restricted Boltzmann machine, only in networks with `<->`",
        arguments: &[
            Parameter::new("n", Kind::Size, "the number of hidden units").positional(),
            Parameter::new("visible", Kind::Choice(Units::NAMES), "the visible units").or("Bernoulli"),
            Parameter::new("hidden", Kind::Choice(Units::NAMES), "the hidden units").or("Bernoulli"),
            Parameter::new("k", Kind::Size, "steps of Gibbs sampling while training").or("1"),
            Parameter::new("persistent", Kind::Flag, "whether chains go on from batch to batch").or("false"),
            Parameter::new("init", Kind::Expression, "the initial weight").or("Gaussian(0, 0.01)"),
            L1,
            L2,
            REGULARIZER,
            Parameter::new(
                "sparsity",
                Kind::Probability,
                "the mean activation that hidden units are held to",
            )
            .optional(),
            Parameter::new("sparsity_cost", Kind::NotNegative, "what missing the sparsity target costs")
                .or("0.1"),
        ],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self {
            n: args.size("n"),
            visible: Units::numbered(args.choice_or("visible", 0)),
            hidden: Units::numbered(args.choice_or("hidden", 0)),
            k: args.size_or("k", Dim::Known(1)),
            persistent: args.flag_or("persistent", false),
        }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        tri!(positive("n", self.n));
        tri!(positive("k", self.k));
        let input = tri!(ranked(inputs, 1, Wanted::Features));
        if input.dim(0).is_steps() {
            reckoning.know(input.dim(0));
        }
        reckoning.give(Shape::of(&[self.n]))
    }

    /// A weight between every two units of different sides, and a bias for each unit.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        let input = tri!(ranked(inputs, 1, Wanted::Features));
        let (n, k) = (tri!(value(self.n)), tri!(value(input.dim(0))));
        plus(tri!(times(n, k)), tri!(plus(n, k)))
    }

    /// The hidden units' means from the visible ones.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        let input = tri!(ranked(inputs, 1, Wanted::Features));
        let (n, k) = (tri!(value(self.n)), tri!(value(input.dim(0))));
        Ok(tri!(times(n, tri!(plus(tri!(times(2, k)), 4)))) as u64)
    }
}
