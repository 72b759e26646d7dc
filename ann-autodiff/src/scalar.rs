//! [`Scalar`]: the numbers a tape may be run in, `f32` and `f64`.

use std::fmt::{Debug, Display, LowerExp};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// A floating-point number that operations compute in: `f32` or `f64`, and no other.
///
/// Operations are written once for any `Scalar`; the same text is run in `f32` for training and in `f64` where
/// gradients are checked against finite differences.
pub trait Scalar:
    Copy
    + Debug
    + Display
    + LowerExp
    + Default
    + PartialEq
    + PartialOrd
    + Send
    + Sync
    + Sum
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + sealed::Sealed
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Not a number.
    const NAN: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The type by name, for files and messages.
    const DTYPE: Dtype;

    /// The nearest number to `value`.
    fn from_f64(value: f64) -> Self;
    /// The same number in `f64`, exactly.
    fn to_f64(self) -> f64;
    /// The nearest number to a count.
    fn from_usize(value: usize) -> Self {
        Self::from_f64(value as f64)
    }
    /// `|self|`
    #[must_use]
    fn abs(self) -> Self;
    /// `e^self`
    #[must_use]
    fn exp(self) -> Self;
    /// `e^self - 1`, exact near 0.
    #[must_use]
    fn exp_m1(self) -> Self;
    /// Natural logarithm.
    #[must_use]
    fn ln(self) -> Self;
    /// `ln(1 + self)`, exact near 0.
    #[must_use]
    fn ln_1p(self) -> Self;
    /// Square root.
    #[must_use]
    fn sqrt(self) -> Self;
    /// `self^exponent`
    #[must_use]
    fn powf(self, exponent: Self) -> Self;
    /// Hyperbolic tangent.
    #[must_use]
    fn tanh(self) -> Self;
    /// Sine, of radians.
    #[must_use]
    fn sin(self) -> Self;
    /// Cosine, of radians.
    #[must_use]
    fn cos(self) -> Self;
    /// The larger of two; NaN if either is NaN.
    #[must_use]
    fn maximum(self, other: Self) -> Self {
        if self > other || self.is_nan() { self } else { other }
    }
    /// The smaller of two; NaN if either is NaN.
    #[must_use]
    fn minimum(self, other: Self) -> Self {
        if self < other || self.is_nan() { self } else { other }
    }
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Not a number.
    fn is_nan(self) -> bool;
    /// 1, -1, or 0 at 0.
    #[must_use]
    fn sign(self) -> Self {
        if Self::ZERO < self {
            Self::ONE
        } else if self < Self::ZERO {
            -Self::ONE
        } else {
            self
        }
    }
}

/// The sum from the first number to the last, in `f64` whatever the numbers are: in `f32`, ones would add up to 2^24 and no further.
pub(crate) fn total<T: Scalar>(values: impl IntoIterator<Item = T>) -> f64 {
    values.into_iter().map(Scalar::to_f64).sum()
}

/// Which [`Scalar`] numbers are stored or computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dtype {
    /// 32-bit floating point.
    F32,
    /// 64-bit floating point.
    F64,
}

pub(crate) mod sealed {
    use crate::cpu::{Cpu, Float, select};
    use crate::op::{AnyOp, Definition};
    use crate::{Extents, Kernel, Operation};

    pub trait Sealed: Sized + Float {
        /// The operation in this kind of number.
        fn definition(op: &dyn AnyOp) -> &dyn Definition<Self>;

        /// The processor's kernel for it. Compiled here, for each kind of number: what is generic would be in the crate that uses it, and
        /// kernels are the greater part of what there is to compile.
        fn kernel(cpu: &Cpu, op: &dyn AnyOp, x: &[Extents], y: Extents) -> Option<Box<dyn Kernel<Self>>>;

        /// The same for several at once.
        fn joint(cpu: &Cpu, operations: &[Operation<'_>]) -> Option<Box<dyn Kernel<Self>>>;
    }

    macro_rules! sealed {
        ($float:ident) => {
            impl Sealed for $float {
                fn definition(op: &dyn AnyOp) -> &dyn Definition<Self> {
                    op
                }

                fn kernel(
                    cpu: &Cpu,
                    op: &dyn AnyOp,
                    x: &[Extents],
                    y: Extents,
                ) -> Option<Box<dyn Kernel<Self>>> {
                    select::kernel(cpu, op, x, y)
                }

                fn joint(cpu: &Cpu, operations: &[Operation<'_>]) -> Option<Box<dyn Kernel<Self>>> {
                    select::joint(cpu, operations)
                }
            }
        };
    }

    sealed!(f32);
    sealed!(f64);
}

macro_rules! scalar {
    ($float:ident, $dtype:expr) => {
        impl Scalar for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NAN: Self = $float::NAN;
            const INFINITY: Self = $float::INFINITY;
            const EPSILON: Self = $float::EPSILON;
            const DTYPE: Dtype = $dtype;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $float::abs(self)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                $float::exp(self)
            }
            #[inline(always)]
            fn exp_m1(self) -> Self {
                $float::exp_m1(self)
            }
            #[inline(always)]
            fn ln(self) -> Self {
                $float::ln(self)
            }
            #[inline(always)]
            fn ln_1p(self) -> Self {
                $float::ln_1p(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $float::sqrt(self)
            }
            #[inline(always)]
            fn powf(self, exponent: Self) -> Self {
                $float::powf(self, exponent)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                $float::tanh(self)
            }
            #[inline(always)]
            fn sin(self) -> Self {
                $float::sin(self)
            }
            #[inline(always)]
            fn cos(self) -> Self {
                $float::cos(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $float::is_nan(self)
            }
        }
    };
}

scalar!(f32, Dtype::F32);
scalar!(f64, Dtype::F64);
