//! The product, element by element, of several inputs of one shape.

use super::add::alike;
use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{tri, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// The product, element by element, of several inputs of one shape.
    pub struct Mul {}
}

impl Mul {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Mul",
        from: "several of one shape",
        to: "same",
        line: "the product of its inputs, element by element",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        alike(inputs)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// One product for each input but the first.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(alike(inputs)), inputs.len() as u64 - 1)
    }
}
