//! The largest value of each window.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::extent::Rounding;
use crate::rule::{Reckoning, Window, image, positive_pair, times, tri, value, work};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// The largest value of each window: `[c, h, w] -> [c, h', w']`. Pairs are height, width.
    pub struct MaxPool2d {
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

impl MaxPool2d {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "MaxPool2d",
        from: "[c, h, w]",
        to: "[c, h', w']",
        line: "the largest value of each window",
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

    /// One comparison for every value of every window.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        pooling_work(self.k, &tri!(self.output(inputs)))
    }
}

/// The shape of a pooling's output.
pub(super) const fn pooled(
    kernel: [Dim; 2],
    stride: [Dim; 2],
    pad: [Dim; 2],
    ceil: bool,
    inputs: &[Shape],
) -> Result<Shape, Misfit> {
    let mut reckoning = Reckoning::new();
    tri!(positive_pair("k", kernel));
    tri!(positive_pair("stride", stride));
    let input = tri!(image(&mut reckoning, inputs));
    let mut side = 0;
    while side < 2 {
        if let (Some(pad_size), Some(kernel_size)) = (reckoning.know(pad[side]), reckoning.know(kernel[side]))
            && kernel_size <= pad_size
        {
            return Err(Misfit::Padding { pad, kernel });
        }
        side += 1;
    }
    let rounding = if ceil { Rounding::Ceil } else { Rounding::Floor };
    let window = Window { kernel, stride, pad, dilation: [Dim::Known(1); 2], rounding, argument: "k" };
    let height = tri!(reckoning.windows(&input, 1, &window));
    let width = tri!(reckoning.windows(&input, 2, &window));
    reckoning.give(Shape::of(&[input.dim(0), height, width]))
}

/// One operation for every value of every window.
pub(super) const fn pooling_work(kernel: [Dim; 2], output: &Shape) -> Result<u64, Misfit> {
    work(output, tri!(times(tri!(value(kernel[0])), tri!(value(kernel[1])))) as u64)
}

/// The arguments of a pooling.
pub(super) const ARGUMENTS: [Parameter; 4] = [
    Parameter::new("k", Kind::Pair, "the size of the window").positional(),
    Parameter::new("stride", Kind::Pair, "steps from window to window").or("k"),
    Parameter::new("pad", Kind::CountPair, "places around the image that windows may reach into").or("0"),
    Parameter::new("ceil", Kind::Flag, "whether the last window may stick out").or("false"),
];
