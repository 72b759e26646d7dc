//! Drawing zeros and ones.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y` is 1 with probability `p`, else 0, each element by itself. Which ones is a function of the moment, the stream and the
/// element. Probabilities below 0 count as 0, those above 1 as 1; NaN stays NaN.
///
/// No gradient flows through a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bernoulli {
    /// The stream it draws from, [`Tape::stream`](crate::Tape::stream).
    pub stream: u64,
}

impl Op<1> for Bernoulli {
    const NAME: &'static str = "bernoulli";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "probabilities",
            op: Self { stream: 1 },
            inputs: &[Fill::of(&[5, 7], Draw::Probability)],
        },
        Case {
            name: "beyond 0 and 1",
            op: Self { stream: 2 },
            inputs: &[Fill::of(&[5], Draw::These(&[-0.5, 0.0, 1.0, 1.5, 0.25]))],
        },
    ];

    fn shape(&self, [p]: [Extents; 1]) -> Result<Extents, String> {
        Ok(p)
    }

    fn forward<T: Scalar>(&self, [p]: [View<'_, T>; 1], y: Output<'_, T>) {
        y.moment.random(self.stream).bernoulli_from(0, p.data, y.data);
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, _: &[T], _: [&mut [T]; 1]) {}
}
