//! What the training loop sees of a network, a loss, a dataset and an optimizer: nothing that depends on their types.

use std::fmt::Debug;

use ann_autodiff::{Plan, Tape, Var};

use crate::data::rows::{check_lengths, check_weights};
use crate::data::{Dataset, Target};
use crate::loss::Loss;
use crate::network::{Network, record};
use crate::optimizer::Optimizer;
use crate::recorder::{Batch, Declared, Mode, Recorder};
use crate::train::update::{Pass, Vectors, backward, update};
use crate::weights::Weights;
use crate::{Error, Result};

/// A network with its loss, ready to be recorded.
pub(crate) trait Subject {
    /// The network's name.
    fn name(&self) -> &str;

    /// The loss with its settings.
    fn loss(&self) -> String;

    /// Refuses data of other sizes.
    fn check_input(&self, dims: &[usize]) -> Result<()>;

    /// Records both for a batch of such examples.
    fn record<'t>(&self, tape: &'t Tape, setup: Setup, data: &dyn Rows) -> Result<Recorded<'t>>;

    /// The network that it is a part of, and the part's label, if it is trained for itself.
    fn whole(&self) -> Option<(&Weights, &str)> {
        None
    }

    /// What else a run and its continuation have to have in common, with its name.
    fn further_identity(&self) -> Option<(&'static str, String)> {
        None
    }
}

/// What is recorded for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) mode: Mode,
    /// Examples a batch.
    pub(crate) rows: usize,
    /// Whether sequences go on where those of the batch before ended.
    pub(crate) carries: bool,
}

/// A network with its loss on a tape. Inputs are, in this order: the data, the targets, lengths and weights if the data have them.
pub(crate) struct Recorded<'t> {
    pub(crate) output: Var<'t>,
    pub(crate) loss: Var<'t>,
    /// Whether the output has a value at each step of the input.
    pub(crate) has_steps: bool,
    /// What all values of the input have to be below, if they are indices.
    pub(crate) indices: Option<usize>,
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

    fn record<'t>(&self, tape: &'t Tape, setup: Setup, data: &dyn Rows) -> Result<Recorded<'t>> {
        let Setup { mode, rows, carries } = setup;
        let of_rows = |dims: &[usize]| tape.data(&[&[rows], dims].concat());
        let (x, target) = (of_rows(&data.input_dims()), of_rows(&data.target_dims()));
        let lengths = data.length(0).map(|_| of_rows(&[]));
        let weights = data.weight(0).map(|_| of_rows(&[]));
        let steps = data.input_dims().first().copied().unwrap_or_default();
        let batch = Batch { input: Some(x), rows, steps, lengths, weights, carries };
        let recorder = Recorder::of(tape, mode, (self.network.name(), self.network.weights()), batch);
        let output = record(self.network, &recorder, x)?;
        let mut loss = self.loss.record(&recorder, output, target)?;
        for (head, weight) in recorder.heads() {
            // A head that nobody trains is not computed.
            if mode == Mode::Training {
                loss = loss + self.loss.record(&recorder, head.typed(), target)? * weight;
            }
        }
        let has_steps = recorder.has_steps(output.untyped());
        let weighted = [("lengths", lengths.is_some() && has_steps), ("weights", weights.is_some())];
        if let Some((what, _)) = weighted.iter().find(|(_, is_there)| *is_there && !recorder.is_weighted()) {
            return Err(Error::Unweighted { loss: self.loss(), what });
        }
        tape.finish()?;
        let (output, indices) = (output.untyped(), recorder.indices());
        Ok(Recorded { output, loss, has_steps, indices, declared: recorder.declared() })
    }
}

/// The examples of a dataset.
pub(crate) trait Rows: Sync {
    fn len(&self) -> usize;
    fn input_dims(&self) -> Vec<usize>;
    fn target_dims(&self) -> Vec<usize>;
    /// Copies the examples of these numbers, one after the other.
    fn read_f32(&self, numbers: &[usize], inputs: &mut [f32], targets: &mut [f32]) -> Result<()>;
    fn read_f64(&self, numbers: &[usize], inputs: &mut [f64], targets: &mut [f64]) -> Result<()>;
    /// Of how many classes a target is one, if it is and the type says.
    fn classes(&self) -> Option<usize> {
        None
    }
    /// Whether targets are classes.
    fn are_classes(&self) -> bool {
        false
    }
    fn length(&self, _index: usize) -> Option<usize> {
        None
    }
    fn weight(&self, _index: usize) -> Option<f64> {
        None
    }
    fn rows_that_go_on(&self) -> Option<usize> {
        None
    }
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

    fn read_f32(&self, numbers: &[usize], inputs: &mut [f32], targets: &mut [f32]) -> Result<()> {
        self.0.read_batch(numbers.iter().copied(), inputs, targets)
    }

    fn read_f64(&self, numbers: &[usize], inputs: &mut [f64], targets: &mut [f64]) -> Result<()> {
        self.0.read_batch(numbers.iter().copied(), inputs, targets)
    }

    fn classes(&self) -> Option<usize> {
        D::Target::CLASSES
    }

    fn are_classes(&self) -> bool {
        D::Target::ARE_CLASSES
    }

    fn length(&self, index: usize) -> Option<usize> {
        self.0.length(index)
    }

    fn weight(&self, index: usize) -> Option<f64> {
        self.0.weight(index)
    }

    fn rows_that_go_on(&self) -> Option<usize> {
        self.0.rows_that_go_on()
    }
}

/// Refuses a dataset without examples, and lengths and weights that make no sense.
pub(crate) fn check_rows(what: &str, data: &dyn Rows) -> Result<()> {
    if data.len() == 0 {
        return Err(Error::Empty { what: what.to_owned() });
    }
    if data.length(0).is_some() {
        check_lengths(&data.input_dims(), (0..data.len()).map(|number| data.length(number)))?;
    }
    if data.weight(0).is_some() {
        check_weights((0..data.len()).map(|number| data.weight(number)))?;
    }
    Ok(())
}

/// An [`Optimizer`] whose type is forgotten.
pub(crate) trait Rule: Debug + Send + Sync {
    fn name(&self) -> &'static str;
    fn learning_rate(&self) -> f64;
    fn slots(&self) -> &'static [&'static str];
    fn settings(&self) -> String;
    fn validate(&self) -> Result<()>;
    fn backward_f32(
        &self,
        pass: Pass<'_>,
        plan: &mut Plan<f32>,
        vectors: &mut Vectors<'_, f32>,
    ) -> Result<()>;
    fn backward_f64(
        &self,
        pass: Pass<'_>,
        plan: &mut Plan<f64>,
        vectors: &mut Vectors<'_, f64>,
    ) -> Result<()>;
    fn update_f32(&self, pass: Pass<'_>, vectors: &mut Vectors<'_, f32>);
    fn update_f64(&self, pass: Pass<'_>, vectors: &mut Vectors<'_, f64>);
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

    fn backward_f32(
        &self,
        pass: Pass<'_>,
        plan: &mut Plan<f32>,
        vectors: &mut Vectors<'_, f32>,
    ) -> Result<()> {
        backward(self, pass, plan, vectors)
    }

    fn backward_f64(
        &self,
        pass: Pass<'_>,
        plan: &mut Plan<f64>,
        vectors: &mut Vectors<'_, f64>,
    ) -> Result<()> {
        backward(self, pass, plan, vectors)
    }

    fn update_f32(&self, pass: Pass<'_>, vectors: &mut Vectors<'_, f32>) {
        update(self, pass, vectors);
    }

    fn update_f64(&self, pass: Pass<'_>, vectors: &mut Vectors<'_, f64>) {
        update(self, pass, vectors);
    }
}
