//! Logarithms of shares that add up to 1.
//!
//! y[i] = x[i] - ln(sum of e^x[j])

use super::softmax::shared;
use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{common, tri, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// The logarithm of [`Softmax`](super::Softmax).
    pub struct LogSoftmax {}
}

impl LogSoftmax {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "LogSoftmax",
        from: "[k], [t, k] or [c, h, w]",
        to: "same",
        line: "the logarithm of Softmax",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        shared(inputs)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// An exponential, a comparison, a sum and a subtraction each.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(common(inputs)), 4)
    }
}
