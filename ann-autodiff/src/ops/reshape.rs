//! Another shape for the same elements.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y` has the elements of `x` in the same order. A plan dissolves it: nothing is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reshape {
    /// The new sizes, batch included.
    pub extents: Extents,
}

impl Op<1> for Reshape {
    const NAME: &'static str = "reshape";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "two axes to one",
            op: Self { extents: Extents::constant(&[2, 6]) },
            inputs: &[Fill::normal(&[2, 3, 2])],
        },
        Case {
            name: "one axis to four",
            op: Self { extents: Extents::constant(&[2, 1, 3, 2]) },
            inputs: &[Fill::normal(&[12])],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        let (from, to) = (x.count(), self.extents.count());
        if from == to {
            Ok(self.extents)
        } else {
            Err(format!("{} has {to} elements, not {from}", self.extents))
        }
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        y.copy_from_slice(&x);
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for (dx, dy) in dx.iter_mut().zip(dy) {
            *dx += *dy;
        }
    }
}
