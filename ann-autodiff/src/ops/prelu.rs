//! The rectifier with learned slopes.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = x` where `x` is positive, `a x` elsewhere; `a` is `[c]`, one slope a channel: axis 1 of `[n, c, h, w]`, else the last
/// (He et al. 2015).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PRelu;

/// Which channel element `i` belongs to.
pub(super) fn channel(i: usize, x: Extents) -> usize {
    match x[..] {
        [_, c, h, w] => i / (h * w) % c,
        _ => i % x.last(),
    }
}

/// How many channels there are.
pub(super) fn channels(x: Extents) -> usize {
    if x.len() == 4 { x[1] } else { x.last() }
}

impl Op<2> for PRelu {
    const NAME: &'static str = "prelu";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable; 2];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "images",
            op: Self,
            inputs: &[Fill::of(&[2, 3, 2, 2], Draw::AwayFromZero), Fill::normal(&[3])],
        },
        Case {
            name: "features",
            op: Self,
            inputs: &[Fill::of(&[3, 4], Draw::AwayFromZero), Fill::normal(&[4])],
        },
        Case {
            name: "steps",
            op: Self,
            inputs: &[Fill::of(&[2, 3, 4], Draw::AwayFromZero), Fill::normal(&[4])],
        },
    ];

    fn shape(&self, [x, a]: [Extents; 2]) -> Result<Extents, String> {
        if !x.is_empty() && a[..] == [channels(x)] {
            Ok(x)
        } else {
            Err("it takes one slope a channel".into())
        }
    }

    fn forward<T: Scalar>(&self, [x, a]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        for (i, (x_i, y)) in x.iter().zip(y.iter_mut()).enumerate() {
            *y = if T::ZERO < *x_i { *x_i } else { a[channel(i, x.extents)] * *x_i };
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, da]: [&mut [T]; 2]) {
        let [x, a] = saved.x;
        for (i, (x_i, dy)) in x.iter().zip(dy).enumerate() {
            let c = channel(i, x.extents);
            if let Some(dx) = dx.get_mut(i) {
                *dx += if T::ZERO < *x_i { *dy } else { a[c] * *dy };
            }
            if let Some(da) = da.get_mut(c)
                && *x_i < T::ZERO
            {
                *da += *x_i * *dy;
            }
        }
    }
}
