//! A matrix product with bias, over the last axis.
//!
//! y = x W^T + b,   W: [n, k], b: [n]

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::{Reckoning, common, numbers, plus, positive, times, tri, value, work};
use crate::{Dim, Misfit, Shape, Source};

spec! {
    /// A matrix product with bias: `[.., k] -> [.., n]`; an image `[c, h, w]` is flattened first.
    pub struct Dense {
        /// Output features.
        pub n: Dim,
        /// Whether a bias is added.
        pub bias: bool,
        /// Whether the weight is that of another layer, transposed.
        pub tied: bool,
    }
}

impl Dense {
    /// What the catalogue says.
    pub const DOC: Doc = Doc {
        name: "Dense",
        from: "[.., k]",
        to: "[.., n]",
        line: "matrix product with bias; an image [c, h, w] is flattened first",
        arguments: &[
            Parameter::new("n", Kind::Size, "the number of output features").positional(),
            BIAS,
            INIT,
            BIAS_INIT,
            L1,
            L2,
            MAX_NORM,
            REGULARIZER,
            TIED,
        ],
    };

    /// Reads its arguments.
    pub fn read<S: Source>(args: &mut Args<S>) -> Self {
        Self { n: args.size("n"), bias: args.flag_or("bias", true), tied: args.label("tied") }
    }

    /// The shape of its output.
    pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let mut reckoning = Reckoning::new();
        tri!(positive("n", self.n));
        let input = tri!(common(inputs));
        // The weight's width cannot be a length known only at run time.
        let width_from = if input.rank() == 2 { 1 } else { 0 };
        let mut axis = width_from;
        while axis < input.rank() {
            if input.dim(axis).is_steps() {
                reckoning.know(input.dim(axis));
            }
            axis += 1;
        }
        reckoning.give(match input.rank() {
            2 => input.with(1, self.n),
            _ => Shape::of(&[self.n]),
        })
    }

    /// How many numbers it learns.
    pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
        let n = tri!(value(self.n));
        let weight = if self.tied { 0 } else { tri!(times(n, tri!(Self::width(inputs)))) };
        plus(weight, if self.bias { n } else { 0 })
    }

    /// `2 k n` for the product and `n` for the bias, each step.
    pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
        let input = tri!(common(inputs));
        let width = tri!(Self::width(inputs)) as u64;
        let Some(each) = width.checked_mul(2) else { return Err(Misfit::TooLarge) };
        let output = if input.rank() == 2 { input.with(1, self.n) } else { Shape::of(&[self.n]) };
        work(&output, each.saturating_add(self.bias as u64))
    }

    /// The shape of the weight it needs: `[n, k]`.
    pub const fn weight(&self, inputs: &[Shape]) -> Result<[Dim; 2], Misfit> {
        let input = tri!(common(inputs));
        let width = match input.rank() {
            1 => input.dim(0),
            2 => input.dim(1),
            _ => match input.elements() {
                Some(width) => Dim::Known(width),
                None => Dim::COMPUTED,
            },
        };
        Ok([self.n, width])
    }

    /// The width of the weight.
    const fn width(inputs: &[Shape]) -> Result<usize, Misfit> {
        let input = tri!(common(inputs));
        if input.rank() == 2 { value(input.dim(1)) } else { numbers(&input) }
    }
}

/// Whether a bias is added.
pub(super) const BIAS: Parameter = Parameter::new("bias", Kind::Flag, "whether a bias is added").or("true");
/// The initial weight.
pub(super) const INIT: Parameter =
    Parameter::new("init", Kind::Expression, "the initial weight").or("Xavier");
/// The initial bias.
pub(super) const BIAS_INIT: Parameter =
    Parameter::new("bias_init", Kind::Expression, "the initial bias").or("0.0");
/// The factor of an L1 penalty.
pub(super) const L1: Parameter =
    Parameter::new("l1", Kind::NotNegative, "the factor of the weight's L1 norm in the loss").or("0.0");
/// The factor of an L2 penalty.
pub(super) const L2: Parameter =
    Parameter::new("l2", Kind::NotNegative, "the factor of half the weight's squared L2 norm in the loss")
        .or("0.0");
/// A bound on the norm of a unit's weights.
pub(super) const MAX_NORM: Parameter =
    Parameter::new("max_norm", Kind::Positive, "the largest L2 norm of the weights into one unit").optional();
/// A penalty of any kind.
pub(super) const REGULARIZER: Parameter =
    Parameter::new("regularizer", Kind::Code("a `Regularizer`"), "a penalty on the weight, of any kind")
        .optional();
/// Another layer's weight.
pub(super) const TIED: Parameter =
    Parameter::new("tied", Kind::Label, "the label of the layer whose weight is used, transposed").optional();
