//! The last step of each sequence that is no padding.

use super::recurrent::{add, length, optional, piece};
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y[b] = x[b, length[b] - 1]`: `x [b, t, n]` gives `[b, n]`. The lengths `[b]` may be left out as `[0]`: then it is step `t - 1`.
///
/// A sequence whose length is no whole number from 1 to `t` gives NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastStep;

impl Op<2> for LastStep {
    const NAME: &'static str = "last_step";
    const SAVES: Saves = Saves::inputs(&[1]);
    const ROLES: [Role; 2] = [Role::Differentiable, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "no padding", op: Self, inputs: &[Fill::normal(&[2, 3, 2]), Fill::normal(&[0])] },
        Case {
            name: "lengths",
            op: Self,
            inputs: &[Fill::normal(&[3, 4, 2]), Fill::of(&[3], Draw::These(&[2.0, 4.0, 1.0]))],
        },
        Case { name: "an empty batch", op: Self, inputs: &[Fill::normal(&[0, 4, 2]), Fill::normal(&[0])] },
    ];

    fn shape(&self, [x, lengths]: [Extents; 2]) -> Result<Extents, String> {
        let [b, t, n] = x[..] else { return Err(format!("it takes sequences [b, t, n], not {x}")) };
        if t == 0 {
            return Err("a sequence of no steps has no last one".into());
        }
        optional("the lengths", lengths, &[b])?;
        Ok(Extents::constant(&[b, n]))
    }

    fn forward<T: Scalar>(&self, [x, lengths]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        let (t, n) = (x.extents[1], x.extents[2]);
        for row in 0..x.extents[0] {
            let y = piece(&mut y, row, n);
            match length(&lengths, row, t) {
                Some(length) => y.copy_from_slice(&x[(row * t + length - 1) * n..][..n]),
                None => y.fill(T::NAN),
            }
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, _]: [&mut [T]; 2]) {
        let [x, lengths] = saved.x;
        let (t, n) = (x.extents[1], x.extents[2]);
        for row in 0..x.extents[0] {
            if let Some(length) = length(&lengths, row, t) {
                add(piece(dx, row * t + length - 1, n), &dy[row * n..][..n]);
            }
        }
    }
}
