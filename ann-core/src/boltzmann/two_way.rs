//! [`TwoWay`]: a network that runs both ways, made of machines.

use super::{Machine, Structure};
use crate::network::Network;
use crate::{Error, Result};

/// A two-way network (`<->`): a restricted Boltzmann machine, or several, each on the hidden units of the one before: a deep belief
/// net (Hinton, Osindero and Teh 2006). `network!` implements it.
///
/// As a [`Network`] it is the up pass: its output are the means of the top machine's hidden units.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a two-way network",
    label = "this network runs one way",
    note = "a two-way network is described with `<->`: `struct {Self}: [784] <-> [500] {{ Rbm(500) }}`"
)]
pub trait TwoWay: Network {
    /// How many visible and hidden units each machine has.
    #[doc(hidden)]
    const SIDES: &'static [[usize; 2]];

    /// Its machines, the lowest first.
    fn structures(&self) -> Vec<Structure>;

    /// A machine by its label, `rbm1` if it has none, with the numbers it has now.
    fn machine(&self, label: &str) -> Result<Machine> {
        let machines = self.machines();
        let known: Vec<String> =
            machines.iter().map(|machine| machine.structure().label().to_owned()).collect();
        machines.into_iter().find(|machine| machine.structure().label() == label).ok_or_else(|| {
            Error::shape(
                format!("the label of a machine of {}", self.name()),
                known.join(" or "),
                format!("`{label}`"),
            )
        })
    }

    /// All machines with the numbers they have now, the lowest first.
    fn machines(&self) -> Vec<Machine> {
        let of = |structure: Structure| {
            let weights = self.weights().part(structure.label()).deep_copy();
            let store = weights.read();
            Machine::new(structure, &store)
        };
        self.structures().into_iter().map(of).collect()
    }
}
