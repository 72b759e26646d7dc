//! Drops at equal distances.

use super::{Clock, Progress, Schedule, gamma};
use crate::Result;
use crate::error::require;

/// `gamma^floor(t / every)`: Caffe's `step`, PyTorch's `StepLR`.
///
/// ```
/// use ann_core::schedule::{Progress, Schedule, Step};
/// let schedule = Step::epochs(10, 0.1);
/// assert_eq!(schedule.factor(Progress { epoch: 9, ..Progress::default() }), 1.0);
/// assert_eq!(schedule.factor(Progress { epoch: 10, ..Progress::default() }), 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    every: u64,
    clock: Clock,
    gamma: f64,
}

impl Step {
    /// A drop by the factor `gamma` each `every` epochs.
    pub const fn epochs(every: u64, gamma: f64) -> Self {
        Self { every, clock: Clock::Epochs, gamma }
    }

    /// A drop by the factor `gamma` each `every` steps.
    pub const fn steps(every: u64, gamma: f64) -> Self {
        Self { every, clock: Clock::Steps, gamma }
    }
}

impl Schedule for Step {
    fn factor(&self, at: Progress) -> f64 {
        self.gamma.powf((self.clock.read(at) / self.every.max(1)) as f64)
    }

    fn validate(&self) -> Result<()> {
        require(0 < self.every, "Step", "every", self.every, "it must be at least 1")?;
        gamma("Step", self.gamma)
    }
}
