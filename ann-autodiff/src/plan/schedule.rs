//! From a tape to steps with places: what runs, in which order, where every value lies, and what backward needs.
//!
//! Time is counted in steps: inputs are there at 0, operation `i` of `n` runs forward at `1 + i` and backward at
//! `2 n + 1 - i`. A value lives from its making to its last use, forward or backward; so does its gradient.

use std::ops::Range;
use std::sync::Arc;

use super::arena::{Interval, place};
use super::exchange::exchange;
use super::fuse::fuse;
use super::join::{Joined, join};
use super::operands::{Adjoint, Joint, Operands, Place, Sink, Step};
use crate::backend::Operation;
use crate::op::{AnyOp, Erased, Role};
use crate::ops::{Copy, Reshape};
use crate::tape::{Id, NodeKind, Record};
use crate::{Error, Extents};

/// An operation and the values it joins.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    pub(super) op: Arc<dyn AnyOp>,
    pub(super) inputs: Vec<Id>,
    pub(super) output: Id,
    /// Sizes of the output.
    pub(super) extents: Extents,
    /// Layer it belongs to.
    pub(super) scope: usize,
}

/// All that a plan does.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    pub(super) steps: Vec<Step>,
    pub(super) joints: Vec<Joint>,
    pub(super) arena: usize,
    pub(super) inputs: Vec<Range<usize>>,
    /// The gradients of the inputs that want one.
    pub(super) input_gradients: Vec<Option<Range<usize>>>,
    pub(super) outputs: Vec<(Range<usize>, Extents)>,
    /// Values kept from run to run, and what becomes of each, if anything does.
    pub(super) states: Vec<(Range<usize>, Option<Range<usize>>)>,
    pub(super) loss: Option<Range<usize>>,
    /// Where the gradient of the loss by itself, 1, is put.
    pub(super) seed: Option<Place>,
    pub(super) constants: Vec<(Range<usize>, Arc<[f64]>)>,
    pub(super) parameters: usize,
    /// Ranges of the gradient vector that nothing writes; they are zeroed.
    pub(super) untouched: Vec<Range<usize>>,
}

impl Schedule {
    /// Whether a step runs as one with others.
    pub(super) fn is_joined(&self, step: usize) -> bool {
        self.joints.iter().any(|joint| joint.steps.contains(&step))
    }

    /// `joint` says how many numbers the backend's kernel for several operations at once keeps, if it has one.
    pub(super) fn new(
        record: &Record,
        loss: Option<Id>,
        outputs: &[Id],
        joint: impl Fn(&[Operation<'_>]) -> Option<usize>,
    ) -> Result<Self, Error> {
        let mut values = Values::new(record);
        let mut results = Vec::new();
        // What states become is kept to the end, as outputs are.
        let kept: Vec<Id> =
            outputs.iter().copied().chain(record.states.iter().filter_map(|(_, next)| *next)).collect();
        let mut instructions = values.instructions(record, loss, &kept, &mut results)?;
        // Few enough that offsets of values, gradients and what is kept for backward can be counted.
        let numbers = values.extents.iter().fold(0_usize, |sum, extents| sum.saturating_add(extents.count()));
        if isize::MAX as usize / 8 < numbers {
            return Err(Error::Memory { numbers });
        }
        let (loss, kept) =
            if loss.is_some() { (results.first().copied(), &results[1..]) } else { (None, &results[..]) };
        keep_live(&mut instructions, &values, &results);
        let joints = join(&instructions, &values, record, &results, joint);
        Ok(values.lay_out(record, &instructions, &joints, loss, kept.split_at(outputs.len())))
    }
}

/// What is known of each value, by its number; numbers past the tape's are copies, and values of operations that take the place of
/// others.
pub(super) struct Values {
    extents: Vec<Extents>,
    /// The value in whose place it lies: itself, but for reshaped ones.
    root: Vec<Id>,
}

impl Values {
    fn new(record: &Record) -> Self {
        Self {
            extents: record.nodes.iter().map(|node| node.extents).collect(),
            root: (0..record.nodes.len()).collect(),
        }
    }

    /// The sizes of a value.
    pub(super) fn extents(&self, of: Id) -> Extents {
        self.extents[of]
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.root.len()
    }

    /// The value in whose place it lies.
    pub(super) fn root(&self, of: Id) -> Id {
        self.root[of]
    }

    /// A value more.
    pub(super) fn add(&mut self, extents: Extents) -> Id {
        self.extents.push(extents);
        self.root.push(self.root.len());
        self.root.len() - 1
    }

    /// The operations of the tape in order: reshapes dissolved, values used twice by one operation copied, results that
    /// are parameters copied to the arena, neighbours fused and exchanged.
    fn instructions(
        &mut self,
        record: &Record,
        loss: Option<Id>,
        outputs: &[Id],
        results: &mut Vec<Id>,
    ) -> Result<Vec<Instruction>, Error> {
        let copy = |of: Id, to: Id, extents, scope| Instruction {
            op: Arc::new(Erased::<_, 1>(Copy)),
            inputs: vec![of],
            output: to,
            extents,
            scope,
        };
        let mut instructions = Vec::new();
        for (id, node) in record.nodes.iter().enumerate() {
            let NodeKind::Op(op, inputs) = &node.kind else { continue };
            if op.downcast_ref::<Reshape>().is_some() {
                self.root[id] = self.root[inputs[0]];
                continue;
            }
            let mut inputs = inputs.clone();
            for i in 1..inputs.len() {
                if inputs[..i].iter().any(|other| self.root[*other] == self.root[inputs[i]]) {
                    let to = self.add(self.extents[inputs[i]]);
                    instructions.push(copy(inputs[i], to, self.extents[to], node.scope));
                    inputs[i] = to;
                }
            }
            instructions.push(Instruction {
                op: Arc::clone(op),
                inputs,
                output: id,
                extents: node.extents,
                scope: node.scope,
            });
        }
        for &id in loss.iter().chain(outputs) {
            // States are overwritten before all results are read.
            let root = self.root[id];
            let is_state = record.states.iter().any(|(state, _)| *state == root);
            let id = if is_state || matches!(record.nodes[root].kind, NodeKind::Parameter) {
                let to = self.add(self.extents[id]);
                instructions.push(copy(id, to, self.extents[to], record.nodes[id].scope));
                to
            } else {
                id
            };
            results.push(id);
        }
        if loss.is_some() && self.extents[results[0]].count() != 1 {
            return Err(Error::NotScalar { found: self.extents[results[0]] });
        }
        let mut uses = vec![0; self.root.len()];
        for input in instructions.iter().flat_map(|i| &i.inputs).chain(&*results) {
            uses[self.root[*input]] += 1;
        }
        Ok(exchange(fuse(instructions, &uses), &uses, self))
    }

    fn lay_out(
        &self,
        record: &Record,
        instructions: &[Instruction],
        joined: &[Joined],
        loss: Option<Id>,
        (outputs, next_states): (&[Id], &[Id]),
    ) -> Schedule {
        let n = instructions.len();
        let (seed_time, end) = (n + 1, 2 * n + 2);
        // What runs as one runs at one time.
        let mut times: Vec<usize> = (0..n).collect();
        for joined in joined {
            times[joined.instructions.clone()].fill(joined.instructions.start);
        }
        let forward_time = |i: usize| 1 + times[i];
        let backward_time = |i: usize| 2 * n + 1 - times[i];
        let wanted = self.wanted(record, instructions);

        // Which operations run backward, and who writes each gradient first.
        let mut first_write: Vec<Option<usize>> = vec![None; self.root.len()];
        if let Some(loss) = loss.map(|loss| self.root[loss]).filter(|loss| wanted[*loss]) {
            first_write[loss] = Some(seed_time);
        }
        let mut sinks: Vec<Option<Vec<Option<bool>>>> = vec![None; n];
        for (i, instruction) in instructions.iter().enumerate().rev() {
            let output = self.root[instruction.output];
            if first_write[output].is_none() || !wanted[output] {
                continue;
            }
            let wants = instruction.inputs.iter().zip(instruction.op.roles()).map(|(input, role)| {
                let root = self.root[*input];
                (*role != Role::Fixed && wanted[root]).then(|| {
                    let fresh = first_write[root].is_none();
                    first_write[root].get_or_insert(backward_time(i));
                    fresh
                })
            });
            sinks[i] = Some(wants.collect());
        }

        // Lives.
        let mut birth = vec![0; self.root.len()];
        let mut death = vec![0; self.root.len()];
        let mut adjoint_death = vec![end; self.root.len()];
        for (i, instruction) in instructions.iter().enumerate() {
            let output = self.root[instruction.output];
            birth[output] = forward_time(i);
            adjoint_death[output] = backward_time(i);
            let mut last = |id: Id, time: usize| death[self.root[id]] = death[self.root[id]].max(time);
            last(instruction.output, forward_time(i));
            for (number, input) in instruction.inputs.iter().enumerate() {
                last(*input, forward_time(i));
                if sinks[i].is_some() && instruction.op.saves().input(number) {
                    last(*input, backward_time(i));
                }
            }
            if sinks[i].is_some() && instruction.op.saves().output() {
                last(instruction.output, backward_time(i));
            }
        }
        for id in loss.iter().chain(outputs).chain(next_states) {
            death[self.root[*id]] = end;
        }
        // Inputs stay until they are overwritten from outside: a plan may be run twice on the same ones.
        let is_leaf =
            |id: Id| record.nodes.get(id).is_some_and(|node| !matches!(node.kind, NodeKind::Op(..)));
        for (id, death) in death.iter_mut().enumerate() {
            if is_leaf(id) {
                *death = end;
            }
        }

        // Places.
        let layout = {
            let segments = record.parameters.iter().map(|(_, segment)| segment.clone()).collect();
            crate::parameters::Layout::new(segments)
        };
        let mut parameter: Vec<Option<Range<usize>>> = vec![None; self.root.len()];
        for (id, segment) in &record.parameters {
            parameter[*id] = layout.segment(&segment.name).map(crate::Segment::range);
        }
        let is_root = |id: Id| self.root[id] == id && parameter[id].is_none();
        let len = |id: Id| self.extents[id].count();
        let mut intervals = Vec::new();
        for id in 0..self.root.len() {
            let used = is_root(id) && (is_leaf(id) || 0 < birth[id]);
            intervals.push(Interval {
                len: if used { len(id) } else { 0 },
                birth: birth[id],
                death: death[id],
            });
        }
        for id in 0..self.root.len() {
            let wanted = is_root(id) && first_write[id].is_some();
            let birth = first_write[id].unwrap_or(end);
            intervals.push(Interval {
                len: if wanted { len(id) } else { 0 },
                birth,
                death: adjoint_death[id].max(birth),
            });
        }
        for (i, instruction) in instructions.iter().enumerate() {
            let extents: Vec<Extents> = instruction.inputs.iter().map(|id| self.extents[*id]).collect();
            let death = if sinks[i].is_some() { backward_time(i) } else { forward_time(i) };
            intervals.push(Interval { len: instruction.op.kept(&extents), birth: forward_time(i), death });
        }
        for joined in joined {
            let (first, last) = (joined.instructions.start, joined.instructions.end - 1);
            let len = if sinks[last].is_some() { joined.kept } else { 0 };
            intervals.push(Interval { len, birth: forward_time(first), death: backward_time(first) });
        }
        let (places, arena) = place(&intervals);
        let values = self.root.len();
        let place_of = |id: Id| {
            let root = self.root[id];
            parameter[root].clone().map_or_else(|| Place::Arena(places[root].clone()), Place::Parameter)
        };
        let gradient_of = |id: Id| {
            let root = self.root[id];
            parameter[root]
                .clone()
                .map_or_else(|| Place::Arena(places[values + root].clone()), Place::Parameter)
        };
        let in_arena = |id: Id| places[self.root[id]].clone();

        let operands = |(i, instruction): (usize, &Instruction)| Operands {
            x: instruction.inputs.iter().map(|id| (place_of(*id), self.extents[*id])).collect(),
            y: in_arena(instruction.output),
            extents: instruction.extents,
            kept: places[2 * values + i].clone(),
            backward: sinks[i].as_ref().map(|sinks| Adjoint {
                dy: places[values + self.root[instruction.output]].clone(),
                dx: instruction
                    .inputs
                    .iter()
                    .zip(sinks)
                    .map(|(id, fresh)| fresh.map(|fresh| Sink { place: gradient_of(*id), fresh }))
                    .collect(),
            }),
        };
        let step = |(i, instruction): (usize, &Instruction)| Step {
            op: Arc::clone(&instruction.op),
            scope: record.scopes[instruction.scope].clone(),
            at: operands((i, instruction)),
        };
        let steps: Vec<Step> = instructions.iter().enumerate().map(step).collect();
        let joints = joined.iter().zip(&places[2 * values + n..]);
        let joints =
            joints.map(|(of, kept)| Joint::of(&steps, of.instructions.clone(), kept.clone())).collect();
        let constants = record.nodes.iter().enumerate().filter_map(|(id, node)| match &node.kind {
            NodeKind::Constant(constant) => Some((places[id].clone(), Arc::clone(constant))),
            _ => None,
        });
        let untouched = record.parameters.iter().filter(|(id, _)| first_write[*id].is_none());
        let mut next_states = next_states.iter();
        let states = record.states.iter().map(|(id, next)| {
            (places[*id].clone(), next.and_then(|_| next_states.next()).map(|id| in_arena(*id)))
        });
        Schedule {
            steps,
            joints,
            arena,
            inputs: record.inputs.iter().map(|(id, _)| places[*id].clone()).collect(),
            input_gradients: record
                .inputs
                .iter()
                .map(|(id, _)| first_write[*id].map(|_| places[values + id].clone()))
                .collect(),
            outputs: outputs.iter().map(|id| (in_arena(*id), self.extents[*id])).collect(),
            states: states.collect(),
            loss: loss.map(in_arena),
            seed: loss.filter(|loss| first_write[self.root[*loss]].is_some()).map(gradient_of),
            constants: constants.collect(),
            parameters: layout.len(),
            untouched: untouched.filter_map(|(id, _)| parameter[*id].clone()).collect(),
        }
    }

    /// Which values have a gradient: parameters, inputs that want one, and what is made of them.
    fn wanted(&self, record: &Record, instructions: &[Instruction]) -> Vec<bool> {
        let mut wanted = vec![false; self.root.len()];
        for (id, node) in record.nodes.iter().enumerate() {
            wanted[id] = matches!(node.kind, NodeKind::Parameter);
        }
        for (id, differentiable) in &record.inputs {
            wanted[*id] = *differentiable;
        }
        for instruction in instructions {
            let mut inputs = instruction.inputs.iter().zip(instruction.op.roles());
            wanted[instruction.output] =
                inputs.any(|(input, role)| *role != Role::Fixed && wanted[self.root[*input]]);
        }
        wanted
    }
}

/// Drops the operations that no result depends on.
fn keep_live(instructions: &mut Vec<Instruction>, values: &Values, results: &[Id]) {
    let mut live = vec![false; values.root.len()];
    for result in results {
        live[values.root[*result]] = true;
    }
    for instruction in instructions.iter().rev() {
        if live[instruction.output] {
            for input in &instruction.inputs {
                live[values.root[*input]] = true;
            }
        }
    }
    instructions.retain(|instruction| live[instruction.output]);
}
