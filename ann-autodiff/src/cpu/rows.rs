//! Rows of a matrix: a bias added to each, and their sums.

use super::activation::PIECE;
use super::elementwise::{Factor, Share, part};
use super::isa::{Isa, Loop};
use super::linear::ColumnSums;
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward, Gradient};
use crate::{Cpu, Kernel, Scalar};

/// Sums that are taken side by side.
const LANES: usize = 16;
/// Columns of a task that adds up columns.
const COLUMNS: usize = 256;

/// `y = a + b`, `b` a row that is added to each row of `a`.
#[derive(Debug)]
pub(super) struct AddRow {
    pub(super) cpu: Cpu,
    pub(super) width: usize,
}

impl<T: Scalar> Kernel<T> for AddRow {
    fn forward(&self, frame: Forward<'_, T>) {
        let (a, b) = (frame.x[0].data, frame.x[1].data);
        let piece = (PIECE / self.width).max(1) * self.width;
        deal(&self.cpu.team, a.len().div_ceil(piece), [Part::of_task(frame.y.data, piece)], |number, [y]| {
            self.cpu.isa.run(Sums { a: &a[number * piece..][..y.len()], b, y });
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (dy, Cpu { team, isa, .. }) = (frame.dy, &self.cpu);
        let [da, db] = frame.dx else { return };
        if da.is_wanted() {
            let fresh = da.fresh;
            deal(team, dy.len().div_ceil(PIECE), [Part::of_task(&mut *da.data, PIECE)], |number, [dx]| {
                let dy = part(dy, number, dx.len());
                isa.run(Share { factor: Factor::All(T::ONE), dy, dx, fresh });
            });
        }
        if db.is_wanted() {
            add_columns(&self.cpu, dy, self.width, 0, db);
        }
    }
}

/// A gradient by a row that was added to rows of this width: the sums of as many of their columns as it has, from `first` on, each from
/// the first row to the last.
pub(super) fn add_columns<T: Scalar>(
    cpu: &Cpu,
    rows: &[T],
    width: usize,
    first: usize,
    into: &mut Gradient<'_, T>,
) {
    let fresh = into.fresh;
    let n_tasks = into.data.len().div_ceil(COLUMNS);
    deal(&cpu.team, n_tasks, [Part::of_task(&mut *into.data, COLUMNS)], |number, [sums]| {
        cpu.isa.run(ColumnSums { rows, width, first: first + number * COLUMNS, sums, fresh });
    });
}

struct Sums<'a, T> {
    a: &'a [T],
    b: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Loop for Sums<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let width = self.b.len();
        for (y, a) in self.y.chunks_exact_mut(width).zip(self.a.chunks_exact(width)) {
            for ((y, a), b) in y.iter_mut().zip(a).zip(self.b) {
                *y = *a + *b;
            }
        }
    }
}

/// `scale` times the sum of each row, in `f64`.
#[derive(Debug)]
pub(super) struct SumRows {
    pub(super) cpu: Cpu,
    pub(super) width: usize,
    pub(super) scale: f64,
}

impl SumRows {
    /// Rows of a task.
    fn together(&self) -> usize {
        (PIECE / self.width).max(1)
    }
}

impl<T: Scalar> Kernel<T> for SumRows {
    fn forward(&self, frame: Forward<'_, T>) {
        let (x, together, Cpu { team, isa, .. }) = (frame.x[0].data, self.together(), &self.cpu);
        let parts = [Part::of_task(frame.y.data, together)];
        let n_tasks = (x.len() / self.width).div_ceil(together);
        deal(team, n_tasks, parts, |number, [y]| {
            for (row, y) in x[number * together * self.width..].chunks_exact(self.width).zip(y) {
                *y = T::from_f64(self.scale * total(*isa, row));
            }
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (dy, together, width) = (frame.dy, self.together(), self.width);
        let scale = T::from_f64(self.scale);
        let [dx] = frame.dx else { return };
        let fresh = dx.fresh;
        let n_tasks = dy.len().div_ceil(together);
        deal(&self.cpu.team, n_tasks, [Part::of_task(&mut *dx.data, together * width)], |number, [dx]| {
            for (row, dy) in dx.chunks_exact_mut(width).zip(&dy[number * together..]) {
                if fresh {
                    row.fill(scale * *dy);
                } else {
                    self.cpu.isa.run(AddTo { row, value: scale * *dy });
                }
            }
        });
    }
}

fn total<T: Scalar>(isa: Isa, row: &[T]) -> f64 {
    isa.run(Total(row))
}

struct Total<'a, T>(&'a [T]);

impl<T: Scalar> Loop for Total<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn eval(self) -> f64 {
        let mut lanes = [0.0; LANES];
        let (chunks, rest) = self.0.as_chunks::<LANES>();
        for chunk in chunks {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += x.to_f64();
            }
        }
        for (lane, x) in lanes.iter_mut().zip(rest) {
            *lane += x.to_f64();
        }
        lanes.iter().sum()
    }
}

struct AddTo<'a, T> {
    row: &'a mut [T],
    value: T,
}

impl<T: Scalar> Loop for AddTo<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        for x in self.row {
            *x += self.value;
        }
    }
}
