//! Neighbours that run as one: a backend may have a kernel for several operations at once, each of which takes what the one before gives
//! and nobody else does. They stay steps of their own, to be looked at one by one where something went wrong.

use std::ops::Range;

use super::schedule::{Instruction, Values};
use crate::Extents;
use crate::backend::{MAX_INPUTS, Operation};
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
