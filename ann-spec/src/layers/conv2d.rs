//! Convolution over height and width (cross-correlation, as all deep-learning tools define it).
//!
//! W: [n, c / groups, kh, kw], b: [n]

use super::dense::{BIAS, BIAS_INIT, INIT, L1, L2, MAX_NORM, REGULARIZER, TIED};
use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::extent::Rounding;
use crate::rule::{Reckoning, Window, image, plus, positive, positive_pair, times, tri, value, work};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// A convolution: `[c, h, w] -> [n, h', w']`. Pairs are height, width.
    pub struct Conv2d {
        /// Output channels.
        pub n: Dim,
        /// The window.
        pub kernel: [Dim; 2],
        /// Steps from window to window.
        pub stride: [Dim; 2],
        /// Zeros around the image.
        pub pad: [Dim; 2],
        /// Steps between the elements of a window.
        pub dilation: [Dim; 2],
        /// Channels are split into so many groups that have nothing to do with each other.
        pub groups: Dim,
        /// Whether a bias is added.
        pub bias: bool,
    }
}

impl Conv2d {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Conv2d",
        from: "[c, h, w]",
        to: "[n, h', w']",
        line: "convolution over height and width",
        arguments: &ARGUMENTS,
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        let one = Dim::Known(1);
        Self {
            n: args.size("n"),
            kernel: args.pair("kernel"),
            stride: args.pair_or("stride", [one; 2]),
            pad: args.pair_or("pad", [Dim::Known(0); 2]),
            dilation: args.pair_or("dilation", [one; 2]),
            groups: args.size_or("groups", one),
            bias: args.flag_or("bias", true),
        }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        tri!(positive("n", self.n));
        tri!(positive_pair("kernel", self.kernel));
        tri!(positive_pair("stride", self.stride));
        tri!(positive_pair("dilation", self.dilation));
        tri!(positive("groups", self.groups));
        let input = tri!(image(&mut reckoning, inputs));
        tri!(reckoning.groups(self.groups, input.dim(0), self.n));
        let window = Window {
            kernel: self.kernel,
            stride: self.stride,
            pad: self.pad,
            dilation: self.dilation,
            rounding: Rounding::Floor,
            argument: "kernel",
        };
        let height = tri!(reckoning.windows(&input, 1, &window));
        let width = tri!(reckoning.windows(&input, 2, &window));
        reckoning.give(Shape::of(&[self.n, height, width]))
    }

    /// How many numbers it learns.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        let n = tri!(value(self.n));
        let weight = tri!(times(n, tri!(self.products(inputs))));
        plus(weight, if self.bias { n } else { 0 })
    }

    /// Twice the products of each output, and one for the bias.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        let output = tri!(self.output(inputs));
        let products = tri!(self.products(inputs)) as u64;
        let Some(each) = products.checked_mul(2) else { return Err(Misfit::TooLarge) };
        work(&output, each.saturating_add(self.bias as u64))
    }

    /// Products that one output sums: `c / groups * kh * kw`.
    const fn products(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        let input = tri!(image(&mut Reckoning::new(), inputs));
        let channels = tri!(value(input.dim(0)));
        let groups = tri!(value(self.groups));
        tri!(positive("groups", self.groups));
        let window = tri!(times(tri!(value(self.kernel[0])), tri!(value(self.kernel[1]))));
        times(channels / groups, window)
    }
}

/// The arguments of a convolution.
pub(super) const ARGUMENTS: [Parameter; 14] = [
    Parameter::new("n", Kind::Size, "the number of output channels").positional(),
    Parameter::new("kernel", Kind::Pair, "the size of the window"),
    Parameter::new("stride", Kind::Pair, "steps from window to window").or("1"),
    Parameter::new("pad", Kind::CountPair, "zeros around the image").or("0"),
    Parameter::new("dilation", Kind::Pair, "steps between the elements of a window").or("1"),
    Parameter::new("groups", Kind::Size, "groups of channels that have nothing to do with each other")
        .or("1"),
    BIAS,
    INIT,
    BIAS_INIT,
    L1,
    L2,
    MAX_NORM,
    REGULARIZER,
    TIED,
];
