//! [`MatmulPrecision`]: in which numbers products are computed.

use super::Cpu;
use super::isa::Isa;

/// The numbers that the operands of matrix products are rounded to, in plans of `f32`.
///
/// Layers keep their parameters, outputs and gradients in `f32` whatever this is. It is about the products of dense and recurrent
/// layers, convolutions, and matrices, forward and backward, and the sums of these are in `f32` too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MatmulPrecision {
    /// To none: products are of the plan's own numbers.
    #[default]
    Full,
    /// To `bf16`, an `f32` without the lower 16 bits: 8 bits of precision, a relative error of 2^-9 at most. Ties go to the even number;
    /// numbers below 2^-126 may become 0, and those from 2^128 - 2^119 on become infinite.
    ///
    /// Processors with AVX512-BF16 (AMD's since Zen 4, Intel's since Sapphire Rapids) compute twice as many of these products in the
    /// same time. Others round to the same numbers, at somewhat less than the speed of [`Full`](Self::Full).
    ///
    /// In `f32` remain dense layers of at most 16 inputs and outputs, convolutions with one filter a channel and group, and all that is
    /// no product.
    Bf16,
}

/// How a product is computed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arithmetic {
    pub(super) isa: Isa,
    pub(super) precision: MatmulPrecision,
}

impl From<Isa> for Arithmetic {
    fn from(isa: Isa) -> Self {
        Self { isa, precision: MatmulPrecision::Full }
    }
}

impl From<&Cpu> for Arithmetic {
    fn from(cpu: &Cpu) -> Self {
        Self { isa: cpu.isa, precision: cpu.precision }
    }
}
