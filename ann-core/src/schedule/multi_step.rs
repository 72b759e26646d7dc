//! Drops at places of one's choice.

use super::{Clock, Progress, Schedule, gamma};
use crate::Result;
use crate::error::require;

/// `gamma^(how many milestones are reached)`: Caffe's `multistep`, PyTorch's `MultiStepLR`.
///
/// ```
/// use ann_core::schedule::{MultiStep, Progress, Schedule};
/// let schedule = MultiStep::epochs([30, 60, 80], 0.1);
/// assert_eq!(schedule.factor(Progress { epoch: 29, ..Progress::default() }), 1.0);
/// assert_eq!(schedule.factor(Progress { epoch: 30, ..Progress::default() }), 0.1);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MultiStep {
    milestones: Vec<u64>,
    clock: Clock,
    gamma: f64,
}

impl MultiStep {
    /// A drop by the factor `gamma` after each of these numbers of epochs, which must ascend.
    pub fn epochs(milestones: impl Into<Vec<u64>>, gamma: f64) -> Self {
        Self { milestones: milestones.into(), clock: Clock::Epochs, gamma }
    }

    /// A drop by the factor `gamma` after each of these numbers of steps, which must ascend.
    pub fn steps(milestones: impl Into<Vec<u64>>, gamma: f64) -> Self {
        Self { milestones: milestones.into(), clock: Clock::Steps, gamma }
    }
}

impl Schedule for MultiStep {
    fn factor(&self, at: Progress) -> f64 {
        let now = self.clock.read(at);
        let reached = self.milestones.iter().filter(|milestone| **milestone <= now).count();
        self.gamma.powf(reached as f64)
    }

    fn validate(&self) -> Result<()> {
        let ascends = self.milestones.is_sorted_by(|a, b| a < b);
        require(ascends, "MultiStep", "milestones", format!("{:?}", self.milestones), "they must ascend")?;
        gamma("MultiStep", self.gamma)
    }
}
