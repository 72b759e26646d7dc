//! A head beside the network's output, trained along with it.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::filled;
use crate::rule::tri;
use crate::{Misfit, Shape, Source};

spec! {
    /// Passes its first input, the trunk, unchanged; while training, the loss of its second, the head, is added with a weight.
    /// The head has the shape of the network's output.
    pub struct Auxiliary {}
}

impl Auxiliary {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Auxiliary",
        from: "a trunk, and a head of the network's output shape",
        to: "the trunk",
        line: "the trunk unchanged; while training, the loss of the head is added with a weight; at prediction the head is left out",
        arguments: &[Parameter::new("weight", Kind::Positive, "what the head's loss counts").positional()],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let [trunk, head] = inputs else { return Err(Misfit::TrunkAndHead { found: inputs.len() }) };
        tri!(filled(trunk));
        tri!(filled(head));
        Ok(*trunk)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// Nothing is computed.
    pub const fn flops(&self, _inputs: &[Shape]) -> Result<u64, Misfit> {
        Ok(0)
    }
}
