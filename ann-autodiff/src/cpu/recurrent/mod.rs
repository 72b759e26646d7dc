//! Recurrent layers over whole sequences.
//!
//! The inputs of all steps are multiplied by one product, or each where it is used. The batch is cut into blocks of sequences, a task each: it
//! goes through all steps of its sequences, the recurrent matrix lying in panels that were made once. Backward is the same from the
//! last step on; the gradients by all weights are products over all steps afterwards, whose rows were collected on the way.

mod backward;
mod cell;
mod each;
mod forward;
mod gru;
mod lstm;
mod rnn;

use super::gemm::{Area, Collected, Product, Repeated, Strides};
use crate::backend;
use crate::op::AnyOp;
use crate::ops::{self, Direction, Sizes, length};
use crate::{Cpu, Extents, Hold, Kernel, Scalar};
use cell::{Cell, Given};

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

/// Fewest sequences of a task whose inputs are multiplied step by step, and most weights: so far it was measured to do no harm. With fewer
/// sequences, or more weights, each step would read for little work what is read once for all.
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
        // A library sums in an order of its own, and how many sequences are in a block depends on the threads.
        let is_ours = !cfg!(any(feature = "gemm", feature = "matrixmultiply"));
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
                by_step: (is_ours && STEPWISE[0] <= block && gates * k <= STEPWISE[1]).then(|| {
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
        self.run_forward(frame);
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
