//! Huber's loss.

use crate::Scalar;
use crate::op::{Case, Draw, Fill};
use crate::pointwise::{MeanLoss, mean_loss};

/// The mean over all elements of `d^2 / 2` where `|d| <= delta`, `delta (|d| - delta / 2)` beyond; `d = x - t` (Huber 1964). Or
/// their weighted mean.
///
/// Output and target have the same sizes; a third input, if there is one, holds weights of the output's rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// Where the square goes over into a line.
    pub delta: f64,
}

impl MeanLoss for Huber {
    fn validate(&self) -> Result<(), String> {
        // Negated, so that NaN is refused too.
        if !(0.0..).contains(&self.delta) || self.delta == 0.0 {
            return Err(format!("a delta of {} is not positive", self.delta));
        }
        Ok(())
    }

    fn value<T: Scalar>(&self, x: T, t: T) -> T {
        let (delta, half) = (T::from_f64(self.delta), T::from_f64(0.5));
        let d = (x - t).abs();
        if d <= delta { half * d * d } else { delta * (d - half * delta) }
    }

    fn slope<T: Scalar>(&self, x: T, t: T) -> T {
        let (delta, d) = (T::from_f64(self.delta), x - t);
        if d.abs() <= delta { d } else { delta * d.sign() }
    }
}

mean_loss!(
    Huber,
    "huber",
    [Case {
        name: "both signs",
        op: Self { delta: 0.8 },
        inputs: &[Fill::normal(&[3, 4]), Fill::normal(&[3, 4])],
    }],
    weighted[Case {
        name: "examples",
        op: Self { delta: 0.8 },
        inputs: &[Fill::normal(&[3, 4]), Fill::normal(&[3, 4]), Fill::of(&[3], Draw::Positive)],
    }]
);
