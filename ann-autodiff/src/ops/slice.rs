//! A part of an axis.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// Elements `from` to `to`, the last one left out, of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The axis.
    pub axis: usize,
    /// The first element.
    pub from: usize,
    /// The one after the last.
    pub to: usize,
}

impl Slice {
    /// Numbers of a whole line of the axis, of the part before, and of the part.
    fn lengths(self, x: Extents) -> (usize, usize, usize) {
        let inner: usize = x[self.axis + 1..].iter().product();
        (x[self.axis] * inner, self.from * inner, (self.to - self.from) * inner)
    }
}

impl Op<1> for Slice {
    const NAME: &'static str = "slice";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "channels", op: Self { axis: 1, from: 1, to: 3 }, inputs: &[Fill::normal(&[2, 4, 3])] },
        Case { name: "last axis", op: Self { axis: 1, from: 0, to: 2 }, inputs: &[Fill::normal(&[3, 5])] },
        Case {
            name: "first axis",
            op: Self { axis: 0, from: 1, to: 2 },
            inputs: &[Fill::normal(&[3, 2, 2])],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        let Some(&extent) = x.get(self.axis) else { return Err(format!("there is no axis {}", self.axis)) };
        if self.to <= self.from || extent < self.to {
            return Err(format!(
                "{}..{} is no part of the {extent} elements of axis {}",
                self.from, self.to, self.axis
            ));
        }
        let mut sizes = x.to_vec();
        sizes[self.axis] = self.to - self.from;
        Extents::new(&sizes).map_err(|error| error.to_string())
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        let (whole, before, part) = self.lengths(x.extents);
        if part == 0 {
            return;
        }
        for (x, y) in x.chunks_exact(whole).zip(y.chunks_exact_mut(part)) {
            y.copy_from_slice(&x[before..before + part]);
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let (whole, before, part) = self.lengths(saved.x[0].extents);
        if part == 0 {
            return;
        }
        for (dx, dy) in dx.chunks_exact_mut(whole).zip(dy.chunks_exact(part)) {
            for (dx, dy) in dx[before..].iter_mut().zip(dy) {
                *dx += *dy;
            }
        }
    }
}
