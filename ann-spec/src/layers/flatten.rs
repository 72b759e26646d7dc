//! All numbers of an example in one row.

use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{Reckoning, one, times, tri};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// All numbers of an example in one row: `[c, h, w] -> [c h w]`.
    pub struct Flatten {}
}

impl Flatten {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Flatten",
        from: "any",
        to: "[n]",
        line: "all numbers of an example in one row",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        let input = tri!(one(inputs));
        if input.rank() == 1 {
            return Ok(input);
        }
        let mut product = Some(1);
        let mut axis = 0;
        while axis < input.rank() {
            product = match (product, reckoning.know(input.dim(axis))) {
                (Some(product), Some(size)) => Some(tri!(times(product, size))),
                _ => None,
            };
            axis += 1;
        }
        reckoning.give(match product {
            Some(product) => Shape::known(&[product]),
            None => Shape::of(&[Dim::COMPUTED]),
        })
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
