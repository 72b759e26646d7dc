//! What can go wrong on a tape or in a plan.

use crate::shape::written;
use crate::{Dtype, Extents};

/// An error of recording, compiling or running.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An operation was given tensors whose sizes do not fit it.
    #[error("{}: `{op}` does not take {}: {reason}", place(scope), list(inputs))]
    Shape {
        /// The layer in whose record it happened; empty outside any.
        scope: String,
        /// The operation.
        op: &'static str,
        /// The sizes of its inputs.
        inputs: Vec<Extents>,
        /// What would fit.
        reason: String,
    },
    /// A value has not the shape that its type promises.
    #[error(
        "{}: the value is {found} with its batch, but its type says {} an example",
        place(scope),
        written(expected)
    )]
    Type {
        /// The layer in whose record it happened.
        scope: String,
        /// The sizes without the batch that the type gives, [`STEPS`](crate::STEPS) where open.
        expected: Vec<usize>,
        /// The sizes found.
        found: Extents,
    },
    /// Sizes beyond what a tensor may have.
    #[error("{dims:?} is too large: a tensor has at most 6 axes and fits in memory")]
    TooLarge {
        /// The sizes.
        dims: Vec<usize>,
    },
    /// Values of two tapes met in one operation.
    #[error("`{op}` was given values of two different tapes")]
    Tapes {
        /// The operation.
        op: &'static str,
    },
    /// Two parameters of one name.
    #[error("two parameters are called `{name}`")]
    DuplicateParameter {
        /// The name with its path.
        name: String,
    },
    /// A parameter that was asked for by name is not (yet) on the tape.
    #[error("no parameter before this point is called `{name}`; there are: {}", known.join(", "))]
    UnknownParameter {
        /// The name as it was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Gradients start from one number; this is not one.
    #[error("gradients are taken of a single number, not of {found}; use `.sum()` or `.mean()` first")]
    NotScalar {
        /// The sizes found.
        found: Extents,
    },
    /// A plan was run with vectors that are not those of its tape.
    #[error("{what}: expected {expected} numbers, found {found}")]
    Length {
        /// What was passed.
        what: &'static str,
        /// How many the plan needs.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// A plan needs more memory than there is.
    #[error("a plan of {numbers} numbers does not fit in memory")]
    Memory {
        /// How many numbers.
        numbers: usize,
    },
    /// A backend has no plans of these numbers.
    #[error("the backend `{backend}` has no plans of {dtype:?}: {reason}")]
    Backend {
        /// The backend's name.
        backend: &'static str,
        /// The numbers.
        dtype: Dtype,
        /// What is in the way.
        reason: &'static str,
    },
    /// A plan that holds no parameters was to run with them.
    #[error("the plan holds no parameters; let it `hold` some, or run `forward` with them")]
    NotHeld,
    /// Gradients were asked for twice after one run, or before the first.
    #[error("backward runs once after each forward; run forward again")]
    NoForward,
    /// A gradient that disagrees with finite differences.
    #[error(
        "the gradient of {what} by {by}, at {at}, is {gradient:e}, finite differences give {difference:e} \
         (relative error {error:.2e}, allowed {allowed:.0e})"
    )]
    Gradient {
        /// What was differentiated.
        what: String,
        /// By which number: `` element 3 of `fc1.weight` ``.
        by: String,
        /// The value of that number.
        at: f64,
        /// What backward gave.
        gradient: f64,
        /// What differences gave.
        difference: f64,
        /// Their distance over the largest difference of the input.
        error: f64,
        /// The largest allowed.
        allowed: f64,
    },
}

fn place(scope: &str) -> String {
    if scope.is_empty() { "tape".into() } else { format!("layer `{scope}`") }
}

fn list(inputs: &[Extents]) -> String {
    inputs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}
