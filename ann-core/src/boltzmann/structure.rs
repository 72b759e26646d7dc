//! [`Structure`]: what a machine is, without the numbers it has learned.

use super::Units;
use crate::recorder::Initial;

/// A machine of a two-way network: its label, its sides, how it is trained.
#[derive(Clone, Debug)]
pub struct Structure {
    pub(crate) label: String,
    pub(crate) visible: usize,
    pub(crate) hidden: usize,
    pub(crate) visible_units: Units,
    pub(crate) hidden_units: Units,
    /// Steps of Gibbs sampling while training.
    pub(crate) steps: usize,
    pub(crate) is_persistent: bool,
    pub(crate) weight: Initial,
    pub(crate) sparsity: Option<f64>,
    pub(crate) sparsity_cost: f64,
}

impl Structure {
    /// Its label: the prefix of its parameters' names.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// How many visible units there are.
    pub fn visible(&self) -> usize {
        self.visible
    }

    /// How many hidden units there are.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// What the visible units are.
    pub fn visible_units(&self) -> Units {
        self.visible_units
    }

    /// What the hidden units are.
    pub fn hidden_units(&self) -> Units {
        self.hidden_units
    }

    /// Whether units of either side are Gaussian. Such a machine wants a learning rate 10 to 100 times smaller than one of
    /// Bernoulli units (Hinton 2010, section 13.2).
    pub fn is_gaussian(&self) -> bool {
        self.visible_units == Units::Gaussian || self.hidden_units == Units::Gaussian
    }
}

/// A layer that may stand in a two-way network. `network!` relies on it.
#[doc(hidden)]
pub trait Stage {
    /// How many visible and hidden units there are.
    const SIDES: [usize; 2];

    /// What it is, under this label.
    fn structure(&self, label: &str) -> Structure;
}
