//! A function of the user's own on each element.

use std::fmt;
use std::sync::Arc;

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Activation, Extents, Scalar, pointwise};

/// `y = f(x)`, elementwise, `f` an [`Activation`] of the user's own.
#[derive(Clone)]
pub struct Activate(Held);

/// Where the function lies; the one of the cases is a constant.
#[derive(Clone)]
enum Held {
    Shared(Arc<dyn Activation>),
    Constant(&'static dyn Activation),
}

impl Activate {
    /// Of this function.
    pub fn new(function: impl Activation + 'static) -> Self {
        Self(Held::Shared(Arc::new(function)))
    }

    fn function(&self) -> &dyn Activation {
        match &self.0 {
            Held::Shared(function) => &**function,
            Held::Constant(function) => *function,
        }
    }
}

/// The function's own text, settings and all: two that compute the same show the same.
impl fmt::Debug for Activate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Activate({:?})", self.function())
    }
}

/// The same function, not one that computes the same.
impl PartialEq for Activate {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::addr_eq(self.function(), other.function())
    }
}

/// What the cases are checked on: smooth, of either sign, with a slope that depends on `x`.
#[derive(Debug)]
struct Cubic;

impl Activation for Cubic {
    fn value(&self, x: f64) -> f64 {
        x * x * x - x
    }

    fn slope(&self, x: f64) -> f64 {
        3.0 * x * x - 1.0
    }
}

impl Op<1> for Activate {
    const NAME: &'static str = "activate";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "a cubic", op: Self(Held::Constant(&Cubic)), inputs: &[Fill::normal(&[3, 5])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        let function = self.function();
        pointwise::forward(x, y, |x| T::from_f64(function.value(x.to_f64())));
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let function = self.function();
        pointwise::backward(saved.x[0], dy, dx, |x| T::from_f64(function.slope(x.to_f64())));
    }
}
