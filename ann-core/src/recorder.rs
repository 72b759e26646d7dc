//! [`Recorder`]: a tape on which layers record, and what they say of their parameters beside it.

use std::cell::RefCell;
use std::sync::Arc;

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

/// The tape a layer records on.
///
/// It knows whether for training or for prediction, and what each parameter is to begin with.
#[derive(Debug)]
pub struct Recorder<'t> {
    tape: &'t Tape,
    mode: Mode,
    /// The weights of the network that is being recorded, to see that the networks within are still its own.
    whole: Option<(String, Weights)>,
    declared: RefCell<Vec<Declared>>,
}

impl<'t> Recorder<'t> {
    pub(crate) fn new(tape: &'t Tape, mode: Mode) -> Self {
        Self { tape, mode, whole: None, declared: RefCell::default() }
    }

    /// For a network whose weights are there.
    pub(crate) fn of(tape: &'t Tape, mode: Mode, name: &str, weights: &Weights) -> Self {
        Self { whole: Some((name.to_owned(), weights.clone())), ..Self::new(tape, mode) }
    }

    /// The tape itself: constants, and operations that are not methods of a value.
    pub fn tape(&self) -> &'t Tape {
        self.tape
    }

    /// What is recorded for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// A parameter that is learned, called `name` within the layer (`weight` becomes `conv1.weight`).
    pub fn parameter(&self, name: &str, dims: &[usize], initial: &Initial) -> Var<'t> {
        self.declare(name, initial);
        self.tape.parameter(name, dims)
    }

    /// A running statistic: saved with the parameters, not moved by an optimizer but, each step, by `rate` of the way to what
    /// the operation that uses it found in the batch ([`Role::Statistic`](ann_autodiff::Role)).
    pub fn statistic(&self, name: &str, dims: &[usize], value: f64, rate: f64) -> Var<'t> {
        self.declare(name, &Initial { rate, ..Initial::constant(value) });
        self.tape.statistic(name, dims)
    }

    /// A parameter of another layer that was recorded before, by its path in the network around this layer.
    pub fn shared(&self, path: &str) -> Var<'t> {
        self.tape.shared(path)
    }

    /// Records a layer under its label.
    pub fn layer<L: Layer + ?Sized>(
        &self,
        label: &str,
        layer: &L,
        x: <L::Input as Flow>::Vars<'t>,
    ) -> Result<Var<'t, L::Output>> {
        if let (Some((network, whole)), Some(part)) = (&self.whole, layer.joined())
            && !part.is_part_of(whole, &self.tape.path(label))
        {
            return Err(Error::Replaced { network: network.clone(), label: label.to_owned() });
        }
        let y = self.tape.scope(label, || layer.record(self, x))?;
        self.tape.finish()?;
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
