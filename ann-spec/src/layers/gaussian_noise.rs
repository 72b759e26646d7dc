//! Adds noise at random while training.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::{one, tri, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// Adds a normal number of mean 0 to each value while training.
    pub struct GaussianNoise {}
}

impl GaussianNoise {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "GaussianNoise",
        from: "any",
        to: "same",
        line: "adds normal noise to each value while training; nothing to do at prediction",
        arguments: &[
            Parameter::new("deviation", Kind::NotNegative, "the noise's standard deviation").positional()
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

    /// One sum each.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(one(inputs)), 1)
    }
}
