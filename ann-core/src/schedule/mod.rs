//! Schedules: how the learning rate changes while training.
//!
//! A [`Schedule`] gives a factor for the optimizer's own learning rate, as a function of the place in the run and of
//! nothing else; so a resumed run needs no state from it.

use std::fmt::Debug;

use crate::Result;
use crate::error::require;

mod constant;
mod cosine;
mod exponential;
mod inverse;
mod multi_step;
mod polynomial;
mod step;
mod warm_up;

pub use constant::Constant;
pub use cosine::Cosine;
pub use exponential::Exponential;
pub use inverse::Inverse;
pub use multi_step::MultiStep;
pub use polynomial::Polynomial;
pub use step::Step;
pub use warm_up::WarmUp;

/// The place in a run, before the step that is about to be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Steps made so far: 0 at the first.
    pub step: u64,
    /// Epochs completed so far: 0 in the first.
    pub epoch: u64,
    /// Steps of an epoch.
    pub steps_per_epoch: u64,
    /// Steps of the whole run.
    pub total_steps: u64,
}

impl Progress {
    /// How much of the run is done, in `[0, 1]`; 1 for a run of no steps.
    pub fn done(self) -> f64 {
        if self.step < self.total_steps { self.step as f64 / self.total_steps as f64 } else { 1.0 }
    }
}

/// What a schedule counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Steps of the optimizer.
    Steps,
    /// Passes over the data.
    Epochs,
}

impl Clock {
    /// What this clock shows.
    pub(crate) fn read(self, at: Progress) -> u64 {
        match self {
            Self::Steps => at.step,
            Self::Epochs => at.epoch,
        }
    }
}

/// The factor of the learning rate at a place in a run.
///
/// A schedule of one's own:
///
/// ```
/// use ann_core::schedule::{Progress, Schedule};
///
/// /// Full rate in the first half, a tenth in the second.
/// #[derive(Debug)]
/// struct Halves;
///
/// impl Schedule for Halves {
///     fn factor(&self, at: Progress) -> f64 {
///         if at.done() < 0.5 { 1.0 } else { 0.1 }
///     }
/// }
///
/// assert_eq!(Halves.factor(Progress { step: 7, total_steps: 10, ..Progress::default() }), 0.1);
/// ```
pub trait Schedule: Debug + Send + Sync {
    /// What the base learning rate is multiplied by.
    fn factor(&self, at: Progress) -> f64;

    /// Refuses settings outside their range.
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    /// All settings as text. A run is resumed only under the schedule it was begun with.
    fn settings(&self) -> String {
        format!("{self:?}")
    }
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn factor(&self, at: Progress) -> f64 {
        (**self).factor(at)
    }
    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
    fn settings(&self) -> String {
        (**self).settings()
    }
}

fn gamma(owner: &'static str, value: f64) -> Result<()> {
    require(value >= 0.0 && value.is_finite(), owner, "gamma", value, "it must be finite and not negative")
}

#[cfg(test)]
mod tests;
