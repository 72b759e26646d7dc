//! What the recurrent layers have in common: two matrices, their input with what is known of it, both directions, states that are
//! carried from batch to batch.

use std::sync::Arc;

use ann_autodiff::ops::{Direction, LastStep};
use ann_autodiff::random::Random;
use ann_autodiff::{Var, concat};

use super::options::weight;
use crate::error::require;
use crate::initializer::{Initializer, Orthogonal};
use crate::recorder::{Initial, Mode, only};
use crate::{Error, Recorder, Result};

/// How the matrices of the input and of the state before begin.
#[derive(Clone, Debug)]
pub(super) struct Matrices {
    pub(super) weight: Initial,
    pub(super) recurrent: Initial,
}

impl Default for Matrices {
    fn default() -> Self {
        Self { weight: weight(), recurrent: Initial::new(Orthogonal::new()) }
    }
}

impl Matrices {
    /// Changes both alike.
    pub(super) fn each(&mut self, change: impl Fn(&mut Initial)) {
        change(&mut self.weight);
        change(&mut self.recurrent);
    }

    /// `weight [gates n, k]` and `recurrent [gates n, n]`, each gate's part drawn as a matrix of its own.
    pub(super) fn record<'t>(&self, tape: &Recorder<'t>, gates: usize, [n, k]: [usize; 2]) -> [Var<'t>; 2] {
        let by_gate = |initial: &Initial| {
            let each = Arc::clone(&initial.initializer);
            Initial { initializer: Arc::new(ByGate { gates, each }), ..initial.clone() }
        };
        [
            tape.parameter("weight", &[gates * n, k], &by_gate(&self.weight)),
            tape.parameter("recurrent", &[gates * n, n], &by_gate(&self.recurrent)),
        ]
    }
}

/// Fills the part of each gate on its own, so that fans are those of one gate.
#[derive(Debug)]
struct ByGate {
    gates: usize,
    each: Arc<dyn Initializer>,
}

impl Initializer for ByGate {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        let [rows, columns] = shape else { return self.each.fill(shape, random, values) };
        let part = [rows / self.gates, *columns];
        let len = (part[0] * part[1]).max(1);
        for (gate, values) in values.chunks_exact_mut(len).enumerate() {
            self.each.fill(&part, random.child(gate as u64), values)?;
        }
        Ok(())
    }
}

/// The input of a recurrent layer.
pub(super) struct Sequences<'t> {
    pub(super) x: Var<'t>,
    pub(super) batch: usize,
    pub(super) features: usize,
    /// How many steps of each are no padding, or none.
    pub(super) lengths: Var<'t>,
    /// What stands for an input that is not there.
    pub(super) none: Var<'t>,
}

impl<'t> Sequences<'t> {
    /// The only input of a layer, dropped out while training.
    pub(super) fn of(
        tape: &Recorder<'t>,
        layer: &'static str,
        x: &[Var<'t>],
        dropout: f64,
        bidirectional: Way,
    ) -> Result<Self> {
        let mut x = only(layer, x)?;
        let [batch, _, features] = x.extents()[..] else {
            return Err(Error::shape(
                format!("the input of `{layer}`"),
                "sequences [batch, t, k]",
                x.extents(),
            ));
        };
        require((0.0..1.0).contains(&dropout), layer, "dropout", dropout, "it must lie in [0, 1)")?;
        if bidirectional == Way::Both && tape.carries() {
            return Err(Error::shape(
                format!("`{layer}` with `bidirectional = true`"),
                "whole sequences",
                "sequences that go on from batch to batch: read backward, they would begin at their end",
            ));
        }
        if tape.mode() == Mode::Training && dropout != 0.0 {
            x = x.dropout(dropout);
        }
        let none = tape.tape().constant(&[0], &[]);
        Ok(Self { x, batch, features, lengths: lengths(tape, x).unwrap_or(none), none })
    }

    /// The state before the first step: that of the batch before where it is carried, else none.
    pub(super) fn state(&self, tape: &Recorder<'t>, n: usize) -> Var<'t> {
        if tape.carries() { tape.tape().state(&[self.batch, n]) } else { self.none }
    }

    /// Carries the last step of `y` to the next batch.
    pub(super) fn carry(&self, tape: &Recorder<'t>, state: Var<'t>, y: Var<'t>) {
        if tape.carries() {
            tape.tape().carry(state, tape.tape().apply(LastStep, [y, self.lengths]));
        }
    }
}

/// Whether sequences are read one way or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    One,
    Both,
}

impl Way {
    pub(super) fn of(bidirectional: bool) -> Self {
        if bidirectional { Self::Both } else { Self::One }
    }

    /// The output of one direction, or of both side by side; the parameters of the second are called `reverse.…`.
    pub(super) fn record<'t>(
        self,
        tape: &Recorder<'t>,
        pass: impl Fn(Direction) -> Var<'t>,
    ) -> Result<Var<'t>> {
        let forward = pass(Direction::Forward);
        if self == Self::One {
            return Ok(forward);
        }
        let reverse = tape.tape().scope("reverse", || pass(Direction::Reverse));
        Ok(concat(2, &[forward, reverse])?)
    }
}

/// The lengths of sequences `[batch, t, ..]` that have the steps of the network's input.
pub(crate) fn lengths<'t>(tape: &Recorder<'t>, x: Var<'t>) -> Option<Var<'t>> {
    tape.lengths().filter(|_| tape.has_steps(x))
}
