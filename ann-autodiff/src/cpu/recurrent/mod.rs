//! Recurrent layers over whole sequences.
//!
//! One product projects the inputs of all steps. Then the batch is cut into blocks of sequences, a task each: it goes through all
//! steps of its sequences, the recurrent matrix lying in panels that were made once. Backward is the same from the last step
//! on; the gradients by all weights are products over all steps afterwards.

mod backward;
mod cell;
mod each;
mod gru;
mod lstm;
mod rnn;

use super::gemm::{Area, Collected, Into, Product, Repeated, Strides, Visit};
use super::parts::{Part, deal};
use crate::backend;
use crate::op::AnyOp;
use crate::ops::{self, Direction, Sizes, length};
use crate::{Cpu, Extents, Hold, Kernel, Scalar};
use cell::{Cell, Forward, Given};

/// Most sequences of a task: a product of so many rows keeps a core as busy as one of more does.
const BLOCK: usize = 16;

/// Most weights of a small layer, and multiply-adds of all its steps. The few sequences that a thread gets of a small batch take nearly as
/// long as all of them would: each step reads the whole recurrent matrix.
const SMALL: [usize; 2] = [1 << 17, 1 << 21];

/// Bytes of a page, and numbers that keep lines of so many apart.
const PAGE: usize = 4096;
const PADDING: usize = 16;

/// Sequences of a task, so that all threads have as many. No sum goes over the sequences of a task: the bits do not depend on it.
fn block(sequences: usize, threads: usize) -> usize {
    let n_tasks = sequences.div_ceil(BLOCK).next_multiple_of(threads);
    sequences.div_ceil(n_tasks.max(1)).max(1)
}

/// The kernel of a recurrent operation.
pub(super) fn kernel<T: Scalar>(cpu: &Cpu, op: &dyn AnyOp, x: &[Extents]) -> Option<Box<dyn Kernel<T>>> {
    if let Some(op) = op.downcast_ref::<ops::Rnn>() {
        let cell = rnn::Rnn { activation: op.activation };
        return Some(Box::new(Recurrent::new::<T>(cpu, cell, op.direction, x)));
    }
    if let Some(op) = op.downcast_ref::<ops::Lstm>() {
        return Some(Box::new(Recurrent::new::<T>(cpu, lstm::Lstm, op.direction, x)));
    }
    if let Some(op) = op.downcast_ref::<ops::Gru>() {
        return Some(Box::new(Recurrent::new::<T>(cpu, gru::Gru, op.direction, x)));
    }
    None
}

/// A recurrent layer of fixed sizes.
#[derive(Debug)]
struct Recurrent<C> {
    cpu: Cpu,
    cell: C,
    direction: Direction,
    sizes: Sizes,
    /// All gates together.
    gates: usize,
    /// Numbers from the gates of a row, or the gradient by them, to those of the next; no multiple of a page, or rows would lie in one set of the cache.
    line: usize,
    /// Sequences of a task.
    block: usize,
    /// None where the inputs are multiplied already.
    projection: Option<Projection>,
    /// Numbers of what stands between the bias and the state among the inputs.
    special: usize,
    steps: Repeated,
    back: Repeated,
    by_state: Collected,
}

/// Fewest sequences of a task whose inputs are multiplied step by step, and most weights: with fewer sequences to each, or more weights,
/// those are better read once for all steps.
const STEPWISE: [usize; 2] = [8, 1 << 18];

/// The products of the inputs.
#[derive(Debug)]
struct Projection {
    /// Of all steps.
    forward: Product,
    /// Of one, in the place of that: what it makes is used while it is near.
    by_step: Option<Repeated>,
    by_input: Product,
    by_weight: Collected,
}

impl<C: Cell> Recurrent<C> {
    fn new<T: Scalar>(cpu: &Cpu, cell: C, direction: Direction, x: &[Extents]) -> Self {
        let sizes = Sizes::of(x[0], x[2]);
        let Sizes { b, t, k, n } = sizes;
        let gates = C::GATES * n;
        let line = gates + if (gates * size_of::<T>()).is_multiple_of(PAGE) { PADDING } else { 0 };
        let (by_k, by_n, by_gates) = (Strides::rows(k), Strides::rows(n), Strides::rows(gates));
        let by_line = Strides::rows(line);
        let block = block(b, cpu.team.threads());
        Self {
            cpu: cpu.clone(),
            cell,
            direction,
            sizes,
            gates,
            line,
            block,
            special: if C::STATE == 5 { x[4].count() } else { 0 },
            // Of all steps: z = x W^T, dx = dz W, dW = dz^T x, dU = du^T h. Of each: z = h U^T, dh = du U.
            projection: (x[1][..] != [0]).then(|| Projection {
                forward: Product::new::<T>(cpu, [b * t, gates, k], by_k, by_k.transposed(), by_gates),
                by_step: (STEPWISE[0] <= block && gates * k <= STEPWISE[1]).then(|| {
                    let (x, to) =
                        (Strides::rows(t * k), Strides::rows(if C::KEEPS { gates } else { t * gates }));
                    Repeated::new::<T>(cpu, [block, gates, k], x, by_k.transposed(), to)
                }),
                by_input: Product::new::<T>(cpu, [b * t, k, gates], by_line, by_k, by_k),
                by_weight: Collected::new::<T>(cpu, [gates, k, b * t]),
            }),
            steps: Repeated::new::<T>(cpu, [block, gates, n], by_n, by_n.transposed(), by_line),
            back: Repeated::new::<T>(cpu, [block, n, gates], by_line, by_n, by_n),
            by_state: Collected::new::<T>(cpu, [gates, n, b * t]),
        }
    }

    /// Scratch memory of one thread, forward: the states of a block, its products, and room for those.
    fn own(&self) -> usize {
        let states = 1 + usize::from(C::HAS_CELL);
        let products = self.by_step().map_or(0, Repeated::scratch).max(self.steps.scratch());
        self.block * (states * self.sizes.n + self.line) + products
    }

    fn by_step(&self) -> Option<&Repeated> {
        self.projection.as_ref().and_then(|projection| projection.by_step.as_ref())
    }

    fn blocks(&self) -> usize {
        self.sizes.b.div_ceil(self.block)
    }

    /// The step that is the `i`-th to be read.
    fn step(&self, i: usize) -> usize {
        match self.direction {
            Direction::Forward => i,
            Direction::Reverse => self.sizes.t - 1 - i,
        }
    }

    /// How many steps of a sequence count; none of one whose length is nonsense.
    fn steps_of<T: Scalar>(&self, lengths: &[T], row: usize) -> usize {
        length(lengths, row, self.sizes.t).unwrap_or(0)
    }

    /// Where what is kept of a sequence of a block of so many lies in the block, as a number of rows. The rows of a step are side by side, or
    /// they would lie in few sets of the cache; but one product writes those of all steps as the inputs are.
    fn kept_at(&self, rows: usize, row: usize, step: usize) -> usize {
        match &self.projection {
            Some(Projection { by_step: None, .. }) => row * self.sizes.t + step,
            _ => step * rows + row,
        }
    }

    /// Where what is kept of one step of these sequences lies among all; nowhere if nothing is.
    fn kept_area<T>(&self, all: &[T], first: usize, rows: usize, step: usize, len: usize) -> Area {
        let Sizes { t, .. } = self.sizes;
        let at = (first * t + self.kept_at(rows, 0, step)) * len;
        let apart = self.kept_at(rows, 1, step) - self.kept_at(rows, 0, step);
        Area::new(all.as_ptr().wrapping_add(at), if all.is_empty() { 0 } else { rows }, apart * len, len)
    }

    /// Where these sequences' rows of one step lie among all; nowhere if there are none.
    fn area<T>(&self, all: &[T], first: usize, rows: usize, step: usize, len: usize) -> Area {
        let Sizes { t, .. } = self.sizes;
        let at = all.as_ptr().wrapping_add((first * t + step) * len);
        Area::new(at, if all.is_empty() { 0 } else { rows }, t * len, len)
    }

    fn scratch_forward(&self) -> usize {
        let team = &self.cpu.team;
        let projection = self.projection.as_ref().map_or(0, |projection| projection.forward.scratch_of(team));
        let packed = self.by_step().map_or(0, Repeated::packed) + self.steps.packed();
        projection.max(packed + team.threads() * self.own())
    }

    /// All steps of the sequences from `first` on.
    fn run_block<T: Scalar>(&self, first: usize, of: Block<'_, T>) {
        let (Sizes { t, n, .. }, gates) = (self.sizes, self.gates);
        let Block { given, inputs, multiplied, lengths, h0, c0, packed, y, y_c, all_gates, extra, own } = of;
        let rows = y.len() / (t * n);
        let (h, own) = own.split_at_mut(self.block * n);
        let (c, own) = own.split_at_mut(if C::HAS_CELL { self.block * n } else { 0 });
        let (z, own) = own.split_at_mut(self.block * self.line);
        begin(h, h0, first * n, rows * n);
        begin(c, c0, first * n, rows * n);
        for i in 0..t {
            let step = self.step(i);
            let counts = |row: usize| step < self.steps_of(lengths, first + row);
            if !(0..rows).any(counts) {
                continue;
            }
            let ahead = if i + 1 < t {
                let next = self.step(i + 1);
                [
                    self.area(multiplied, first, rows, next, gates),
                    self.kept_area(all_gates, 0, rows, next, gates),
                    self.kept_area(extra, 0, rows, next, n),
                    self.area(y, 0, rows, next, n),
                    self.area(y_c, 0, rows, next, n),
                ]
            } else {
                [Area::NONE; 5]
            };
            // One row takes as long as reading the matrix does; more do not gain.
            let visit = Visit { ahead: &ahead, is_back: rows == 1 && i % 2 == 1 };
            if let Some((by_step, x, packed)) = inputs {
                let to = if C::KEEPS {
                    &mut all_gates[self.kept_at(rows, 0, step) * gates..]
                } else {
                    &mut y[step * gates..]
                };
                let x = &x[(first * t + step) * self.sizes.k..];
                by_step.run(rows, x, packed, to, Into::Fresh, Visit::PLAIN, own);
            }
            self.steps.run(rows, h, packed, z, Into::Fresh, visit, own);
            for row in (0..rows).filter(|row| counts(*row)) {
                let (at, kept_at) = (row * t + step, self.kept_at(rows, row, step));
                let all = ((first + row) * t + step) * gates;
                if let Some(multiplied) = multiplied.get(all..all + gates) {
                    let to = if C::KEEPS { &mut all_gates[kept_at * gates..] } else { &mut y[at * gates..] };
                    to[..gates].copy_from_slice(multiplied);
                }
                let step = Forward {
                    gates: piece(all_gates, kept_at, gates),
                    z: &z[row * self.line..][..gates],
                    extra: piece(extra, kept_at, n),
                    h: &mut h[row * n..][..n],
                    c: piece(c, row, n),
                    y: &mut y[at * n..][..n],
                };
                self.cell.forward(self.cpu.isa, given, step);
                if !y_c.is_empty() {
                    y_c[at * n..][..n].copy_from_slice(&c[row * n..][..n]);
                }
            }
        }
        for row in 0..rows {
            let (value, length) = match length(lengths, first + row, t) {
                Some(length) => (T::ZERO, length),
                None => (T::NAN, 0),
            };
            let padding = (row * t + length) * n..(row + 1) * t * n;
            y[padding.clone()].fill(value);
            if !y_c.is_empty() {
                y_c[padding].fill(value);
            }
        }
    }
}

/// What a task goes through forward.
struct Block<'a, T> {
    given: Given<'a, T>,
    /// The inputs, if each step's are multiplied there, and by what.
    inputs: Option<(&'a Repeated, &'a [T], &'a [T])>,
    /// The same if they are multiplied already.
    multiplied: &'a [T],
    lengths: &'a [T],
    h0: &'a [T],
    c0: &'a [T],
    packed: &'a [T],
    y: &'a mut [T],
    y_c: &'a mut [T],
    all_gates: &'a mut [T],
    extra: &'a mut [T],
    own: &'a mut [T],
}

/// The states before the first step: those given, or zeros.
fn begin<T: Scalar>(state: &mut [T], given: &[T], start: usize, len: usize) {
    if state.is_empty() {
        return;
    }
    match given.get(start..start + len) {
        Some(given) => state[..len].copy_from_slice(given),
        None => state.fill(T::ZERO),
    }
}

/// Piece `index` of a vector of pieces; nothing if the vector is empty.
fn piece<T>(all: &mut [T], index: usize, len: usize) -> &mut [T] {
    all.get_mut(index * len..(index + 1) * len).unwrap_or_default()
}

/// The inputs that differ from kind to kind.
fn inputs<'a, T, C: Cell>(x: &[crate::View<'a, T>]) -> Inputs<'a, T> {
    let special = if C::STATE == 5 { x[4].data } else { &[] };
    Inputs {
        given: Given { bias: x[3].data, special },
        lengths: x.last().map_or(&[], |lengths| lengths.data),
        h0: x[C::STATE].data,
        c0: if C::HAS_CELL { x[C::STATE + 1].data } else { &[] },
    }
}

struct Inputs<'a, T> {
    given: Given<'a, T>,
    lengths: &'a [T],
    h0: &'a [T],
    c0: &'a [T],
}

impl<C: Cell, T: Scalar> Kernel<T> for Recurrent<C> {
    fn scratch(&self) -> usize {
        self.scratch_forward().max(self.scratch_backward())
    }

    fn is_small(&self) -> bool {
        let Sizes { b, t, k, n } = self.sizes;
        let weights = self.gates * (k + n);
        weights <= SMALL[0] && b * t * weights <= SMALL[1]
    }

    fn forward(&self, frame: backend::Forward<'_, T>) {
        let Cpu { team, .. } = &self.cpu;
        let Sizes { b, t, n, .. } = self.sizes;
        let Inputs { given, lengths, h0, c0 } = inputs::<T, C>(frame.x);
        let (x, w, u) = (frame.x[0].data, frame.x[1].data, frame.x[2].data);
        let (y, y_c) = frame.y.data.split_at_mut(b * t * n);
        let (gates, extra) = frame.y.kept.split_at_mut(if C::KEEPS { b * t * self.gates } else { 0 });
        let (packed, scratch) = frame.scratch.split_at_mut(self.by_step().map_or(0, Repeated::packed));
        let (multiplied, inputs) = match &self.projection {
            Some(Projection { by_step: Some(by_step), .. }) => {
                by_step.pack(team, w, packed);
                (&[][..], Some((by_step, x, &*packed)))
            }
            Some(projection) => {
                let to = if C::KEEPS { &mut *gates } else { &mut *y };
                projection.forward.parallel(team, x, w, to, Into::Fresh, scratch);
                (&[][..], None)
            }
            None => (x, None),
        };
        let (packed, own) = scratch.split_at_mut(self.steps.packed());
        let packed = if frame.held.is_empty() {
            self.steps.pack(team, u, packed);
            &*packed
        } else {
            frame.held
        };
        let steps = self.block * t;
        deal(
            team,
            self.blocks(),
            [
                Part::of_task(y, steps * n),
                Part::of_task(y_c, steps * n),
                Part::of_task(gates, steps * self.gates),
                Part::of_task(extra, steps * n),
                Part::of_thread(own, self.own()),
            ],
            |number, [y, y_c, all_gates, extra, own]| {
                let block = Block {
                    given,
                    inputs,
                    multiplied,
                    lengths,
                    h0,
                    c0,
                    packed,
                    y,
                    y_c,
                    all_gates,
                    extra,
                    own,
                };
                self.run_block(number * self.block, block);
            },
        );
    }

    fn backward(&self, frame: backend::Backward<'_, '_, T>) {
        self.run_backward(frame);
    }

    fn holds(&self) -> Option<&dyn Hold<T>> {
        Some(self)
    }
}

/// The recurrent matrix in panels.
impl<C: Cell, T: Scalar> Hold<T> for Recurrent<C> {
    fn input(&self) -> usize {
        2
    }

    fn numbers(&self) -> usize {
        self.steps.packed()
    }

    fn hold(&self, parameter: &[T], held: &mut [T]) {
        self.steps.pack(&self.cpu.team, parameter, held);
    }
}
