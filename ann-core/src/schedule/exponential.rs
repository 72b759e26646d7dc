//! A steady fall.

use super::{Clock, Progress, Schedule, gamma};
use crate::Result;

/// `gamma^t`: Caffe's `exp`, PyTorch's `ExponentialLR`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    clock: Clock,
    gamma: f64,
}

impl Exponential {
    /// By the factor `gamma` each epoch.
    pub const fn epochs(gamma: f64) -> Self {
        Self { clock: Clock::Epochs, gamma }
    }

    /// By the factor `gamma` each step.
    pub const fn steps(gamma: f64) -> Self {
        Self { clock: Clock::Steps, gamma }
    }
}

impl Schedule for Exponential {
    fn factor(&self, at: Progress) -> f64 {
        self.gamma.powf(self.clock.read(at) as f64)
    }

    fn validate(&self) -> Result<()> {
        gamma("Exponential", self.gamma)
    }
}
