//! Dropout.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// Each element dropped with probability `p`, the others times `1 / (1 - p)` (Srivastava et al. 2014, inverted). Which ones is a
/// function of the moment, the stream and the element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The probability, in `[0, 1)`.
    pub p: f64,
    /// The stream it draws from, [`Tape::stream`](crate::Tape::stream).
    pub stream: u64,
}

impl Op<1> for Dropout {
    const NAME: &'static str = "dropout";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "a third", op: Self { p: 1.0 / 3.0, stream: 1 }, inputs: &[Fill::normal(&[4, 5])] },
        Case { name: "nothing dropped", op: Self { p: 0.0, stream: 2 }, inputs: &[Fill::normal(&[3, 5])] },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        if (0.0..1.0).contains(&self.p) {
            Ok(x)
        } else {
            Err(format!("p = {} does not lie in [0, 1)", self.p))
        }
    }

    fn kept(&self, [x]: [Extents; 1]) -> usize {
        x.count()
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        y.moment.random(self.stream).dropout_mask(self.p, y.kept);
        for i in 0..x.len() {
            y.data[i] = x[i] * y.kept[i];
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for ((mask, dy), dx) in saved.kept.iter().zip(dy).zip(dx) {
            *dx += *mask * *dy;
        }
    }
}
