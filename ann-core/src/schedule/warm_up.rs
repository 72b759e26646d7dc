//! A slow start before another schedule.

use super::{Clock, Constant, Progress, Schedule};
use crate::Result;
use crate::error::require;

/// Climbs in a straight line to the full learning rate, then follows another schedule, which counts from there
/// (Goyal et al. 2017): PyTorch's `SequentialLR` of `LinearLR` and another.
///
/// ```text
/// t < length:  start + (1 - start) * t / length
/// ```
///
/// `start` is `1 / (length + 1)` unless told: as many equal steps up, none of them lost on a rate of 0.
///
/// ```
/// use ann_core::schedule::{Cosine, Progress, Schedule, WarmUp};
/// let schedule = WarmUp::steps(4).then(Cosine::new());
/// let factor = |step| schedule.factor(Progress { step, total_steps: 24, ..Progress::default() });
/// assert!((factor(0) - 0.2).abs() < 1e-15 && (factor(3) - 0.8).abs() < 1e-15);
/// assert_eq!(factor(4), 1.0);
/// assert!((factor(14) - 0.5).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp<S = Constant> {
    length: u64,
    clock: Clock,
    start: Option<f64>,
    then: S,
}

impl WarmUp {
    /// For this many epochs. The rate climbs from step to step all the same.
    pub const fn epochs(length: u64) -> Self {
        Self { length, clock: Clock::Epochs, start: None, then: Constant }
    }

    /// For this many steps.
    pub const fn steps(length: u64) -> Self {
        Self { length, clock: Clock::Steps, start: None, then: Constant }
    }
}

impl<S: Schedule> WarmUp<S> {
    /// The share of the learning rate to begin with, in `[0, 1]`.
    #[must_use]
    pub fn start(self, start: f64) -> Self {
        Self { start: Some(start), ..self }
    }

    /// What follows; the full rate throughout unless told.
    #[must_use]
    pub fn then<N: Schedule>(self, then: N) -> WarmUp<N> {
        WarmUp { length: self.length, clock: self.clock, start: self.start, then }
    }
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn factor(&self, at: Progress) -> f64 {
        let length = match self.clock {
            Clock::Steps => self.length,
            Clock::Epochs => self.length.saturating_mul(at.steps_per_epoch),
        };
        if at.step < length {
            let start = self.start.unwrap_or(1.0 / (length as f64 + 1.0));
            return start + (1.0 - start) * (at.step as f64 / length as f64);
        }
        let step = at.step - length;
        self.then.factor(Progress {
            step,
            epoch: step.checked_div(at.steps_per_epoch).unwrap_or(0),
            steps_per_epoch: at.steps_per_epoch,
            total_steps: at.total_steps.saturating_sub(length),
        })
    }

    fn validate(&self) -> Result<()> {
        let start = self.start.unwrap_or(0.0);
        require((0.0..=1.0).contains(&start), "WarmUp", "start", start, "it must lie in [0, 1]")?;
        self.then.validate()
    }
}
