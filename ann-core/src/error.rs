//! [`Error`]: everything that can go wrong outside a tape, written for the person who will read it.
//!
//! A message says who or where (file, line, column, tensor, layer), what was found, what was expected, and the next
//! step where there is one.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::Difference;

/// What a fallible function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of data, settings, files or training.
///
/// ```
/// use ann_core::Error;
/// let error = Error::BatchTooLarge { batch: 64, examples: 10 };
/// assert_eq!(error.to_string(), "a batch of 64 is larger than the data, 10 examples; use a batch of at most 10");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was being done, in the infinitive: `read`, `write`, `replace`.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is not the IDX file it should be.
    #[error("{}, byte {offset}: {what}: expected {expected}, found {found}", path.display())]
    Idx {
        /// The file.
        path: PathBuf,
        /// Where in it, counted from 0 in the unpacked bytes.
        offset: u64,
        /// Which part of the file.
        what: &'static str,
        /// What should have been there.
        expected: String,
        /// What was there.
        found: String,
    },
    /// A table that cannot be read.
    #[error("{}, line {line}{}: expected {expected}, found {found}", path.display(), column_of(column))]
    Csv {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1, the header among them.
        line: u64,
        /// The column's name; empty where the whole line is at fault.
        column: String,
        /// What should have been there.
        expected: String,
        /// What was there.
        found: String,
    },
    /// A column that a table has not.
    #[error("{} has no column `{column}`; it has {}{}", path.display(), known.join(", "), did_you_mean(near.as_deref()))]
    Column {
        /// The file.
        path: PathBuf,
        /// The name that was asked for.
        column: String,
        /// The names there are.
        known: Vec<String>,
        /// A name that is nearly the same.
        near: Option<String>,
    },
    /// A label beyond the classes.
    #[error("{place}: label {found} is not one of the {classes} classes (0 to {})", classes.saturating_sub(1))]
    Label {
        /// The file and line, or the number of the example.
        place: String,
        /// The label.
        found: String,
        /// How many classes there are.
        classes: usize,
    },
    /// A number that is infinite or NaN among data.
    #[error("{what} {example}, column {column} is {value}; data must be finite numbers")]
    NotFinite {
        /// `the input of example` or `the target of example`; `example` where it may be either.
        what: &'static str,
        /// The number of the example.
        example: usize,
        /// The place within the example, counted through all its axes.
        column: usize,
        /// The number found.
        value: f64,
    },
    /// A number that units of 0 and 1 cannot take.
    #[error(
        "the input of example {example}, column {column} is {value}; the visible units of `{machine}` are 0 or 1 and take numbers \
         from 0 to 1: scale the data, or write `visible = Gaussian`"
    )]
    OutsideUnits {
        /// The machine's label.
        machine: String,
        /// The number of the example.
        example: usize,
        /// The place within the example, counted through all its axes.
        column: usize,
        /// The number found.
        value: f64,
    },
    /// Data without a single example.
    #[error("{what} holds no examples; at least one is needed")]
    Empty {
        /// What was empty.
        what: String,
    },
    /// A batch that the data cannot fill once.
    #[error(
        "a batch of {batch} is larger than the data, {examples} examples; use a batch of at most {examples}"
    )]
    BatchTooLarge {
        /// Examples a batch.
        batch: usize,
        /// Examples there are.
        examples: usize,
    },
    /// Sizes or counts that do not agree.
    #[error("{what}: expected {expected}, found {found}")]
    Shape {
        /// What was being put together.
        what: String,
        /// The sizes or count that would fit.
        expected: String,
        /// Those found.
        found: String,
    },
    /// A checkpoint of another network or another run. All differences are listed.
    #[error("{}", lines(differences, path))]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// Each difference.
        differences: Vec<Difference>,
    },
    /// Weights from which a run is to go on, without its state.
    #[error(
        "{} is there, but the state of its run, {}, is not: the run cannot go on; \
         to begin anew, load the weights or move them away",
        weights.display(),
        state.display()
    )]
    NoState {
        /// The file of the weights.
        weights: PathBuf,
        /// The file that is missing.
        state: PathBuf,
    },
    /// A file that is damaged or of another format.
    #[error("{} is no {format} file, or a damaged one: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What it should have been.
        format: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Training ran off: a loss that is NaN or infinite.
    #[error(
        "training diverged at step {step} (epoch {epoch}): the loss is {loss}{}; \
         the last good state is kept; a smaller learning rate or gradient clipping may help",
        first_in(layer.as_deref())
    )]
    Diverged {
        /// The step, counted from 1.
        step: u64,
        /// The epoch, counted from 1.
        epoch: u64,
        /// The loss found.
        loss: f64,
        /// The layer whose output first was not finite.
        layer: Option<String>,
    },
    /// Training ran off: a parameter that is NaN or infinite, though the loss did not show it.
    #[error(
        "training diverged at step {step} (epoch {epoch}): {name} is no longer finite; the last good state is kept"
    )]
    Weights {
        /// The step, counted from 1.
        step: u64,
        /// The epoch, counted from 1.
        epoch: u64,
        /// The parameter: `conv1.weight`.
        name: String,
    },
    /// A minimization that cannot begin where it was told to.
    #[error(
        "L-BFGS cannot start: the {what} at the first parameters is {value}; smaller first weights may help"
    )]
    Start {
        /// `loss` or `gradient`.
        what: &'static str,
        /// The loss, or the gradient's largest element.
        value: f64,
    },
    /// A loss that is NaN or infinite while evaluating.
    #[error("evaluating {network}: the loss of examples {first} to {last} is {loss}{}", first_in(layer.as_deref()))]
    Evaluation {
        /// The network.
        network: String,
        /// The first example of the batch.
        first: usize,
        /// The last one.
        last: usize,
        /// The loss found.
        loss: f64,
        /// The layer whose output first was not finite.
        layer: Option<String>,
    },
    /// A network described at run time that cannot be. All mistakes are listed.
    #[error("{}", messages.iter().map(|(at, message)| described(at, message)).collect::<Vec<_>>().join("\n"))]
    Description {
        /// Where each mistake is (`layers[2].kernel`), and what it is.
        messages: Vec<(String, String)>,
    },
    /// A mistake on a tape: sizes that do not fit, a parameter of that name twice.
    #[error(transparent)]
    Tape(#[from] ann_autodiff::Error),
    /// A layer was given another number of inputs than it takes.
    #[error("`{layer}` takes {expected} inputs, it was given {found}")]
    Inputs {
        /// The layer.
        layer: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// A layer that mixes the steps of a sequence, some of which are padding.
    #[error(
        "`{layer}` mixes the steps of a sequence and would read those that are padding; recurrent layers and `Last` do not"
    )]
    Padding {
        /// The layer.
        layer: &'static str,
    },
    /// A running statistic that every step of a sequence would move.
    #[error("`{name}` is a running statistic; within `Scan` every step would move it: use `LayerNorm`")]
    Statistic {
        /// Its name: `scan1.norm.running_mean`.
        name: String,
    },
    /// A loss that counts all rows the same on data that say otherwise.
    #[error(
        "the loss {loss} does not ask what its rows count (`Recorder::loss_weights`), but the data have {what}"
    )]
    Unweighted {
        /// The loss with its settings.
        loss: String,
        /// `lengths` or `weights`.
        what: &'static str,
    },
    /// A network within another one was replaced by one that was built on its own, or a layer of the user's own holds such a one.
    #[error(
        "`{label}` has weights of its own, which `{network}` does not see: copy them into it with `copy_from`; \
         a layer of your own holds a network without weights, its `default()`"
    )]
    Replaced {
        /// The network around it.
        network: String,
        /// Its label.
        label: String,
    },
    /// No parameter of that name, or not of that many values.
    #[error("{network} has no parameter `{name}`; it has {}{}", known.join(", "), did_you_mean(near.as_deref()))]
    Parameter {
        /// The network.
        network: String,
        /// The name asked for.
        name: String,
        /// A name that is nearly the same.
        near: Option<String>,
        /// The names there are.
        known: Vec<String>,
    },
    /// A setting outside its range.
    #[error("{owner}: {name} = {value} is refused: {expected}")]
    Setting {
        /// Whose setting.
        owner: &'static str,
        /// Its name.
        name: &'static str,
        /// The value found.
        value: String,
        /// What it must be.
        expected: &'static str,
    },
    /// How a parameter is initialized or regularized.
    #[error("{name}: {source}")]
    Of {
        /// The parameter: `conv1.weight`.
        name: String,
        /// What is wrong.
        source: Box<Error>,
    },
}

impl Error {
    /// For `map_err`: the same error with the parameter it is about.
    pub(crate) fn of_parameter(name: &str) -> impl Fn(Self) -> Self {
        move |source| Self::Of { name: name.to_owned(), source: Box::new(source) }
    }

    /// For `map_err`: the same error of the system with what was being done to which file.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { action, path, source }
    }

    /// Sizes that do not agree.
    pub(crate) fn shape(
        what: impl Into<String>,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Self {
        Self::Shape { what: what.into(), expected: expected.to_string(), found: found.to_string() }
    }
}

fn described(at: &str, message: &str) -> String {
    if at.is_empty() { message.to_owned() } else { format!("{at}: {message}") }
}

/// The file's name without its folder, as messages call it.
fn short(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn lines(differences: &[Difference], path: &Path) -> String {
    let file = short(path);
    differences.iter().map(|difference| difference.sentence(&file)).collect::<Vec<_>>().join("\n")
}

fn column_of(column: &str) -> String {
    if column.is_empty() { String::new() } else { format!(", column `{column}`") }
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

fn first_in(layer: Option<&str>) -> String {
    layer.map_or_else(String::new, |layer| format!(", first in the output of layer `{layer}`"))
}

/// Refuses a setting unless `fine`; NaN is refused by writing the condition so that it fails for NaN.
pub(crate) fn require(
    fine: bool,
    owner: &'static str,
    name: &'static str,
    value: impl fmt::Display,
    expected: &'static str,
) -> Result<()> {
    if fine { Ok(()) } else { Err(Error::Setting { owner, name, value: value.to_string(), expected }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_error_names_the_file_and_both_shapes() {
        let error = Error::Checkpoint {
            path: "models/lenet.safetensors".into(),
            differences: vec![
                Difference::Shape {
                    name: "conv1.weight".into(),
                    file: vec![20, 3, 5, 5],
                    network: vec![20, 1, 5, 5],
                },
                Difference::Missing { name: "fc1.bias".into(), near: Some("fc_1.bias".into()) },
            ],
        };
        assert_eq!(
            error.to_string(),
            "conv1.weight in lenet.safetensors is [20, 3, 5, 5]; this network's is [20, 1, 5, 5]\n\
             fc1.bias is missing from lenet.safetensors; is it the file's fc_1.bias under another name?"
        );
    }

    #[test]
    fn divergence_names_step_epoch_and_layer() {
        let error = Error::Diverged { step: 12, epoch: 1, loss: f64::NAN, layer: Some("fc1".into()) };
        let text = error.to_string();
        assert!(
            text.contains("step 12 (epoch 1)") && text.contains("NaN") && text.contains("`fc1`"),
            "{text}"
        );
    }
}
