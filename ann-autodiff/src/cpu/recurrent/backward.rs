//! Recurrent layers backward.

use super::cell::{Backward, Cell, Given};
use super::{Inputs, Recurrent, inputs, piece};
use crate::cpu::gemm::{Area, Into, Shared, Visit};
use crate::cpu::parts::{Part, deal};
use crate::cpu::rows::add_columns;
use crate::ops::Sizes;
use crate::{Cpu, Gradient, Scalar, backend};

/// What one task goes through.
struct Block<'a, T> {
    /// What is passed on as it is: the gradient by `W x`, at all steps; empty where nobody wants it.
    passed: &'a mut [T],
    /// The gradients by the bias and by what stands beside it, of each sequence.
    sums: &'a mut [T],
    special: &'a mut [T],
    dh0: &'a mut [T],
    dc0: &'a mut [T],
    own: &'a mut [T],
}

/// What all tasks read.
#[derive(Clone, Copy)]
struct Common<'a, T> {
    given: Given<'a, T>,
    lengths: &'a [T],
    h0: &'a [T],
    c0: &'a [T],
    x: &'a [T],
    y: &'a [T],
    gates: &'a [T],
    extra: &'a [T],
    dy: &'a [T],
    dy_c: &'a [T],
    packed: &'a [T],
    to: Collections<T>,
    /// Whether the gradients by the initial states, and what is passed on, are the first to be written.
    fresh: [bool; 3],
    /// Numbers from one row of what is passed on to the next.
    passed_line: usize,
}

/// Where the rows of all steps go that the gradients by the weights are made of, step by step: what is passed to a weight, and what the
/// weight was multiplied by.
#[derive(Clone, Copy)]
struct Collections<T> {
    /// The gradient by `U h`, and by `W x` where it is another.
    du: Shared<T>,
    dz: Shared<T>,
    /// The state before each step.
    before: Shared<T>,
    x: Shared<T>,
}

impl<C: Cell> Recurrent<C> {
    /// Scratch memory of one thread: gradients by the states of a block, what passes through the product, a row of zeros, and the
    /// gradients by `W x` and `U h` at one step.
    fn own_backward(&self) -> usize {
        let states = 2 + usize::from(C::HAS_CELL);
        let gates = self.block * self.line * if C::SPLIT { 2 } else { 1 };
        self.block * states * self.sizes.n + self.zeros() + gates + self.back.scratch()
    }

    /// Zeros in the place of a state or an input.
    fn zeros(&self) -> usize {
        self.sizes.n.max(self.sizes.k)
    }

    /// What stays over all tasks: the collections, sums of each sequence, and the gradient by `W x` for that by the input.
    fn lasting(&self) -> [usize; 7] {
        let Sizes { b, t, .. } = self.sizes;
        let du = self.by_state.left();
        let (dz, x, passed) = match &self.projection {
            Some(projection) => {
                let by_weight = &projection.by_weight;
                (if C::SPLIT { by_weight.left() } else { 0 }, by_weight.right(), b * t * self.line)
            }
            None => (0, 0, 0),
        };
        [du, dz, self.by_state.right(), x, b * self.gates, b * self.special, passed]
    }

    pub(super) fn scratch_backward(&self) -> usize {
        let team = &self.cpu.team;
        let products = match &self.projection {
            Some(projection) => {
                projection.by_input.scratch_of(team).max(projection.by_weight.scratch_of(team))
            }
            None => 0,
        };
        let steps = self.back.packed() + team.threads() * self.own_backward();
        let after = products.max(self.by_state.scratch_of(team));
        self.lasting().into_iter().sum::<usize>() + after.max(steps)
    }

    pub(super) fn run_backward<T: Scalar>(&self, frame: backend::Backward<'_, '_, T>) {
        let Cpu { team, .. } = &self.cpu;
        let backend::Backward { x: from, y, kept, dy, dx: into, scratch, .. } = frame;
        let (Sizes { b, t, n, .. }, gates) = (self.sizes, self.gates);
        let Inputs { given, lengths, h0, c0 } = inputs::<T, C>(from);
        let (x, w, u) = (from[0].data, from[1].data, from[2].data);
        let (y, _) = y.data.split_at(b * t * n);
        let (dy, dy_c) = dy.split_at(b * t * n);
        let (all_gates, extra) = kept.split_at(if C::KEEPS { b * t * gates } else { 0 });
        let [of_du, of_dz, of_before, of_x, of_sums, of_special, of_passed] = self.lasting();
        let (du, scratch) = scratch.split_at_mut(of_du);
        let (dz, scratch) = scratch.split_at_mut(of_dz);
        let (before, scratch) = scratch.split_at_mut(of_before);
        let (inputs, scratch) = scratch.split_at_mut(of_x);
        let (sums, scratch) = scratch.split_at_mut(of_sums);
        let (special_sums, scratch) = scratch.split_at_mut(of_special);
        let (passed, scratch) = scratch.split_at_mut(of_passed);
        let [dx, dw, du_weight, db, rest @ ..] = into else { return };
        let (special, states) = rest.split_at_mut(C::STATE - 4);
        let [dh0, states @ ..] = states else { return };
        let mut nothing = Gradient { data: &mut [], fresh: false };
        let dc0 = if C::HAS_CELL { states.first_mut().unwrap_or(&mut nothing) } else { &mut nothing };

        let (packed, own) = scratch.split_at_mut(self.back.packed());
        self.back.pack(team, u, packed);
        // The gradient by inputs that were multiplied already is that by the product.
        let (passed_on, passed_line, is_first) = match &self.projection {
            None => (&mut *dx.data, gates, dx.fresh),
            Some(_) if dx.is_wanted() => (&mut *passed, self.line, true),
            Some(_) => (&mut [][..], self.line, true),
        };
        let to = Collections {
            du: Shared(du.as_mut_ptr()),
            dz: Shared(dz.as_mut_ptr()),
            before: Shared(before.as_mut_ptr()),
            x: Shared(inputs.as_mut_ptr()),
        };
        let fresh = [dh0.fresh, dc0.fresh, is_first];
        let common = Common {
            given,
            lengths,
            h0,
            c0,
            x,
            y,
            gates: all_gates,
            extra,
            dy,
            dy_c,
            packed,
            to,
            fresh,
            passed_line,
        };
        deal(
            team,
            self.blocks(),
            [
                Part::of_task(passed_on, self.block * t * passed_line),
                Part::of_task(&mut *sums, self.block * gates),
                Part::of_task(&mut *special_sums, self.block * self.special),
                Part::of_task(dh0.data, self.block * n),
                Part::of_task(dc0.data, self.block * n),
                Part::of_thread(own, self.own_backward()),
            ],
            |number, [passed, sums, special, dh0, dc0, own]| {
                let first = number * self.block;
                let rows = self.block.min(b - first);
                let block = Block { passed, sums, special, dh0, dc0, own };
                self.block_backward(first, rows, common, block);
            },
        );

        add_columns(&self.cpu, sums, gates, 0, db);
        if let [special] = special {
            add_columns(&self.cpu, special_sums, self.special, 0, special);
        }
        if du_weight.is_wanted() {
            let into = Into::gradient(du_weight.fresh);
            self.by_state.parallel(team, du, before, du_weight.data, into, scratch);
        }
        let Some(projection) = &self.projection else { return };
        if dw.is_wanted() {
            let (dz, into) = (if C::SPLIT { dz } else { du }, Into::gradient(dw.fresh));
            projection.by_weight.parallel(team, dz, inputs, dw.data, into, scratch);
        }
        if dx.is_wanted() {
            let into = Into::gradient(dx.fresh);
            projection.by_input.parallel(team, passed, w, dx.data, into, scratch);
        }
    }

    /// All steps of so many sequences from `first` on, from the last.
    fn block_backward<T: Scalar>(
        &self,
        first: usize,
        rows: usize,
        common: Common<'_, T>,
        block: Block<'_, T>,
    ) {
        let (Sizes { b, t, k, n }, gates, line) = (self.sizes, self.gates, self.line);
        let Block { passed, sums, special, dh0, dc0, own } = block;
        let Common { given, lengths, h0, c0, x, y, dy, dy_c, extra, packed, to, fresh, .. } = common;
        let (dh, own) = own.split_at_mut(self.block * n);
        let (through, own) = own.split_at_mut(self.block * n);
        let (dc, own) = own.split_at_mut(if C::HAS_CELL { self.block * n } else { 0 });
        let (zeros, own) = own.split_at_mut(self.zeros());
        let (dz, own) = own.split_at_mut(self.block * line);
        let (du, own) = own.split_at_mut(if C::SPLIT { self.block * line } else { 0 });
        for to in [&mut *dh, dc, zeros, sums, special] {
            to.fill(T::ZERO);
        }
        for i in (0..t).rev() {
            let step = self.step(i);
            let mut any = false;
            for row in 0..rows {
                // Of the whole batch, and among the rows of all steps.
                let (all, collected) = ((first + row) * t + step, step * b + first + row);
                let length = self.steps_of(lengths, first + row);
                let counts = step < length;
                any |= counts;
                let dz = &mut dz[row * line..][..gates];
                let du = piece(du, row, line).get_mut(..gates).unwrap_or_default();
                let earlier = self.direction.before(step, length);
                let kept = |step: usize| first * t + self.kept_at(rows, row, step);
                let kept_at = kept(step);
                let initial = (first + row) * n..(first + row + 1) * n;
                let h = match earlier {
                    _ if !counts => &zeros[..n],
                    Some(earlier) => &y[((first + row) * t + earlier) * n..][..n],
                    None => h0.get(initial.clone()).unwrap_or(&zeros[..n]),
                };
                if counts {
                    let c = match earlier {
                        Some(earlier) if C::HAS_CELL => &extra[kept(earlier) * n..][..n],
                        _ => c0.get(initial).unwrap_or(&zeros[..n]),
                    };
                    let step = Backward {
                        gates: common.gates.get(kept_at * gates..(kept_at + 1) * gates).unwrap_or_default(),
                        extra: extra.get(kept_at * n..(kept_at + 1) * n).unwrap_or_default(),
                        y: &y[all * n..][..n],
                        h,
                        c,
                        dy: &dy[all * n..][..n],
                        dy_c: dy_c.get(all * n..(all + 1) * n).unwrap_or_default(),
                        dh: &mut dh[row * n..][..n],
                        dc: piece(dc, row, n),
                        dz,
                        du,
                        sums: &mut sums[row * gates..][..gates],
                        special: piece(special, row, self.special),
                    };
                    self.cell.backward(self.cpu.isa, given, step);
                } else {
                    dz.fill(T::ZERO);
                    du.fill(T::ZERO);
                }
                // What is padding may be anything.
                let x = if counts { &x[all * k..][..k] } else { &zeros[..k] };
                self.collect(collected, to, [if C::SPLIT { du } else { dz }, dz, h], x);
                finish(piece(passed, row * t + step, common.passed_line), dz, fresh[2]);
            }
            if !any {
                continue;
            }
            let by_product = if C::SPLIT { &*du } else { &*dz };
            let ahead = if 0 < i {
                let (next, before_next) = (self.step(i - 1), self.step(i.saturating_sub(2)));
                let collected = next * b + first;
                [
                    self.kept_area(common.gates, first, rows, next, gates),
                    self.by_state.area_of_left(collected, rows, to.du),
                    self.by_state.area_of_right(collected, rows, to.before),
                    self.kept_area(extra, first, rows, before_next, n),
                    self.area(y, first, rows, before_next, n),
                    self.area(dy, first, rows, next, n),
                    self.area(dy_c, first, rows, next, n),
                    self.area(x, first, rows, next, k),
                ]
            } else {
                [Area::NONE; 8]
            };
            let visit = Visit { ahead: &ahead, is_back: false };
            self.back.run(rows, by_product, packed, through, Into::Fresh, visit, own);
            // What padding passes back is 0: its sequence keeps what it has.
            for (dh, through) in dh[..rows * n].iter_mut().zip(&*through) {
                *dh += *through;
            }
        }
        finish(dh0, dh, fresh[0]);
        finish(dc0, dc, fresh[1]);
    }

    /// Puts what the gradients by the weights need of a sequence's step where it belongs; what padding passes is 0.
    fn collect<T: Scalar>(&self, row: usize, to: Collections<T>, [du, dz, before]: [&[T]; 3], x: &[T]) {
        // SAFETY: the collections are as large as they say, borrowed until all tasks are done, and this is the only task to have this
        // sequence and so these rows.
        unsafe {
            self.by_state.put_left(row, du, to.du);
            self.by_state.put_right(row, before, to.before);
            let Some(projection) = &self.projection else { return };
            projection.by_weight.put_right(row, x, to.x);
            if C::SPLIT {
                projection.by_weight.put_left(row, dz, to.dz);
            }
        }
    }
}

/// A gradient, written or added to what is there; an empty one is not wanted.
fn finish<T: Scalar>(to: &mut [T], from: &[T], fresh: bool) {
    let len = to.len().min(from.len());
    if fresh {
        to[..len].copy_from_slice(&from[..len]);
    } else {
        for (to, from) in to.iter_mut().zip(from) {
            *to += *from;
        }
    }
}
