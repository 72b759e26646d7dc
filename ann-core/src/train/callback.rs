//! [`Callback`]: what a user wants to do between steps and epochs.

use std::fmt::Debug;

use super::history::Epoch;
use crate::Result;

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// Finish here; what was learned is kept.
    Stop,
}

/// A step that was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepEnd {
    /// Its number in the run, from 1.
    pub step: u64,
    /// The epoch it belongs to, from 1.
    pub epoch: u64,
    /// The loss of its batch, penalties included.
    pub loss: f64,
    /// The learning rate it was made with.
    pub learning_rate: f64,
}

/// Called while a network is trained.
///
/// ```
/// use ann_core::{Result, train::{Callback, Control, StepEnd}};
///
/// /// Stops after so many steps.
/// #[derive(Debug)]
/// struct Limit(u64);
///
/// impl Callback for Limit {
///     fn on_step(&mut self, at: &StepEnd) -> Result<Control> {
///         Ok(if at.step < self.0 { Control::Continue } else { Control::Stop })
///     }
/// }
/// ```
pub trait Callback: Debug {
    /// After each step. Anything slow here slows training.
    fn on_step(&mut self, _at: &StepEnd) -> Result<Control> {
        Ok(Control::Continue)
    }

    /// After each epoch, its validation included.
    fn on_epoch(&mut self, _epoch: &Epoch) -> Result<Control> {
        Ok(Control::Continue)
    }
}
