//! [`Feeds`]: plans of a network and its loss for the batches of a dataset, and the copying of examples into them.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use ann_autodiff::{Cpu, Layout, Plan, Tape};

use super::places::Places;
use super::subject::{Rows, Setup, Subject};
use crate::data::Batches;
use crate::precision::Precision;
use crate::recorder::{Declared, Mode};
use crate::{Error, Result};

/// Plans for all batches of a dataset.
#[derive(Debug)]
pub(super) struct Feeds<P: Precision> {
    full: Feed<P>,
    /// For the last batch, if it is smaller.
    last: Option<Feed<P>>,
}

impl<P: Precision> Feeds<P> {
    /// Compiles for these batches; also says what was recorded.
    ///
    /// For training, plans compute gradients of the loss; for evaluation, output 0 is the network's and output 1 the loss.
    pub(super) fn new(
        subject: &dyn Subject,
        layout: &Layout,
        data: &dyn Rows,
        batches: Batches,
        (mode, carries): (Mode, bool),
        backend: &Cpu,
    ) -> Result<(Self, Description)> {
        let feed = |rows| Feed::new(subject, layout, data, Setup { mode, rows, carries }, backend);
        let (full, description) = feed(batches.size())?;
        let last = if batches.last() == batches.size() { None } else { Some(feed(batches.last())?.0) };
        Ok((Self { full, last }, description))
    }

    /// The plan for full batches; what is kept from step to step is kept in it.
    pub(super) fn full(&self) -> &Feed<P> {
        &self.full
    }

    /// The same, to be changed.
    pub(super) fn full_mut(&mut self) -> &mut Feed<P> {
        &mut self.full
    }

    /// All plans.
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut Feed<P>> {
        std::iter::once(&mut self.full).chain(&mut self.last)
    }

    /// The plan for a batch of so many examples: a full one or the last.
    pub(super) fn of(&mut self, rows: usize) -> &mut Feed<P> {
        match &mut self.last {
            Some(last) if rows == last.rows => last,
            _ => &mut self.full,
        }
    }

    /// Before a step on so many examples: a smaller batch goes on with what is kept of the first rows of full ones. It has chains of
    /// the same machine: they would be stale if they rested while all others go on.
    pub(super) fn lend_states(&mut self, rows: usize) {
        let Some(last) = self.last.as_mut().filter(|last| rows == last.rows) else { return };
        for number in 0..last.plan.n_states() {
            let state = last.plan.state_mut(number);
            state.copy_from_slice(&self.full.plan.state(number)[..state.len()]);
        }
    }

    /// After it: they are kept where they were.
    pub(super) fn return_states(&mut self, rows: usize) {
        let Some(last) = self.last.as_ref().filter(|last| rows == last.rows) else { return };
        for number in 0..last.plan.n_states() {
            let state = last.plan.state(number);
            self.full.plan.state_mut(number)[..state.len()].copy_from_slice(state);
        }
    }
}

/// What a network and its loss consist of.
#[derive(Debug)]
pub(super) struct Description {
    /// The parameters and what they are to be held to.
    pub(super) declared: Vec<Declared>,
    /// The operations, each with its layer.
    pub(super) operations: Vec<(String, String)>,
}

/// A plan of a network and its loss for batches of one size. Its inputs are those of [`Recorded`](super::subject::Recorded).
#[derive(Debug)]
pub(super) struct Feed<P: Precision> {
    pub(super) plan: Plan<P>,
    /// How the update goes over the parameters that the plan does not hand over.
    pub(super) spans: Vec<Range<usize>>,
    rows: usize,
    /// The numbers of the inputs that are lengths and weights.
    lengths: Option<usize>,
    weights: Option<usize>,
    /// Numbers of an output's last axis.
    pub(super) width_of_output: usize,
    /// What the last batch counts: the sum of its examples' weights, times their steps if the loss is a mean over steps.
    pub(super) mass: f64,
    places: Places,
    /// Steps of each example of the batch that count.
    used: Vec<usize>,
    /// What reads and updates.
    pub(super) cpu: Cpu,
}

/// Numbers of inputs that one task reads.
const PIECE: usize = 1 << 13;

impl<P: Precision> Feed<P> {
    fn new(
        subject: &dyn Subject,
        layout: &Layout,
        data: &dyn Rows,
        setup: Setup,
        backend: &Cpu,
    ) -> Result<(Self, Description)> {
        let dims = data.input_dims();
        subject.check_input(&dims)?;
        let tape = Tape::new();
        let recorded = subject.record(&tape, setup, data)?;
        check_layout(subject.name(), layout, &tape.layout())?;
        let target_dims = data.target_dims();
        let output = recorded.output.extents();
        // A class is one of as many as there are outputs, whether its type says so or not.
        let classes = data.are_classes().then(|| data.classes().unwrap_or(output.last()));
        let plan = match setup.mode {
            Mode::Training => Plan::compile_for(backend, &tape, Some(recorded.loss), &[])?,
            Mode::Prediction => Plan::compile_for(backend, &tape, None, &[recorded.output, recorded.loss])?,
        };
        let (has_lengths, has_weights) = (data.length(0).is_some(), data.weight(0).is_some());
        let steps = dims.first().copied().unwrap_or(1);
        let feed = Self {
            cpu: plan.sweeps_on(backend),
            plan,
            spans: Vec::new(),
            rows: setup.rows,
            lengths: has_lengths.then_some(2),
            weights: has_weights.then_some(2 + usize::from(has_lengths)),
            width_of_output: output.last(),
            mass: 0.0,
            places: Places {
                width: dims.iter().product(),
                target_width: target_dims.iter().product(),
                steps,
                target_has_steps: recorded.has_steps && target_dims.first() == Some(&steps),
                is_padded: has_lengths,
                classes,
                indices: recorded.indices,
            },
            used: vec![steps; setup.rows],
        };
        Ok((feed, Description { declared: recorded.declared, operations: tape.operations() }))
    }

    /// The targets of the batch that was filled in.
    pub(super) fn targets(&mut self) -> &[P] {
        self.plan.input_mut(1)
    }

    /// Puts lengths and weights of these examples into the plan, where there are such, and counts what the batch does.
    fn count(&mut self, data: &dyn Rows, numbers: &[usize]) {
        if self.lengths.is_none() && self.weights.is_none() {
            self.mass = numbers.len() as f64;
            return;
        }
        self.mass = 0.0;
        let Places { steps, target_has_steps, .. } = self.places;
        for (row, number) in numbers.iter().enumerate() {
            let length = data.length(*number).unwrap_or(steps);
            let weight = data.weight(*number).unwrap_or(1.0);
            self.used[row] = length;
            self.mass +=
                if self.lengths.is_some() && target_has_steps { weight * length as f64 } else { weight };
            if let Some(lengths) = self.lengths {
                self.plan.input_mut(lengths)[row] = P::from_usize(length);
            }
            if let Some(weights) = self.weights {
                self.plan.input_mut(weights)[row] = P::from_f64(weight);
            }
        }
    }

    /// Copies the examples of these numbers into the plan, as many as it has rows; refuses numbers that are not finite and
    /// labels out of range. A layer may hide a NaN, as a rectifier does, so the loss would not tell. Padding becomes zeros,
    /// whatever it holds.
    ///
    /// All threads read, each some of the examples; of several that fail it is the first that is told.
    pub(super) fn fill(&mut self, data: &dyn Rows, numbers: &[usize]) -> Result<()> {
        self.count(data, numbers);
        let Self { plan, cpu, places, used, .. } = self;
        let Places { width, target_width, .. } = *places;
        let together = (PIECE / width.max(1)).clamp(1, numbers.len().max(1));
        let [inputs, targets] = plan.inputs_mut([0, 1]);
        let failed = Mutex::new(None);
        let lens = [together * width, together * target_width];
        cpu.deal(
            numbers.len().div_ceil(together),
            [(inputs, lens[0]), (targets, lens[1])],
            |piece, [inputs, targets]| {
                let rows = piece * together..numbers.len().min((piece + 1) * together);
                let result = places.fill(cpu, data, &numbers[rows.clone()], &used[rows], inputs, targets);
                if let Err(error) = result {
                    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    if failed.as_ref().is_none_or(|(first, _)| piece < *first) {
                        *failed = Some((piece, error));
                    }
                }
            },
        );
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(()), |(_, error)| Err(error))
    }

    /// Of output 0 and the targets, what is no padding, for metrics; the numbers of a row of outputs: one for each example, or
    /// for each of its steps if targets have them.
    pub(super) fn counted(&mut self, outputs: &mut Vec<f64>, targets: &mut Vec<f64>) -> usize {
        outputs.clear();
        targets.clear();
        let width = self.plan.output(0).len() / self.rows.max(1);
        let Places { target_width, steps, target_has_steps, .. } = self.places;
        if !target_has_steps {
            outputs.extend(self.plan.output(0).iter().map(|y| y.to_f64()));
            targets.extend(self.targets().iter().map(|t| t.to_f64()));
            return width;
        }
        let target_step = target_width / steps.max(1);
        for row in 0..self.rows {
            let used = self.used[row];
            let output = &self.plan.output(0)[row * width..][..used * self.width_of_output];
            outputs.extend(output.iter().map(|y| y.to_f64()));
            let at = row * target_width;
            let target = &self.plan.input_mut(1)[at..at + used * target_step];
            targets.extend(target.iter().map(|t| t.to_f64()));
        }
        self.width_of_output
    }

    /// The layer whose output first went wrong in a batch whose loss is not finite, if it still does.
    pub(super) fn diagnose(&mut self, parameters: &[P]) -> Result<Option<String>> {
        let name = |scope: String| if scope.is_empty() { "the loss".to_owned() } else { scope };
        Ok(self.plan.first_fault(parameters)?.map(|fault| name(fault.scope)))
    }
}

/// Refuses a tape that asks for other parameters than the network was built with, as a layer of the user's own may.
pub(crate) fn check_layout(network: &str, built: &Layout, recorded: &Layout) -> Result<()> {
    if built == recorded {
        return Ok(());
    }
    let list = |layout: &Layout| {
        let names: Vec<String> =
            layout.segments().iter().map(|s| format!("{} {}", s.name, s.extents)).collect();
        names.join(", ")
    };
    Err(Error::shape(
        format!(
            "the parameters that the layers of {network} ask for; they have to be the same at each recording"
        ),
        list(built),
        list(recorded),
    ))
}
