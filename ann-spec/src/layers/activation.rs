//! A function of the user's own on each value.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::{one, tri, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// `y = f(x)`, each value on its own, `f` a value of a type of the user's own.
    pub struct Activation {}
}

impl Activation {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Activation",
        from: "any",
        to: "same",
        line: "y = f(x), f of a type of your own that implements `ann::Activation`",
        arguments: &[Parameter::new("f", Kind::Code("an `Activation`"), "the function").positional()],
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

    /// The language does not see into the function: it counts as one operation a value.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(one(inputs)), 1)
    }
}
