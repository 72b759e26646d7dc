//! A fall that slows down.

use super::{Clock, Progress, Schedule, gamma};
use crate::Result;
use crate::error::require;

/// `(1 + gamma * t)^(-power)`: Caffe's `inv`.
///
/// Its `lenet` is trained with `Inverse::steps(0.0001, 0.75)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inverse {
    clock: Clock,
    gamma: f64,
    power: f64,
}

impl Inverse {
    /// With `t` in epochs.
    pub const fn epochs(gamma: f64, power: f64) -> Self {
        Self { clock: Clock::Epochs, gamma, power }
    }

    /// With `t` in steps.
    pub const fn steps(gamma: f64, power: f64) -> Self {
        Self { clock: Clock::Steps, gamma, power }
    }
}

impl Schedule for Inverse {
    fn factor(&self, at: Progress) -> f64 {
        (1.0 + self.gamma * self.clock.read(at) as f64).powf(-self.power)
    }

    fn validate(&self) -> Result<()> {
        let fine = 0.0 <= self.power && self.power.is_finite();
        gamma("Inverse", self.gamma)?;
        require(fine, "Inverse", "power", self.power, "it must be finite and not negative")
    }
}
