//! Sums along an axis.

use super::softmax::lines;
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::scalar::total;
use crate::{Extents, Scalar};

/// `scale` times the sum along an axis, which the output no longer has: `[a, b, c] -> [a, c]` for axis 1. Added from the first
/// element to the last, in `f64`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SumAxis {
    /// The axis.
    pub axis: usize,
    /// 1 for the sum, one over the size of the axis for the mean.
    pub scale: f64,
}

/// The sizes without an axis.
pub(super) fn without(x: Extents, axis: usize) -> Result<Extents, String> {
    if x.len() <= axis {
        return Err(format!("there is no axis {axis}"));
    }
    let mut sizes = x.to_vec();
    sizes.remove(axis);
    Extents::new(&sizes).map_err(|error| error.to_string())
}

impl Op<1> for SumAxis {
    const NAME: &'static str = "sum_axis";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "first axis", op: Self { axis: 0, scale: 1.0 }, inputs: &[Fill::normal(&[3, 2])] },
        Case { name: "middle axis", op: Self { axis: 1, scale: 0.25 }, inputs: &[Fill::normal(&[2, 4, 3])] },
        Case { name: "only axis", op: Self { axis: 0, scale: 1.0 }, inputs: &[Fill::normal(&[5])] },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        without(x, self.axis)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        for ((start, step, count), y) in lines(x.extents, self.axis).zip(y.iter_mut()) {
            *y = T::from_f64(self.scale * total((0..count).map(|i| x[start + i * step])));
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let scale = T::from_f64(self.scale);
        for ((start, step, count), dy) in lines(saved.x[0].extents, self.axis).zip(dy) {
            for i in 0..count {
                dx[start + i * step] += scale * *dy;
            }
        }
    }
}
