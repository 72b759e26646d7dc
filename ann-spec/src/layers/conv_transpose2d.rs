//! The way back of a convolution: each input number spreads over a window of the output.
//!
//! W: [c, n / groups, kh, kw], b: [n]

use super::conv2d::ARGUMENTS;
use crate::args::Args;
use crate::doc::Doc;
use crate::extent::Rounding;
use crate::rule::{Reckoning, Window, image, plus, positive, positive_pair, times, tri, value, work};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// The way back of [`Conv2d`](super::Conv2d): `[c, h, w] -> [n, h', w']`,
    /// `h' = (h - 1) stride - 2 pad + dilation (kernel - 1) + 1`. Pairs are height, width.
    pub struct ConvTranspose2d {
        /// Output channels.
        pub n: Dim,
        /// The window.
        pub kernel: [Dim; 2],
        /// Steps from window to window of the output.
        pub stride: [Dim; 2],
        /// What is cut off around the output.
        pub pad: [Dim; 2],
        /// Steps between the elements of a window.
        pub dilation: [Dim; 2],
        /// Channels are split into so many groups that have nothing to do with each other.
        pub groups: Dim,
        /// Whether a bias is added.
        pub bias: bool,
    }
}

impl ConvTranspose2d {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "ConvTranspose2d",
        from: "[c, h, w]",
        to: "[n, h', w']",
        line: "the way back of a convolution",
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
        let height = tri!(reckoning.transposed(&input, 1, &window));
        let width = tri!(reckoning.transposed(&input, 2, &window));
        reckoning.give(Shape::of(&[self.n, height, width]))
    }

    /// How many numbers it learns.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        let input = tri!(image(&mut Reckoning::new(), inputs));
        let weight = tri!(times(tri!(value(input.dim(0))), tri!(self.products())));
        plus(weight, if self.bias { tri!(value(self.n)) } else { 0 })
    }

    /// Twice the products into which each input goes, and one addition for each output's bias.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        let output = tri!(self.output(inputs));
        let Some(each) = (tri!(self.products()) as u64).checked_mul(2) else { return Err(Misfit::TooLarge) };
        let products = tri!(work(&inputs[0], each));
        match products.checked_add(tri!(work(&output, self.bias as u64))) {
            Some(flops) => Ok(flops),
            None => Err(Misfit::TooLarge),
        }
    }

    /// Products in which one input stands: `n / groups * kh * kw`.
    const fn products(&self) -> Result<usize, Misfit> {
        tri!(positive("groups", self.groups));
        let window = tri!(times(tri!(value(self.kernel[0])), tri!(value(self.kernel[1]))));
        times(tri!(value(self.n)) / tri!(value(self.groups)), window)
    }
}
