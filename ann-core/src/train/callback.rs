//! [`Callback`]: what a user wants to do between steps and epochs.

use std::fmt::{self, Debug};

use ann_autodiff::Layout;
use ann_spec::nearest;

use super::history::Epoch;
use crate::weights::Weights;
use crate::{Error, Network, Result};

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

/// The parameters in the middle of a run: of the network that is trained, also while one machine of it is
/// [pretrained](crate::train::Trainer::pretrain).
pub struct Snapshot<'a> {
    /// The name of what is trained, its parameters.
    pub(super) name: &'a str,
    pub(super) layout: &'a Layout,
    pub(super) read: &'a dyn Fn(&str) -> Option<Vec<f64>>,
    /// The network that it is a part of, and its label there.
    pub(super) whole: Option<(&'a Weights, &'a str)>,
}

impl Snapshot<'_> {
    /// Copies them into a network of the same layers: one to look at, to save, or to predict with, while training goes on.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a parameter of the network that the run does not have; one of another size.
    pub fn copy_to(&self, network: &mut impl Network) -> Result<()> {
        for segment in network.layout().segments() {
            let values = self.get(&segment.name).ok_or_else(|| self.unknown(&segment.name))?;
            network.set_parameter(&segment.name, &values)?;
        }
        Ok(())
    }

    /// The values of a parameter, those of what is trained as they are now.
    fn get(&self, name: &str) -> Option<Vec<f64>> {
        let Some((network, label)) = self.whole else { return (self.read)(name) };
        match name.strip_prefix(label).and_then(|name| name.strip_prefix('.')) {
            Some(name) => (self.read)(name),
            None => network.read().get(&format!("{}{name}", network.prefix())),
        }
    }

    fn unknown(&self, name: &str) -> Error {
        let names = |layout: &Layout| layout.segments().iter().map(|segment| segment.name.clone()).collect();
        let known: Vec<String> = match self.whole {
            Some((network, _)) => names(&network.read().layout().part(network.prefix())),
            None => names(self.layout),
        };
        let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        Error::Parameter { network: self.name.to_owned(), name: name.to_owned(), near, known }
    }
}

impl Debug for Snapshot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snapshot")
    }
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

    /// After each epoch, its validation included; `now` has the parameters as they are.
    fn on_epoch(&mut self, _epoch: &Epoch, _now: &Snapshot<'_>) -> Result<Control> {
        Ok(Control::Continue)
    }
}
