//! Recurrent layers backward.

use super::cell::{Backward, Cell, Given};
use super::lstm::Peep;
use super::{Inputs, Projection, Recurrent, inputs, piece};
use crate::cpu::elementwise::{Factor, Share};
use crate::cpu::gemm::{Area, Into, Visit};
use crate::cpu::parts::{Part, deal};
use crate::cpu::rows::add_columns;
use crate::ops::Sizes;
use crate::{Cpu, Gradient, Scalar, backend};

/// What one task goes through.
struct Block<'a, T> {
    /// The gradients by `W x` and by `U h`, at all steps.
    dz: &'a mut [T],
    du: &'a mut [T],
    /// The state before each step.
    before: &'a mut [T],
    /// The inputs, those of padding zero; empty without lengths.
    masked: &'a mut [T],
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
    /// Whether the gradients by the initial states are the first to be written.
    fresh: [bool; 2],
}

impl<C: Cell> Recurrent<C> {
    /// Scratch memory of one thread: gradients by the states of a block, what passes through the product, and a row of zeros.
    fn own_backward(&self) -> usize {
        let states = 2 + usize::from(C::HAS_CELL);
        (self.block * states + 1) * self.sizes.n + self.back.scratch()
    }

    /// What stays over all tasks: `dz`, `du`, the states before, the masked inputs.
    fn lasting(&self) -> [usize; 4] {
        let Sizes { b, t, k, n } = self.sizes;
        let all = b * t * self.line;
        [all, if C::SPLIT { all } else { 0 }, b * t * n, if self.padded { b * t * k } else { 0 }]
    }

    pub(super) fn scratch_backward(&self) -> usize {
        let team = &self.cpu.team;
        let projection =
            self.projection.iter().flat_map(|projection| [projection.by_input, projection.by_weight]);
        let products =
            projection.chain([self.by_state]).map(|product| product.scratch_of(team)).max().unwrap_or(0);
        let steps = self.back.packed() + team.threads() * self.own_backward();
        self.lasting().into_iter().sum::<usize>() + products.max(steps)
    }

    pub(super) fn run_backward<T: Scalar>(&self, frame: backend::Backward<'_, '_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let backend::Backward { x: from, y, kept, dy, dx: into, scratch, .. } = frame;
        let (Sizes { b, t, k, n }, gates, line) = (self.sizes, self.gates, self.line);
        let Inputs { given, lengths, h0, c0 } = inputs::<T, C>(from);
        let (x, w, u) = (from[0].data, from[1].data, from[2].data);
        let (y, _) = y.data.split_at(b * t * n);
        let (dy, dy_c) = dy.split_at(b * t * n);
        let (all_gates, extra) = kept.split_at(if C::KEEPS { b * t * gates } else { 0 });
        let [of_dz, of_du, of_before, of_masked] = self.lasting();
        let (dz, scratch) = scratch.split_at_mut(of_dz);
        let (du, scratch) = scratch.split_at_mut(of_du);
        let (before, scratch) = scratch.split_at_mut(of_before);
        let (masked, scratch) = scratch.split_at_mut(of_masked);
        let [dx, dw, du_weight, db, rest @ ..] = into else { return };
        let (special, states) = rest.split_at_mut(C::STATE - 4);
        let [dh0, states @ ..] = states else { return };
        let mut nothing = Gradient { data: &mut [], fresh: false };
        let dc0 = if C::HAS_CELL { states.first_mut().unwrap_or(&mut nothing) } else { &mut nothing };

        let (packed, own) = scratch.split_at_mut(self.back.packed());
        self.back.pack(team, u, packed);
        let fresh = [dh0.fresh, dc0.fresh];
        let common =
            Common { given, lengths, h0, c0, x, y, gates: all_gates, extra, dy, dy_c, packed, fresh };
        let steps = self.block * t;
        deal(
            team,
            self.blocks(),
            [
                Part::of_task(dz, steps * line),
                Part::of_task(du, steps * line),
                Part::of_task(before, steps * n),
                Part::of_task(masked, steps * k),
                Part::of_task(dh0.data, self.block * n),
                Part::of_task(dc0.data, self.block * n),
                Part::of_thread(own, self.own_backward()),
            ],
            |number, [dz, du, before, masked, dh0, dc0, own]| {
                let block = Block { dz, du, before, masked, dh0, dc0, own };
                self.block_backward(number * self.block, common, block);
            },
        );

        let (dz, before) = (&*dz, &*before);
        let du = if C::SPLIT { &*du } else { dz };
        add_columns(&self.cpu, dz, line, 0, db);
        if let [special] = special {
            if C::SPLIT {
                add_columns(&self.cpu, du, line, 2 * n, special);
            } else if special.is_wanted() {
                if special.fresh {
                    special.data.fill(T::ZERO);
                }
                // The cell before the first step was given, or it was 0 and adds nothing.
                for at in 0..b * t {
                    let (row, step) = (at / t, at % t);
                    let length = self.steps_of(lengths, row);
                    if length <= step {
                        continue;
                    }
                    let new = &extra[at * n..][..n];
                    let old = match self.direction.before(step, length) {
                        Some(before) => &extra[(row * t + before) * n..][..n],
                        None => c0.get(row * n..(row + 1) * n).unwrap_or_default(),
                    };
                    isa.run(Peep { dz: &dz[at * line..][..gates], old, new, sums: special.data });
                }
            }
        }
        if du_weight.is_wanted() {
            let into = Into::gradient(du_weight.fresh);
            self.by_state.parallel(team, du, before, du_weight.data, into, scratch);
        }
        let Some(Projection { by_input, by_weight, .. }) = &self.projection else {
            return self.give(dz, dx);
        };
        if dw.is_wanted() {
            let x = if self.padded { &*masked } else { x };
            by_weight.parallel(team, dz, x, dw.data, Into::gradient(dw.fresh), scratch);
        }
        if dx.is_wanted() {
            by_input.parallel(team, dz, w, dx.data, Into::gradient(dx.fresh), scratch);
        }
    }

    /// The gradient by inputs that were multiplied already.
    fn give<T: Scalar>(&self, dz: &[T], dx: &mut Gradient<'_, T>) {
        let (Cpu { team, isa, .. }, gates, fresh) = (&self.cpu, self.gates, dx.fresh);
        let steps = self.block * self.sizes.t;
        deal(team, self.blocks(), [Part::of_task(&mut *dx.data, steps * gates)], |number, [dx]| {
            let rows = dz[number * steps * self.line..].chunks(self.line);
            for (dx, dz) in dx.chunks_exact_mut(gates).zip(rows) {
                isa.run(Share { factor: Factor::All(T::ONE), dy: &dz[..gates], dx, fresh });
            }
        });
    }

    /// All steps of the sequences from `first` on, from the last.
    fn block_backward<T: Scalar>(&self, first: usize, common: Common<'_, T>, block: Block<'_, T>) {
        let (Sizes { t, k, n, .. }, gates, line) = (self.sizes, self.gates, self.line);
        let Block { dz, du, before, masked, dh0, dc0, own } = block;
        let Common { given, lengths, h0, c0, x, y, dy, dy_c, extra, packed, fresh, .. } = common;
        let rows = before.len() / (t * n);
        let (dh, own) = own.split_at_mut(self.block * n);
        let (through, own) = own.split_at_mut(self.block * n);
        let (dc, own) = own.split_at_mut(if C::HAS_CELL { self.block * n } else { 0 });
        let (zeros, own) = own.split_at_mut(n);
        dh.fill(T::ZERO);
        dc.fill(T::ZERO);
        zeros.fill(T::ZERO);
        for i in (0..t).rev() {
            let step = self.step(i);
            let mut any = false;
            for row in 0..rows {
                // Of the whole batch, and of the block.
                let (all, at) = ((first + row) * t + step, row * t + step);
                let length = self.steps_of(lengths, first + row);
                let (dz, du) = (&mut dz[at * line..][..gates], piece(du, at, line));
                let du = du.get_mut(..gates).unwrap_or_default();
                let before_at = &mut before[at * n..][..n];
                let masked = piece(masked, at, k);
                if length <= step {
                    dz.fill(T::ZERO);
                    du.fill(T::ZERO);
                    before_at.fill(T::ZERO);
                    masked.fill(T::ZERO);
                    continue;
                }
                any = true;
                if !masked.is_empty() {
                    masked.copy_from_slice(&x[all * k..][..k]);
                }
                let earlier = self.direction.before(step, length).map(|before| (first + row) * t + before);
                let initial = (first + row) * n..(first + row + 1) * n;
                let h = match earlier {
                    Some(earlier) => &y[earlier * n..][..n],
                    None => h0.get(initial.clone()).unwrap_or(zeros),
                };
                let c = match earlier {
                    Some(earlier) if C::HAS_CELL => &extra[earlier * n..][..n],
                    _ => c0.get(initial).unwrap_or(zeros),
                };
                before_at.copy_from_slice(h);
                let step = Backward {
                    gates: common.gates.get(all * gates..(all + 1) * gates).unwrap_or_default(),
                    extra: extra.get(all * n..(all + 1) * n).unwrap_or_default(),
                    y: &y[all * n..][..n],
                    h,
                    c,
                    dy: &dy[all * n..][..n],
                    dy_c: dy_c.get(all * n..(all + 1) * n).unwrap_or_default(),
                    dh: &mut dh[row * n..][..n],
                    dc: piece(dc, row, n),
                    dz,
                    du,
                };
                self.cell.backward(self.cpu.isa, given, step);
            }
            if !any {
                continue;
            }
            let by_product = if C::SPLIT { &*du } else { &*dz };
            let ahead = if 0 < i {
                let (next, before_next) = (self.step(i - 1), self.step(i.saturating_sub(2)));
                [
                    self.area(common.gates, first, rows, next, gates),
                    self.area(dz, 0, rows, next, line),
                    self.area(du, 0, rows, next, line),
                    self.area(extra, first, rows, before_next, n),
                    self.area(y, first, rows, before_next, n),
                    self.area(dy, first, rows, next, n),
                    self.area(dy_c, first, rows, next, n),
                    self.area(before, 0, rows, next, n),
                ]
            } else {
                [Area::NONE; 8]
            };
            let visit = Visit { ahead: &ahead, is_back: false };
            self.back.run(rows, &by_product[step * line..], packed, through, Into::Fresh, visit, own);
            // What padding passes back is 0: its sequence keeps what it has.
            for (dh, through) in dh[..rows * n].iter_mut().zip(&*through) {
                *dh += *through;
            }
        }
        finish(dh0, dh, fresh[0]);
        finish(dc0, dc, fresh[1]);
    }
}

/// A gradient, written or added to what is there; an empty one is not wanted.
fn finish<T: Scalar>(to: &mut [T], from: &[T], fresh: bool) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = if fresh { *from } else { *to + *from };
    }
}
