//! A fall to nothing over the whole run.

use super::{Progress, Schedule};
use crate::Result;
use crate::error::require;

/// `end + (1 - end) * (1 - done)^power`, where `done` is the share of the run's steps that are made: Caffe's `poly`,
/// PyTorch's `PolynomialLR`.
///
/// Power 1 is a straight line. A run that is to be resumed with more epochs than it began with changes its rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polynomial {
    power: f64,
    end: f64,
}

impl Polynomial {
    /// Down to 0 at the end of the run.
    pub const fn new(power: f64) -> Self {
        Self { power, end: 0.0 }
    }

    /// Down to this share of the learning rate, in `[0, 1]`.
    #[must_use]
    pub const fn down_to(self, end: f64) -> Self {
        Self { end, ..self }
    }
}

impl Schedule for Polynomial {
    fn factor(&self, at: Progress) -> f64 {
        self.end + (1.0 - self.end) * (1.0 - at.done()).powf(self.power)
    }

    fn validate(&self) -> Result<()> {
        let fine = 0.0 < self.power && self.power.is_finite();
        require(fine, "Polynomial", "power", self.power, "it must be finite and above 0")?;
        require((0.0..=1.0).contains(&self.end), "Polynomial", "down_to", self.end, "it must lie in [0, 1]")
    }
}
