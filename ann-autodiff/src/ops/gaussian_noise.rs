//! Gaussian noise.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = x + deviation n`, `n` standard normal and drawn anew for each element and step: a function of the moment, the stream and
/// the element. The gradient passes as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianNoise {
    /// The standard deviation, finite and not negative.
    pub deviation: f64,
    /// The stream it draws from, [`Tape::stream`](crate::Tape::stream).
    pub stream: u64,
}

impl GaussianNoise {
    /// An element with its noise: added in `f64`, rounded once.
    pub(crate) fn disturb<T: Scalar>(self, x: T, normal: f64) -> T {
        T::from_f64(x.to_f64() + self.deviation * normal)
    }
}

impl Op<1> for GaussianNoise {
    const NAME: &'static str = "gaussian_noise";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "an odd count",
            op: Self { deviation: 0.5, stream: 1 },
            inputs: &[Fill::normal(&[3, 5])],
        },
        Case {
            name: "no noise",
            op: Self { deviation: 0.0, stream: 2 },
            inputs: &[Fill::normal(&[2, 3, 2, 2])],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        if 0.0 <= self.deviation && self.deviation.is_finite() {
            Ok(x)
        } else {
            Err(format!("a deviation of {} is not finite or below 0", self.deviation))
        }
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        let random = y.moment.random(self.stream);
        for (i, (x, y)) in x.iter().zip(y.iter_mut()).enumerate() {
            *y = self.disturb(*x, random.normal(i as u64));
        }
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for (dx, dy) in dx.iter_mut().zip(dy) {
            *dx += *dy;
        }
    }
}
