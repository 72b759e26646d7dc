//! The functions that take each value on its own and have nothing to learn.

use crate::args::Args;
use crate::doc::{Doc, Parameter, ParameterKind as Kind};
use crate::rule::{one, tri, work};
use crate::{Misfit, Shape, Source};

/// Defines such layers: name, what it computes, operations a value, arguments.
macro_rules! elementwise {
    ($($(#[$doc:meta])* $name:ident, $line:literal, $flops:literal, [$($argument:expr),*];)*) => { $(
        spec! {
            $(#[$doc])*
            pub struct $name {}
        }

        impl $name {
            /// What the catalogue says.
            pub const DOC: Doc = Doc {
                name: stringify!($name),
                from: "any",
                to: "same",
                line: $line,
                arguments: &[$($argument),*],
            };

            /// Reads its arguments.
            pub fn read<S: Source>(_args: &mut Args<S>) -> Self {
                Self {}
            }

            /// The shape of its output.
            pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
                one(inputs)
            }

            /// It learns nothing.
            pub const fn parameters(&self, _inputs: &[Shape]) -> Result<usize, Misfit> {
                Ok(0)
            }

            /// So many operations for each value, an exponential counted as one.
            pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
                work(&tri!(one(inputs)), $flops)
            }
        }
    )* };
}

elementwise! {
    /// `y = x`.
    Identity, "y = x", 0, [];
    /// `y = max(x, 0)`.
    Relu, "y = max(x, 0)", 1, [];
    /// `y = x` above 0, `a x` below.
    LeakyRelu, "y = x above 0, a x below", 2,
        [Parameter::new("a", Kind::Number, "the slope below 0").positional()];
    /// `y = x` above 0, `a (e^x - 1)` below.
    Elu, "y = x above 0, a (e^x - 1) below", 4,
        [Parameter::new("a", Kind::Number, "how far it goes below 0").positional()];
    /// `y = x Phi(x)`, Phi the standard normal distribution.
    Gelu, "y = x Phi(x), Phi the standard normal distribution", 4, [];
    /// `y = x / (1 + e^-x)`.
    Silu, "y = x / (1 + e^-x)", 4, [];
    /// `y = 1 / (1 + e^-x)`.
    Sigmoid, "y = 1 / (1 + e^-x)", 3, [];
    /// `y = tanh(x)`.
    Tanh, "y = tanh(x)", 1, [];
    /// `y = ln(1 + e^x)`.
    Softplus, "y = ln(1 + e^x)", 3, [];
}
