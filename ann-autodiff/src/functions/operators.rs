//! `+`, `-`, `*`, `/` between values, with broadcasting, and between values and numbers.

use std::ops;

use crate::Var;
use crate::ops::{Add, Div, Mul, Sub};

macro_rules! between_values {
    ($($operation:ident :: $method:ident),+) => {$(
        impl<'t, A, B> ops::$operation<Var<'t, B>> for Var<'t, A> {
            type Output = Var<'t>;

            fn $method(self, other: Var<'t, B>) -> Var<'t> {
                self.tape.apply($operation, [self.untyped(), other.untyped()])
            }
        }
    )+};
}

between_values! { Add::add, Sub::sub, Mul::mul, Div::div }

impl<'t, A> ops::Add<f64> for Var<'t, A> {
    type Output = Var<'t>;

    fn add(self, shift: f64) -> Var<'t> {
        self.affine(1.0, shift)
    }
}

impl<'t, A> ops::Sub<f64> for Var<'t, A> {
    type Output = Var<'t>;

    fn sub(self, shift: f64) -> Var<'t> {
        self.affine(1.0, -shift)
    }
}

impl<'t, A> ops::Mul<f64> for Var<'t, A> {
    type Output = Var<'t>;

    fn mul(self, scale: f64) -> Var<'t> {
        self.affine(scale, 0.0)
    }
}

impl<'t, A> ops::Div<f64> for Var<'t, A> {
    type Output = Var<'t>;

    fn div(self, divisor: f64) -> Var<'t> {
        self.affine(1.0 / divisor, 0.0)
    }
}

impl<'t, A> ops::Add<Var<'t, A>> for f64 {
    type Output = Var<'t>;

    fn add(self, x: Var<'t, A>) -> Var<'t> {
        x.affine(1.0, self)
    }
}

impl<'t, A> ops::Sub<Var<'t, A>> for f64 {
    type Output = Var<'t>;

    fn sub(self, x: Var<'t, A>) -> Var<'t> {
        x.affine(-1.0, self)
    }
}

impl<'t, A> ops::Mul<Var<'t, A>> for f64 {
    type Output = Var<'t>;

    fn mul(self, x: Var<'t, A>) -> Var<'t> {
        x.affine(self, 0.0)
    }
}

impl<'t, A> ops::Div<Var<'t, A>> for f64 {
    type Output = Var<'t>;

    fn div(self, x: Var<'t, A>) -> Var<'t> {
        x.powf(-1.0) * self
    }
}

impl<'t, A> ops::Neg for Var<'t, A> {
    type Output = Var<'t>;

    fn neg(self) -> Var<'t> {
        self.affine(-1.0, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::value_and_grad;

    #[test]
    fn numbers_stand_on_either_side() {
        let (value, gradient) = value_and_grad(
            |_, x| (2.0 * x - 1.0 + (1.0 - x) * 3.0 - 6.0 / x + x / 4.0 + (0.5 + -x)).sum(),
            &[2.0_f64],
        )
        .unwrap();
        // 3 - 3 - 3 + 0.5 - 1.5, and 2 - 3 + 6/4 + 1/4 - 1.
        assert_eq!((value, gradient), (-4.0, vec![-0.25]));
    }
}
