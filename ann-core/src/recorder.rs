//! [`Recorder`]: a tape on which layers record, and what they say of their parameters beside it.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use ann_autodiff::ops::StepWeights;
use ann_autodiff::{Dyn, Tape, Var};

use crate::initializer::{Constant, Initializer};
use crate::layer::{Flow, Layer};
use crate::regularizer::Regularizer;
use crate::weights::Weights;
use crate::{Error, Result};

/// What a network is recorded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For training: dropout drops, batch normalization uses the batch's own statistics.
    Training,
    /// For prediction.
    Prediction,
}

/// How a parameter begins and what holds it back.
#[derive(Clone, Debug)]
pub struct Initial {
    /// Its first values.
    pub initializer: Arc<dyn Initializer>,
    /// Weight of the sum of absolute values in the loss.
    pub l1: f64,
    /// Weight of half the sum of squares in the loss.
    pub l2: f64,
    /// The largest norm of a unit's weights; the update is scaled back to it.
    pub max_norm: Option<f64>,
    /// Penalties of the user's own.
    pub regularizers: Vec<Arc<dyn Regularizer>>,
    /// Of a running statistic: how far it moves each step, from 0 to 1.
    pub(crate) rate: f64,
}

impl Initial {
    /// First values by an initializer, nothing to hold them back.
    pub fn new(initializer: impl Initializer + 'static) -> Self {
        Self {
            initializer: Arc::new(initializer),
            l1: 0.0,
            l2: 0.0,
            max_norm: None,
            regularizers: Vec::new(),
            rate: 0.0,
        }
    }

    /// All first values the same.
    pub fn constant(value: f64) -> Self {
        Self::new(Constant(value))
    }
}

/// A parameter as a layer asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) initial: Initial,
}

/// What is known of a batch beside its inputs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Batch<'t> {
    /// The network's input.
    pub(crate) input: Option<Var<'t>>,
    /// Examples.
    pub(crate) rows: usize,
    /// The first of the sizes of an input: the steps, where inputs are sequences.
    pub(crate) steps: usize,
    /// How many steps of each sequence are no padding.
    pub(crate) lengths: Option<Var<'t>>,
    /// What each example counts.
    pub(crate) weights: Option<Var<'t>>,
    /// Whether sequences go on where those of the batch before ended.
    pub(crate) carries: bool,
}

/// The tape a layer records on.
///
/// It knows whether for training or for prediction, and what each parameter is to begin with.
#[derive(Debug)]
pub struct Recorder<'t> {
    tape: &'t Tape,
    mode: Mode,
    /// The weights of the network that is being recorded, to see that the networks within are still its own.
    whole: Option<(String, Weights)>,
    batch: Batch<'t>,
    declared: RefCell<Vec<Declared>>,
    /// Heads beside the network's output, and what each one's loss counts.
    heads: RefCell<Vec<(Var<'t>, f64)>>,
    /// Whether the loss has asked what its rows count.
    is_weighted: Cell<bool>,
    /// What all values of the network's input have to be below, being indices.
    indices: Cell<Option<usize>>,
    /// Whether parameters are those that were recorded before under the same names.
    repeats: Cell<bool>,
    /// The first running statistic that was asked for while that was so.
    repeated_statistic: RefCell<Option<String>>,
}

impl<'t> Recorder<'t> {
    pub(crate) fn new(tape: &'t Tape, mode: Mode) -> Self {
        Self {
            tape,
            mode,
            whole: None,
            batch: Batch::default(),
            declared: RefCell::default(),
            heads: RefCell::default(),
            is_weighted: Cell::new(false),
            indices: Cell::new(None),
            repeats: Cell::new(false),
            repeated_statistic: RefCell::default(),
        }
    }

    /// For a network whose weights are there, on a batch.
    pub(crate) fn of(
        tape: &'t Tape,
        mode: Mode,
        (name, weights): (&str, &Weights),
        batch: Batch<'t>,
    ) -> Self {
        Self { whole: Some((name.to_owned(), weights.clone())), batch, ..Self::new(tape, mode) }
    }

    /// The tape itself: constants, and operations that are not methods of a value.
    pub fn tape(&self) -> &'t Tape {
        self.tape
    }

    /// What is recorded for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// How many steps of each sequence of the batch are no padding, `[rows]`; none where all are.
    pub fn lengths(&self) -> Option<Var<'t>> {
        self.batch.lengths
    }

    /// What each example of the batch counts in the loss, `[rows]`; none where all count the same.
    pub fn example_weights(&self) -> Option<Var<'t>> {
        self.batch.weights
    }

    /// Whether recurrent layers go on from the state in which the batch before ended ([`Tape::state`], [`Tape::carry`]):
    /// truncated back-propagation through time, and prediction step by step. Else they begin at zero.
    pub fn carries(&self) -> bool {
        self.batch.carries
    }

    /// What the rows of a network's output count in a loss, padding nothing: `[rows, steps]` for an output `[rows, steps, ..]` with
    /// a value at each step of the network's input, else `[rows]`. None where all count the same.
    ///
    /// A loss that does not ask is refused on data with weights, and with lengths if its output has steps.
    pub fn loss_weights<S>(&self, output: Var<'t, S>) -> Option<Var<'t>> {
        self.is_weighted.set(true);
        let Batch { rows, steps, lengths, weights, .. } = self.batch;
        if !self.has_steps(output.untyped()) {
            return weights;
        }
        if lengths.is_none() && weights.is_none() {
            return None;
        }
        let none = || self.tape.constant(&[0], &[]);
        let inputs = [lengths.unwrap_or_else(none), weights.unwrap_or_else(none)];
        Some(self.tape.apply(StepWeights { rows, steps }, inputs))
    }

    /// Whether an output has a value at each step of the network's input.
    pub(crate) fn has_steps(&self, output: Var<'_>) -> bool {
        let extents = output.extents();
        extents.len() == 3 && extents[1] == self.batch.steps
    }

    /// Whether the loss has asked what its rows count.
    pub(crate) fn is_weighted(&self) -> bool {
        self.is_weighted.get()
    }

    /// Refuses, for a layer that mixes the steps of a sequence, what has steps of which some are padding.
    pub fn refuse_padding<S>(&self, layer: &'static str, x: Var<'t, S>) -> Result<()> {
        let reads_padding = self.batch.lengths.is_some() && self.has_steps(x.untyped());
        if reads_padding { Err(Error::Padding { layer }) } else { Ok(()) }
    }

    /// A head beside the network's output, of the same shape: while training, `weight` times its loss is added to that of the
    /// output. At prediction it is not computed.
    pub fn auxiliary(&self, head: Var<'t>, weight: f64) {
        self.heads.borrow_mut().push((head, weight));
    }

    /// All such heads.
    pub(crate) fn heads(&self) -> Vec<(Var<'t>, f64)> {
        self.heads.borrow().clone()
    }

    /// A parameter that is learned, called `name` within the layer (`weight` becomes `conv1.weight`).
    pub fn parameter(&self, name: &str, dims: &[usize], initial: &Initial) -> Var<'t> {
        if self.repeats.get() {
            return self.tape.shared(name);
        }
        self.declare(name, initial);
        self.tape.parameter(name, dims)
    }

    /// A running statistic: saved with the parameters, not moved by an optimizer but, each step, by `rate` of the way to what
    /// the operation that uses it found in the batch ([`Role::Statistic`](ann_autodiff::Role)). One operation moves it: a cell in
    /// [`Scan`](crate::layers::Scan), which is recorded at every step of a sequence, cannot have any.
    pub fn statistic(&self, name: &str, dims: &[usize], value: f64, rate: f64) -> Var<'t> {
        if self.repeats.get() {
            self.repeated_statistic.borrow_mut().get_or_insert_with(|| self.tape.path(name));
            return self.tape.shared(name);
        }
        self.declare(name, &Initial { rate, ..Initial::constant(value) });
        self.tape.statistic(name, dims)
    }

    /// Records what was recorded before once more: its parameters are the same ones. A running statistic is refused: what each
    /// repetition found would be added up, and would move it too far.
    pub(crate) fn repeat<R>(&self, f: impl FnOnce() -> Result<R>) -> Result<R> {
        let outer = self.repeats.replace(true);
        let result = f();
        self.repeats.set(outer);
        match self.repeated_statistic.take() {
            Some(name) => Err(Error::Statistic { name }),
            None => result,
        }
    }

    /// Says that `x` holds indices, whole numbers below `count`. Where it is the network's own input, data with anything else
    /// are refused before they are computed with.
    pub fn expect_indices<S>(&self, x: Var<'t, S>, count: usize) {
        if self.batch.input.is_some_and(|input| input.is_same(x)) {
            self.indices.set(Some(self.indices.get().map_or(count, |other| other.min(count))));
        }
    }

    /// What all values of the network's input have to be below, if they are indices.
    pub(crate) fn indices(&self) -> Option<usize> {
        self.indices.get()
    }

    /// A parameter of another layer that was recorded before, by its path in the network around this layer.
    pub fn shared(&self, path: &str) -> Var<'t> {
        self.tape.shared(path)
    }

    /// Records a layer under its label.
    ///
    /// It may be a network: one that has no weights yet, as a layer of the user's own holds it ([`Default`]), has its parameters in
    /// the network around it, under the label. Heads of a network within another, whose target is none of theirs, are left out.
    pub fn layer<L: Layer + ?Sized>(
        &self,
        label: &str,
        layer: &L,
        x: <L::Input as Flow>::Vars<'t>,
    ) -> Result<Var<'t, L::Output>> {
        if let (Some((network, whole)), Some(part)) = (&self.whole, layer.joined())
            && !part.is_part_of(whole, &self.tape.path(label))
            && !part.is_empty()
        {
            return Err(Error::Replaced { network: network.clone(), label: label.to_owned() });
        }
        let n_heads = self.heads.borrow().len();
        let y = self.tape.scope(label, || layer.record(self, x))?;
        self.tape.finish()?;
        if layer.joined().is_some() {
            self.heads.borrow_mut().truncate(n_heads);
        }
        Ok(y)
    }

    /// What was asked for, by the names of the tape.
    pub(crate) fn declared(self) -> Vec<Declared> {
        self.declared.into_inner()
    }

    fn declare(&self, name: &str, initial: &Initial) {
        let name = self.tape.path(name);
        self.declared.borrow_mut().push(Declared { name, initial: initial.clone() });
    }
}

/// A value that a layer of no particular shapes takes alone.
pub(crate) fn only<'t>(layer: &'static str, x: &[Var<'t, Dyn>]) -> Result<Var<'t>> {
    if let [x] = x { Ok(*x) } else { Err(Error::Inputs { layer, expected: 1, found: x.len() }) }
}
