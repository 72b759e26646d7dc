//! Pooling by the mean.

use super::max_pool2d::{CEIL, OVERLAPPING, PLAIN, Pooling};
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// The mean of each window, `[n, c, h, w] -> [n, c, h', w']`. Zeros of the padding count, what lies beyond the padding does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvgPool2d {
    /// Where the windows lie.
    pub windows: Pooling,
}

impl Op<1> for AvgPool2d {
    const NAME: &'static str = "avg_pool2d";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "plain", op: Self { windows: PLAIN }, inputs: &[Fill::normal(&[2, 2, 5, 4])] },
        Case {
            name: "overlapping",
            op: Self { windows: OVERLAPPING },
            inputs: &[Fill::normal(&[1, 2, 5, 4])],
        },
        Case { name: "ceil", op: Self { windows: CEIL }, inputs: &[Fill::normal(&[1, 1, 6, 6])] },
        Case {
            name: "uneven, ceil",
            op: Self { windows: Pooling { kernel: [2, 3], stride: [3, 2], pad: [0, 1], ceil: true } },
            inputs: &[Fill::normal(&[2, 1, 7, 6])],
        },
        Case {
            name: "pixels between windows",
            op: Self { windows: Pooling { kernel: [1, 2], stride: [2, 3], pad: [0, 0], ceil: false } },
            inputs: &[Fill::normal(&[1, 2, 5, 7])],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        self.windows.output(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        self.windows.each(x.extents, y.extents, |at, window| {
            let sum: T = window.elements().map(|i| x[i]).sum();
            y[at] = sum / T::from_usize(window.area);
        });
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        self.windows.each(saved.x[0].extents, saved.y.extents, |at, window| {
            let share = dy[at] / T::from_usize(window.area);
            window.elements().for_each(|i| dx[i] += share);
        });
    }
}
