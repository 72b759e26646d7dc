//! [`TwoWay`]: a network that runs both ways, made of machines.

use ann_autodiff::{Dyn, Scalar};

use super::{Classifier, Machine, Structure, Unrolled};
use crate::data::Examples;
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

    /// What each example becomes by the means of all units, up to the top and down again.
    fn reconstruct<T: Scalar>(&self, x: &Examples<Self::Input, T>) -> Result<Examples<Self::Input, T>> {
        let machines = self.machines();
        let mut values = x.to_f64();
        for machine in &machines {
            values = machine.hidden_means(&rows(values, machine.structure().visible())?)?;
        }
        for machine in machines.iter().rev() {
            values = machine.visible_means(&rows(values, machine.structure().hidden())?)?;
        }
        Examples::unchecked(values.into_iter().map(T::from_f64).collect(), x.dims())
    }

    /// What the network takes data for: samples of the top machine by Gibbs sampling, as [`Machine::sample`], passed down, drawn
    /// machine by machine; of the lowest, the means of the visible units (Hinton, Osindero and Teh 2006).
    fn sample(&self, chains: usize, steps: usize, seed: u64) -> Result<Examples<Self::Input, f64>> {
        let machines = self.machines();
        let Some((top, below)) = machines.split_last() else {
            return Err(Error::Empty { what: format!("the machines of {}", self.name()) });
        };
        let samples = top.sample(chains, steps, seed)?;
        let (mut drawn, mut means) = (samples.visible, samples.means);
        for (number, machine) in below.iter().enumerate().rev() {
            let hidden = rows(drawn, machine.structure().hidden())?;
            (drawn, means) = machine.draw_visible(&hidden, seed, number as u64)?;
        }
        Examples::unchecked(means, &self.input_dims())
    }

    /// An autoencoder of its machines, to be trained on by back-propagation. What the machines' weights are held back by (`l1`, `l2`,
    /// `regularizer`) stays behind.
    fn unroll(&self) -> Unrolled<Self>
    where
        Self: Sized,
    {
        Unrolled::new(self)
    }

    /// A classifier: the up pass and a head of `N` logits, to be trained on by back-propagation. What the machines' weights are held
    /// back by (`l1`, `l2`, `regularizer`) stays behind.
    ///
    /// `N` of 0 does not compile, nor does training it on classes of another number.
    fn into_classifier<const N: usize>(self) -> Classifier<Self, N>
    where
        Self: Sized,
    {
        Classifier::new(&self)
    }
}

/// Numbers as rows of so many.
fn rows(values: Vec<f64>, width: usize) -> Result<Examples<Dyn, f64>> {
    Examples::unchecked(values, &[width])
}
