//! Half a wave over the whole run.

use std::f64::consts::PI;

use super::{Progress, Schedule};
use crate::Result;
use crate::error::require;

/// `end + (1 - end) * (1 + cos(pi * done)) / 2`, where `done` is the share of the run's steps that are made
/// (Loshchilov and Hutter: "SGDR", ICLR 2017, without restarts): PyTorch's `CosineAnnealingLR`.
///
/// A run that is to be resumed with more epochs than it began with changes its rate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cosine {
    end: f64,
}

impl Cosine {
    /// Down to 0 at the end of the run.
    pub const fn new() -> Self {
        Self { end: 0.0 }
    }

    /// Down to this share of the learning rate, in `[0, 1]`.
    #[must_use]
    pub const fn down_to(self, end: f64) -> Self {
        Self { end }
    }
}

impl Schedule for Cosine {
    fn factor(&self, at: Progress) -> f64 {
        self.end + (1.0 - self.end) * 0.5 * (1.0 + (PI * at.done()).cos())
    }

    fn validate(&self) -> Result<()> {
        require((0.0..=1.0).contains(&self.end), "Cosine", "down_to", self.end, "it must lie in [0, 1]")
    }
}
