//! Switches values off at random while training.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::{one, tri, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// Switches each value off with probability `p` while training and scales the others by `1 / (1 - p)`.
    pub struct Dropout {}
}

impl Dropout {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Dropout",
        from: "any",
        to: "same",
        line: "switches values off at random while training; inverted, nothing to do at prediction",
        arguments: &[
            Parameter::new("p", Kind::Probability, "the probability to switch a value off").positional()
        ],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        one(inputs)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// One product each.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(one(inputs)), 1)
    }
}
