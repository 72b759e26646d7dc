//! What the training loop sees of a network, a loss, a dataset and an optimizer: nothing that depends on their types.

use std::fmt::Debug;

use ann_autodiff::{Tape, Var};

use crate::data::{Dataset, Target};
use crate::loss::Loss;
use crate::network::{Network, record};
use crate::optimizer::{Optimizer, Update};
use crate::recorder::{Declared, Mode, Recorder};
use crate::{Error, Result};

/// A network with its loss, ready to be recorded.
pub(crate) trait Subject {
    /// The network's name.
    fn name(&self) -> &str;

    /// The loss with its settings.
    fn loss(&self) -> String;

    /// Refuses data of other sizes.
    fn check_input(&self, dims: &[usize]) -> Result<()>;

    /// Records both for a batch of so many examples of these sizes.
    fn record<'t>(&self, tape: &'t Tape, mode: Mode, rows: usize, data: &dyn Rows) -> Result<Recorded<'t>>;
}

/// A network with its loss on a tape; input 0 is the data, input 1 the targets.
pub(crate) struct Recorded<'t> {
    pub(crate) output: Var<'t>,
    pub(crate) loss: Var<'t>,
    pub(crate) declared: Vec<Declared>,
}

/// A network and a loss that fits it.
pub(crate) struct Pair<'a, N, L> {
    pub(crate) network: &'a N,
    pub(crate) loss: &'a L,
}

impl<N: Network, L: Loss<N::Output>> Subject for Pair<'_, N, L> {
    fn name(&self) -> &str {
        self.network.name()
    }

    fn loss(&self) -> String {
        format!("{:?}", self.loss)
    }

    fn check_input(&self, dims: &[usize]) -> Result<()> {
        crate::predictor::check_input(self.network, dims)
    }

    fn record<'t>(&self, tape: &'t Tape, mode: Mode, rows: usize, data: &dyn Rows) -> Result<Recorded<'t>> {
        let batch = |dims: Vec<usize>| [vec![rows], dims].concat();
        let recorder = Recorder::of(tape, mode, self.network.name(), self.network.weights());
        let output = record(self.network, &recorder, &batch(data.input_dims()))?;
        let target = tape.data(&batch(data.target_dims()));
        let loss = self.loss.record(&recorder, output, target)?;
        tape.finish()?;
        Ok(Recorded { output: output.untyped(), loss, declared: recorder.declared() })
    }
}

/// The examples of a dataset.
pub(crate) trait Rows {
    fn len(&self) -> usize;
    fn input_dims(&self) -> Vec<usize>;
    fn target_dims(&self) -> Vec<usize>;
    fn read_f32(&self, index: usize, input: &mut [f32], target: &mut [f32]) -> Result<()>;
    fn read_f64(&self, index: usize, input: &mut [f64], target: &mut [f64]) -> Result<()>;
    /// Of how many classes a target is one, if it is and the type says.
    fn classes(&self) -> Option<usize>;
}

/// A dataset as [`Rows`].
pub(crate) struct Of<'a, D>(pub(crate) &'a D);

impl<D: Dataset> Rows for Of<'_, D> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn input_dims(&self) -> Vec<usize> {
        self.0.input_dims()
    }

    fn target_dims(&self) -> Vec<usize> {
        self.0.target_dims()
    }

    fn read_f32(&self, index: usize, input: &mut [f32], target: &mut [f32]) -> Result<()> {
        self.0.read(index, input, target)
    }

    fn read_f64(&self, index: usize, input: &mut [f64], target: &mut [f64]) -> Result<()> {
        self.0.read(index, input, target)
    }

    fn classes(&self) -> Option<usize> {
        D::Target::CLASSES
    }
}

/// Refuses a dataset without examples.
pub(crate) fn check_not_empty(what: &str, data: &dyn Rows) -> Result<()> {
    if data.len() == 0 { Err(Error::Empty { what: what.to_owned() }) } else { Ok(()) }
}

/// An [`Optimizer`] whose type is forgotten.
pub(crate) trait Rule: Debug + Send + Sync {
    fn name(&self) -> &'static str;
    fn learning_rate(&self) -> f64;
    fn slots(&self) -> &'static [&'static str];
    fn settings(&self) -> String;
    fn validate(&self) -> Result<()>;
    fn update_f32(&self, at: Update, values: &mut [f32], gradients: &[f32], state: &mut [&mut [f32]]);
    fn update_f64(&self, at: Update, values: &mut [f64], gradients: &[f64], state: &mut [&mut [f64]]);
}

impl<O: Optimizer> Rule for O {
    fn name(&self) -> &'static str {
        Optimizer::name(self)
    }

    fn learning_rate(&self) -> f64 {
        Optimizer::learning_rate(self)
    }

    fn slots(&self) -> &'static [&'static str] {
        Optimizer::slots(self)
    }

    fn settings(&self) -> String {
        Optimizer::settings(self)
    }

    fn validate(&self) -> Result<()> {
        Optimizer::validate(self)
    }

    fn update_f32(&self, at: Update, values: &mut [f32], gradients: &[f32], state: &mut [&mut [f32]]) {
        self.update(at, values, gradients, state);
    }

    fn update_f64(&self, at: Update, values: &mut [f64], gradients: &[f64], state: &mut [&mut [f64]]) {
        self.update(at, values, gradients, state);
    }
}
