//! Neighbours that run as one: a backend may have a kernel for several operations at once, each of which takes what the one before gives
//! and nobody else does. They stay steps of their own, to be looked at one by one where something went wrong.

use std::ops::Range;

use super::schedule::{Adjoint, Instruction, Operands, Step, Values};
use crate::Extents;
use crate::backend::{MAX_INPUTS, Operation};
use crate::op::Saves;
use crate::tape::{Id, NodeKind, Record};

/// Instructions that run as one.
#[derive(Clone, Debug)]
pub(super) struct Joined {
    pub(super) instructions: Range<usize>,
    /// How many numbers their kernel keeps from forward to backward.
    pub(super) kept: usize,
}

/// The longest runs of instructions for which there is a kernel, by what `joint` says.
pub(super) fn join(
    instructions: &[Instruction],
    values: &Values,
    record: &Record,
    results: &[Id],
    joint: impl Fn(&[Operation<'_>]) -> Option<usize>,
) -> Vec<Joined> {
    let inputs: Vec<Vec<Extents>> =
        instructions.iter().map(|i| i.inputs.iter().map(|id| values.extents(*id)).collect()).collect();
    let operations: Vec<Operation<'_>> = instructions
        .iter()
        .zip(&inputs)
        .map(|(instruction, inputs)| Operation { op: &*instruction.op, inputs, output: instruction.extents })
        .collect();
    let mut uses = vec![0; values.count()];
    for id in instructions.iter().flat_map(|i| &i.inputs).chain(results) {
        uses[values.root(*id)] += 1;
    }
    // The others lie in the arena from before the first of the joint runs until after the last.
    let is_leaf = |id: &Id| {
        record.nodes.get(values.root(*id)).is_some_and(|node| !matches!(node.kind, NodeKind::Op(..)))
    };
    let goes_on = |range: &Range<usize>| {
        let Some(next) = instructions.get(range.end) else { return false };
        let given = instructions[range.end - 1].output;
        if next.inputs.first() != Some(&given) || uses[values.root(given)] != 1 {
            return false;
        }
        let all = &instructions[range.start..=range.end];
        let others = all.iter().flat_map(|i| i.inputs.iter().skip(1));
        let inputs: Vec<Id> =
            all[0].inputs.iter().take(1).chain(others.clone()).map(|id| values.root(*id)).collect();
        let is_once = |(number, id): (usize, &Id)| !inputs[..number].contains(id);
        inputs.len() <= MAX_INPUTS && inputs.iter().enumerate().all(is_once) && others.clone().all(is_leaf)
    };
    let mut joined = Vec::new();
    let mut start = 0;
    while start < instructions.len() {
        let (mut range, mut kept) = (start..start + 1, None);
        while goes_on(&range)
            && let Some(numbers) = joint(&operations[start..=range.end])
        {
            range.end += 1;
            kept = Some(numbers);
        }
        start = range.end;
        joined.extend(kept.map(|kept| Joined { instructions: range, kept }));
    }
    joined
}

/// What is there when steps that run as one run backward: of the inputs of the first those that it saves, and those of the others, which
/// are there all the time.
pub(super) fn saves(steps: &[Step]) -> Saves {
    let first = steps[0].at.x.len();
    let all = Operands::of_all(steps, 0..0).x.len();
    let seen: Vec<usize> = (0..all).filter(|i| first <= *i || steps[0].op.saves().input(*i)).collect();
    Saves::inputs(&seen)
}

impl Operands {
    /// Of steps that run as one: the inputs of the first, and those of the others but for what the one before gives.
    pub(super) fn of_all(steps: &[Step], kept: Range<usize>) -> Self {
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
