//! The mean of each channel.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::scalar::total;
use crate::{Extents, Scalar};

/// The mean of each channel, `[n, c, h, w] -> [n, c]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalAvgPool2d;

impl Op<1> for GlobalAvgPool2d {
    const NAME: &'static str = "global_avg_pool2d";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "images", op: Self, inputs: &[Fill::normal(&[2, 3, 3, 2])] },
        Case { name: "one pixel", op: Self, inputs: &[Fill::normal(&[2, 3, 1, 1])] },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        match x[..] {
            [n, c, h, w] if 0 < h * w => Extents::new(&[n, c]).map_err(|error| error.to_string()),
            _ => Err("it takes images [n, c, h, w]".into()),
        }
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        let plane = x.extents[2] * x.extents[3];
        for (x, y) in x.chunks_exact(plane).zip(y.iter_mut()) {
            *y = T::from_f64(total(x.iter().copied()) / plane as f64);
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let plane = saved.x[0].extents[2] * saved.x[0].extents[3];
        for (dx, dy) in dx.chunks_exact_mut(plane).zip(dy) {
            let share = *dy / T::from_usize(plane);
            for dx in dx {
                *dx += share;
            }
        }
    }
}
