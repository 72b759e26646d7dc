//! Drawing normal numbers around a mean.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y` is drawn from the normal distribution of mean `x` and variance 1, each element by itself. The draw is a function of the
/// moment, the stream and the element.
///
/// No gradient flows through a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawNormal {
    /// The stream it draws from, [`Tape::stream`](crate::Tape::stream).
    pub stream: u64,
}

impl Op<1> for DrawNormal {
    const NAME: &'static str = "draw_normal";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Fixed];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "plain", op: Self { stream: 1 }, inputs: &[Fill::normal(&[5, 7])] }];

    fn shape(&self, [mean]: [Extents; 1]) -> Result<Extents, String> {
        Ok(mean)
    }

    fn forward<T: Scalar>(&self, [mean]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        let random = y.moment.random(self.stream);
        for (index, (mean, y)) in mean.iter().zip(y.iter_mut()).enumerate() {
            *y = *mean + T::from_f64(random.normal(index as u64));
        }
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, _: &[T], _: [&mut [T]; 1]) {}
}
