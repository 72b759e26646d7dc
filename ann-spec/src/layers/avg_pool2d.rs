//! The mean of each window.

use super::max_pool2d::{ARGUMENTS, pooled, pooling_work};
use crate::args::Args;
use crate::doc::Doc;
use crate::rule::tri;
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// The mean of each window: `[c, h, w] -> [c, h', w']`. Pairs are height, width.
    pub struct AvgPool2d {
        /// The window.
        pub k: [Dim; 2],
        /// Steps from window to window.
        pub stride: [Dim; 2],
        /// Places around the image that windows may reach into.
        pub pad: [Dim; 2],
        /// Whether the last window may stick out.
        pub ceil: bool,
    }
}

impl AvgPool2d {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "AvgPool2d",
        from: "[c, h, w]",
        to: "[c, h', w']",
        line: "the mean of each window",
        arguments: &ARGUMENTS,
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        let k = args.pair("k");
        Self {
            k,
            stride: args.pair_or("stride", k),
            pad: args.pair_or("pad", [Dim::Known(0); 2]),
            ceil: args.flag_or("ceil", false),
        }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        pooled(self.k, self.stride, self.pad, self.ceil, inputs)
    }

    /// It learns nothing.
    pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
        Ok(0)
    }

    /// One addition for every value of every window.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        pooling_work(self.k, &tri!(self.output(inputs)))
    }
}
