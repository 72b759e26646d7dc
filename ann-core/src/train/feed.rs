//! [`Feeds`]: plans of a network and its loss for the batches of a dataset, and the copying of examples into them.

use ann_autodiff::{Cpu, Layout, Plan, Tape};

use super::subject::{Rows, Subject};
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
        mode: Mode,
        backend: &Cpu,
    ) -> Result<(Self, Description)> {
        let feed = |rows| Feed::new(subject, layout, data, rows, mode, backend);
        let (full, description) = feed(batches.size())?;
        let last = if batches.last() == batches.size() { None } else { Some(feed(batches.last())?.0) };
        Ok((Self { full, last }, description))
    }

    /// The plan for a batch of so many examples: a full one or the last.
    pub(super) fn of(&mut self, rows: usize) -> &mut Feed<P> {
        match &mut self.last {
            Some(last) if rows == last.rows => last,
            _ => &mut self.full,
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

/// A plan of a network and its loss for batches of one size. Input 0 is the data, input 1 the targets.
#[derive(Debug)]
pub(super) struct Feed<P: Precision> {
    pub(super) plan: Plan<P>,
    rows: usize,
    /// Elements of an input and of a target.
    width: usize,
    target_width: usize,
    /// How many classes a target is one of, if it is.
    classes: Option<usize>,
}

impl<P: Precision> Feed<P> {
    fn new(
        subject: &dyn Subject,
        layout: &Layout,
        data: &dyn Rows,
        rows: usize,
        mode: Mode,
        backend: &Cpu,
    ) -> Result<(Self, Description)> {
        let dims = data.input_dims();
        subject.check_input(&dims)?;
        let tape = Tape::new();
        let recorded = subject.record(&tape, mode, rows, data)?;
        check_layout(subject.name(), layout, &tape.layout())?;
        let target_dims = data.target_dims();
        let output = recorded.output.extents();
        let outputs = output.get(1..).unwrap_or_default();
        // A class is one of as many as there are outputs, whether its type says so or not.
        let classes = if target_dims.is_empty() { data.classes().or(outputs.first().copied()) } else { None };
        let plan = match mode {
            Mode::Training => Plan::compile_for(backend, &tape, Some(recorded.loss), &[])?,
            Mode::Prediction => Plan::compile_for(backend, &tape, None, &[recorded.output, recorded.loss])?,
        };
        let feed = Self {
            plan,
            rows,
            width: dims.iter().product(),
            target_width: target_dims.iter().product(),
            classes,
        };
        Ok((feed, Description { declared: recorded.declared, operations: tape.operations() }))
    }

    /// The targets of the batch that was filled in.
    pub(super) fn targets(&mut self) -> &[P] {
        self.plan.input_mut(1)
    }

    /// Copies the examples of these numbers into the plan, as many as it has rows; refuses numbers that are not finite and
    /// labels out of range. A layer may hide a NaN, as a rectifier does, so the loss would not tell.
    pub(super) fn fill(&mut self, data: &dyn Rows, numbers: &[usize]) -> Result<()> {
        let (width, target_width) = (self.width, self.target_width);
        let [input, target] = self.plan.inputs_mut([0, 1]);
        for (row, number) in numbers.iter().enumerate() {
            let input = &mut input[row * width..(row + 1) * width];
            let target = &mut target[row * target_width..(row + 1) * target_width];
            P::read(data, *number, input, target)?;
            check_finite("the input of example", *number, input)?;
            check_finite("the target of example", *number, target)?;
            if let (Some(classes), [label]) = (self.classes, &*target) {
                check_label(*number, label.to_f64(), classes)?;
            }
        }
        Ok(())
    }

    /// The layer whose output first went wrong in a batch whose loss is not finite, if it still does.
    pub(super) fn diagnose(&mut self, parameters: &[P]) -> Result<Option<String>> {
        let name = |scope: String| if scope.is_empty() { "the loss".to_owned() } else { scope };
        Ok(self.plan.first_fault(parameters)?.map(|fault| name(fault.scope)))
    }
}

fn check_finite<P: Precision>(what: &'static str, example: usize, values: &[P]) -> Result<()> {
    let Some(column) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    Err(Error::NotFinite { what, example, column, value: values[column].to_f64() })
}

fn check_label(number: usize, label: f64, classes: usize) -> Result<()> {
    if 0.0 <= label && label < classes as f64 && label.fract() == 0.0 {
        return Ok(());
    }
    Err(Error::Label { place: format!("example {number}"), found: label.to_string(), classes })
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
