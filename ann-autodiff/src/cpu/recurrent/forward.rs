//! Recurrent layers forward.

use super::cell::{Cell, Forward, Given};
use super::{Inputs, Projection, Recurrent, inputs, piece};
use crate::cpu::gemm::{Area, Into, Repeated, Visit};
use crate::cpu::parts::{Part, deal};
use crate::ops::{Sizes, length};
use crate::{Cpu, Scalar, backend};

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

impl<C: Cell> Recurrent<C> {
    /// Scratch memory of one thread, forward: the states of a block, its products, and room for those.
    fn own(&self) -> usize {
        let states = 1 + usize::from(C::HAS_CELL);
        let products = self.by_step().map_or(0, Repeated::scratch).max(self.steps.scratch());
        self.block * (states * self.sizes.n + self.line) + products
    }

    fn by_step(&self) -> Option<&Repeated> {
        self.projection.as_ref().and_then(|projection| projection.by_step.as_ref())
    }

    pub(super) fn scratch_forward(&self) -> usize {
        let team = &self.cpu.team;
        let projection = self.projection.as_ref().map_or(0, |projection| projection.forward.scratch_of(team));
        let packed = self.by_step().map_or(0, Repeated::packed) + self.steps.packed();
        projection.max(packed + team.threads() * self.own())
    }

    pub(super) fn run_forward<T: Scalar>(&self, frame: backend::Forward<'_, T>) {
        let backend::Forward { x: from, y, held, scratch, .. } = frame;
        let Cpu { team, .. } = &self.cpu;
        let Sizes { b, t, n, .. } = self.sizes;
        let Inputs { given, lengths, h0, c0 } = inputs::<T, C>(from);
        let (x, w, u) = (from[0].data, from[1].data, from[2].data);
        let (gates, extra) = y.kept.split_at_mut(if C::KEEPS { b * t * self.gates } else { 0 });
        let (y, y_c) = y.data.split_at_mut(b * t * n);
        let (packed, scratch) = scratch.split_at_mut(self.by_step().map_or(0, Repeated::packed));
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
        let packed = if held.is_empty() {
            self.steps.pack(team, u, packed);
            &*packed
        } else {
            held
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
