//! [`ContrastiveDivergence`]: what a machine is trained by, in the place of a loss.

use ann_autodiff::{Tape, Var};

use super::figures;
use super::{Bound, Structure, Units, chain};
use crate::error::require;
use crate::recorder::{Mode, Recorder};
use crate::train::subject::{Recorded, Rows, Setup, Subject};
use crate::weights::Weights;
use crate::{Error, Result};

/// Trains the machines of a two-way network, each by `mean F(v_data) - mean F(v_model)`, in
/// [`Trainer::pretrain`](crate::train::Trainer::pretrain).
///
/// How many steps of Gibbs sampling give `v_model`, and whether chains go on from batch to batch, is said where the machine is
/// described: `Rbm(500, k = 10, persistent = true)`.
///
/// Hidden units that drive the visible ones are drawn. The visible units of CD-1 are their means, which is less noisy (Hinton 2010,
/// section 3.2); those of longer and of persistent chains are drawn, so that the chain's distribution approaches the machine's.
/// [`reconstruct_by`](Self::reconstruct_by) says otherwise.
///
/// Figures an epoch, in the history's metrics, on at most 1000 examples spread evenly over the data: `reconstruction_error`, the
/// squared difference, summed over the units, between an example and its reconstruction by means; and, of Bernoulli visible
/// units, `pseudo_likelihood` in nats an example: one unit `i` an example, drawn once for all epochs, is flipped, and the figure
/// is `visible` times `ln sigmoid(F(v with i flipped) - F(v))`, an estimate of `sum over i of ln p(v_i | the others)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContrastiveDivergence {
    reconstruction: Option<Reconstruction>,
}

/// What a chain takes for the visible units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconstruction {
    /// Their means given the hidden units.
    Means,
    /// Drawn.
    Draws,
}

impl ContrastiveDivergence {
    /// Means for CD-1, draws for all else.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes this for the visible units, whatever the machine.
    #[must_use]
    pub fn reconstruct_by(self, reconstruction: Reconstruction) -> Self {
        Self { reconstruction: Some(reconstruction) }
    }

    fn reconstruction(self, structure: &Structure) -> Reconstruction {
        let usual = if structure.steps == 1 && !structure.is_persistent {
            Reconstruction::Means
        } else {
            Reconstruction::Draws
        };
        self.reconstruction.unwrap_or(usual)
    }
}

/// A machine to be trained alone, its parameters under their own names.
pub(crate) struct OfMachine<'a> {
    /// `DigitDbn.rbm2`
    pub(crate) name: String,
    pub(crate) structure: &'a Structure,
    pub(crate) divergence: ContrastiveDivergence,
    /// The network that it is a part of, if there is one around it.
    pub(crate) network: Option<&'a Weights>,
    /// A digest of the machines below, whose means it learns from; none of the lowest.
    pub(crate) below: Option<u64>,
}

impl Subject for OfMachine<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn loss(&self) -> String {
        format!("{:?}", self.divergence)
    }

    fn check_input(&self, dims: &[usize]) -> Result<()> {
        let expected = [self.structure.visible];
        if dims == expected {
            return Ok(());
        }
        Err(Error::shape(
            format!("the input of {}", self.name),
            format!("{expected:?}"),
            format_args!("{dims:?}"),
        ))
    }

    fn record<'t>(&self, tape: &'t Tape, setup: Setup, data: &dyn Rows) -> Result<Recorded<'t>> {
        let Setup { mode, rows, .. } = setup;
        let recorder = Recorder::new(tape, mode);
        let v = tape.data(&[rows, self.structure.visible]);
        let target = tape.data(&[&[rows], &data.target_dims()[..]].concat());
        let bound = Bound::recorded(self.structure, &recorder);
        let (output, loss) = match mode {
            Mode::Training => {
                let loss = self.training(tape, &bound, v)?;
                (loss, loss)
            }
            Mode::Prediction => figures::record(self.structure, &bound, v, target),
        };
        tape.finish()?;
        Ok(Recorded { output, loss, has_steps: false, indices: None, declared: recorder.declared() })
    }

    fn whole(&self) -> Option<(&Weights, &str)> {
        self.network.map(|network| (network, &*self.structure.label))
    }

    fn further_identity(&self) -> Option<(&'static str, String)> {
        self.below.map(|digest| ("the machines below", format!("{digest:016x}")))
    }
}

impl OfMachine<'_> {
    /// What the optimizer makes small.
    fn training<'t>(&self, tape: &'t Tape, bound: &Bound<'t>, v: Var<'t>) -> Result<Var<'t>> {
        let structure = self.structure;
        let hidden_input = bound.hidden_input(v);
        let reconstruction = self.divergence.reconstruction(structure);
        let (model, of_model) = chain::model(structure, reconstruction, tape, bound, hidden_input);
        let rise = bound.free_energy_with(v, hidden_input) - bound.free_energy_with(model, of_model);
        let loss = rise.mean();
        let Some(target) = structure.sparsity else { return Ok(loss) };
        let is_probability = 0.0 < target && target < 1.0 && structure.hidden_units == Units::Bernoulli;
        require(
            is_probability,
            "Rbm",
            "sparsity",
            target,
            "it must lie in (0, 1), and the hidden units be Bernoulli",
        )?;
        let cost = structure.sparsity_cost;
        require(
            0.0 <= cost && cost.is_finite(),
            "Rbm",
            "sparsity_cost",
            cost,
            "it must be finite and not negative",
        )?;
        // Not quite 0 and 1, whose logarithms are infinite.
        let mean = hidden_input.sigmoid().mean_axis(0).clamp(1e-7, 1.0 - 1e-7);
        let cross_entropy = mean.ln() * -target - (1.0 - mean).ln() * (1.0 - target);
        Ok(loss + cross_entropy.sum() * cost)
    }
}
