//! The mean of each channel.

use crate::args::Args;
use crate::doc::Doc;
use crate::rule::{Reckoning, image, tri, work};
use crate::{Misfit, Shape, Source};

spec! {
    /// The mean of each channel: `[c, h, w] -> [c]`.
    pub struct GlobalAvgPool2d {}
}

impl GlobalAvgPool2d {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "GlobalAvgPool2d",
        from: "[c, h, w]",
        to: "[c]",
        line: "the mean of each channel",
        arguments: &[],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
        Self {}
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        let input = tri!(image(&mut reckoning, inputs));
        reckoning.give(Shape::of(&[input.dim(0)]))
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// One addition for every value.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        work(&tri!(image(&mut Reckoning::new(), inputs)), 1)
    }
}
