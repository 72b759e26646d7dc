//! Axes in another order.

use crate::extents::MAX_AXES;
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// The same elements with the axes in another order: axis `i` of `y` is axis `axes[i]` of `x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permute {
    axes: [usize; MAX_AXES],
    rank: usize,
}

impl Permute {
    /// The axes of the input in the order that the output has them in. What is no permutation is refused by the tape.
    pub const fn new(axes: &[usize]) -> Self {
        let mut order = [0; MAX_AXES];
        let mut i = 0;
        while i < axes.len() && i < MAX_AXES {
            order[i] = axes[i];
            i += 1;
        }
        Self { axes: order, rank: axes.len() }
    }

    /// Which element of `x` each element of `y` is, in the order of `y`.
    fn sources(self, x: Extents, y: Extents) -> impl Iterator<Item = usize> {
        let mut strides = [1; MAX_AXES];
        for axis in (1..self.rank).rev() {
            strides[axis - 1] = strides[axis] * x[axis];
        }
        (0..y.count()).map(move |mut rest| {
            let mut at = 0;
            for axis in (0..self.rank).rev() {
                at += rest % y[axis] * strides[self.axes[axis]];
                rest /= y[axis];
            }
            at
        })
    }
}

impl Op<1> for Permute {
    const NAME: &'static str = "permute";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "a matrix transposed", op: Self::new(&[1, 0]), inputs: &[Fill::normal(&[3, 2])] },
        Case { name: "channels last", op: Self::new(&[0, 2, 3, 1]), inputs: &[Fill::normal(&[2, 3, 1, 4])] },
        Case { name: "turned", op: Self::new(&[2, 0, 1]), inputs: &[Fill::normal(&[2, 3, 4])] },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        let axes = &self.axes[..self.rank.min(MAX_AXES)];
        if x.len() != self.rank || !(0..self.rank).all(|axis| axes.contains(&axis)) {
            return Err(format!("{axes:?} is no order of its {} axes", x.len()));
        }
        let sizes: Vec<usize> = axes.iter().map(|axis| x[*axis]).collect();
        Extents::new(&sizes).map_err(|error| error.to_string())
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        let sources = self.sources(x.extents, y.extents);
        for (y, at) in y.iter_mut().zip(sources) {
            *y = x[at];
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for (dy, at) in dy.iter().zip(self.sources(saved.x[0].extents, saved.y.extents)) {
            dx[at] += *dy;
        }
    }
}
