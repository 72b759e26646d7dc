//! [`Operands`]: where what a step takes and gives lies, and the same of steps that run as one.

use std::ops::Range;
use std::sync::Arc;

use crate::Extents;
use crate::op::{AnyOp, Saves};

/// Where a value lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Arena(Range<usize>),
    Parameter(Range<usize>),
}

/// Where a gradient goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sink {
    pub(super) place: Place,
    /// Whether it is the first to write there.
    pub(super) fresh: bool,
}

/// One operation with places.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) op: Arc<dyn AnyOp>,
    pub(super) scope: String,
    pub(super) at: Operands,
}

/// Steps that run as one.
#[derive(Clone, Debug)]
pub(super) struct Joint {
    pub(super) steps: Range<usize>,
    pub(super) at: Operands,
    /// What is seen backward.
    pub(super) saves: Saves,
}

/// Where the operands of something that runs lie.
#[derive(Clone, Debug)]
pub(super) struct Operands {
    pub(super) x: Vec<(Place, Extents)>,
    pub(super) y: Range<usize>,
    pub(super) extents: Extents,
    pub(super) kept: Range<usize>,
    pub(super) backward: Option<Adjoint>,
}

/// What runs backward takes and gives.
#[derive(Clone, Debug)]
pub(super) struct Adjoint {
    pub(super) dy: Range<usize>,
    /// One an input; none where nobody wants the gradient.
    pub(super) dx: Vec<Option<Sink>>,
}

impl Joint {
    /// Of the steps of these numbers, all of which are given.
    pub(super) fn of(all: &[Step], steps: Range<usize>, kept: Range<usize>) -> Self {
        let joined = &all[steps.clone()];
        Self { at: Operands::of_all(joined, kept), saves: saves(joined), steps }
    }
}

/// What is there when steps that run as one run backward: of the inputs of the first those that it saves, and those of the others, which
/// are there all the time.
fn saves(steps: &[Step]) -> Saves {
    let first = steps[0].at.x.len();
    let all = Operands::of_all(steps, 0..0).x.len();
    let seen: Vec<usize> = (0..all).filter(|i| first <= *i || steps[0].op.saves().input(*i)).collect();
    Saves::inputs(&seen)
}

impl Operands {
    /// Of steps that run as one: the inputs of the first, and those of the others but for what the one before gives.
    fn of_all(steps: &[Step], kept: Range<usize>) -> Self {
        let (first, last) = (&steps[0].at, &steps[steps.len() - 1].at);
        let others = || steps[1..].iter().map(|step| &step.at);
        let x = first.x.iter().chain(others().flat_map(|at| &at.x[1..])).cloned().collect();
        let backward = last.backward.as_ref().map(|adjoint| {
            let mut dx = Vec::new();
            for (number, Step { at, .. }) in steps.iter().enumerate() {
                let skipped = usize::from(number != 0);
                match &at.backward {
                    Some(adjoint) => dx.extend_from_slice(&adjoint.dx[skipped..]),
                    None => dx.extend(at.x[skipped..].iter().map(|_| None)),
                }
            }
            Adjoint { dy: adjoint.dy.clone(), dx }
        });
        Self { x, y: last.y.clone(), extents: last.extents, kept, backward }
    }
}
