//! The sum of all elements.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::scalar::total;
use crate::{Extents, Scalar};

/// `y = scale * sum of x`, a single number; added from the first element to the last, in `f64`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sum {
    /// 1 for the sum, one over the count for the mean.
    pub scale: f64,
}

impl Op<1> for Sum {
    const NAME: &'static str = "sum";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "sum", op: Self { scale: 1.0 }, inputs: &[Fill::normal(&[2, 3])] },
        Case { name: "scaled", op: Self { scale: 0.25 }, inputs: &[Fill::normal(&[7])] },
        Case { name: "a number", op: Self { scale: 1.0 }, inputs: &[Fill::normal(&[])] },
    ];

    fn shape(&self, _: [Extents; 1]) -> Result<Extents, String> {
        Ok(Extents::SCALAR)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        y[0] = T::from_f64(self.scale * total(x.iter().copied()));
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for dx in dx {
            *dx += T::from_f64(self.scale) * dy[0];
        }
    }
}
