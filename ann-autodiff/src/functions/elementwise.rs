//! Functions of each element by itself.

use crate::Var;
use crate::ops::{Abs, Affine, Clamp, Cos, Exp, Ln, Maximum, Minimum, Power, Sin, Sqrt};

impl<'t, S> Var<'t, S> {
    /// `scale * x + shift`, see [`Affine`].
    pub fn affine(self, scale: f64, shift: f64) -> Var<'t> {
        self.map(Affine { scale, shift })
    }

    /// `e^x`, see [`Exp`].
    pub fn exp(self) -> Var<'t> {
        self.map(Exp)
    }

    /// The natural logarithm, see [`Ln`].
    pub fn ln(self) -> Var<'t> {
        self.map(Ln)
    }

    /// The square root, see [`Sqrt`].
    pub fn sqrt(self) -> Var<'t> {
        self.map(Sqrt)
    }

    /// `x^p`, see [`Power`].
    pub fn powf(self, p: f64) -> Var<'t> {
        self.map(Power { p })
    }

    /// `x^n`, `x` of either sign; see [`Power`].
    pub fn powi(self, n: i32) -> Var<'t> {
        self.powf(n.into())
    }

    /// `x x`
    pub fn square(self) -> Var<'t> {
        self * self
    }

    /// `|x|`, see [`Abs`].
    pub fn abs(self) -> Var<'t> {
        self.map(Abs)
    }

    /// The sine of radians, see [`Sin`].
    pub fn sin(self) -> Var<'t> {
        self.map(Sin)
    }

    /// The cosine of radians, see [`Cos`].
    pub fn cos(self) -> Var<'t> {
        self.map(Cos)
    }

    /// `x`, but at least `low` and at most `high`; see [`Clamp`].
    pub fn clamp(self, low: f64, high: f64) -> Var<'t> {
        self.map(Clamp { low, high })
    }

    /// The larger of two, with broadcasting; see [`Maximum`].
    pub fn maximum<A>(self, other: Var<'t, A>) -> Var<'t> {
        self.tape.apply(Maximum, [self.untyped(), other.untyped()])
    }

    /// The smaller of two, with broadcasting; see [`Minimum`].
    pub fn minimum<A>(self, other: Var<'t, A>) -> Var<'t> {
        self.tape.apply(Minimum, [self.untyped(), other.untyped()])
    }
}
