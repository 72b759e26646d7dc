//! The smaller of two tensors, element by element.

use std::cmp::Ordering;

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, broadcast};

/// The smaller of `a` and `b`, elementwise, with broadcasting. Equals share the gradient by halves; NaN if either is NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimum;

const OTHERS: Draw = Draw::These(&[0.01, -0.02, 0.03, 0.04, 0.06, -0.11]);

impl Op<2> for Minimum {
    const NAME: &'static str = "minimum";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable; 2];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "same sizes",
            op: Self,
            inputs: &[Fill::of(&[2, 3], Draw::Distinct), Fill::of(&[2, 3], OTHERS)],
        },
        Case {
            name: "a row",
            op: Self,
            inputs: &[Fill::of(&[2, 3], Draw::Distinct), Fill::of(&[3], OTHERS)],
        },
        Case {
            name: "a middle axis",
            op: Self,
            inputs: &[Fill::of(&[2, 1, 3], Draw::Distinct), Fill::of(&[2, 1], OTHERS)],
        },
    ];

    fn shape(&self, [a, b]: [Extents; 2]) -> Result<Extents, String> {
        broadcast::shape(a, b)
    }

    fn forward<T: Scalar>(&self, [a, b]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        let whole = y.extents;
        for (i, y) in y.iter_mut().enumerate() {
            let (a, b) = (a[broadcast::index(i, whole, a.extents)], b[broadcast::index(i, whole, b.extents)]);
            *y = a.minimum(b);
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], dx: [&mut [T]; 2]) {
        let [a, b] = saved.x;
        for ((x, other), dx) in [(a, b), (b, a)].into_iter().zip(dx) {
            for (i, dy) in dy.iter().enumerate() {
                let at = broadcast::index(i, saved.y.extents, x.extents);
                let other = other[broadcast::index(i, saved.y.extents, other.extents)];
                if let Some(dx) = dx.get_mut(at) {
                    match x[at].partial_cmp(&other) {
                        Some(Ordering::Greater) => {}
                        Some(Ordering::Equal) => *dx += T::from_f64(0.5) * *dy,
                        _ => *dx += *dy,
                    }
                }
            }
        }
    }
}
