//! Losses: means over elements, and the cross-entropy of classes.

use super::activation::PIECE;
use super::elementwise::part;
use super::isa::Loop;
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::ops::SoftmaxCrossEntropy;
use crate::pointwise::MeanLoss;
use crate::{Cpu, Kernel, Scalar};

/// Sums that are taken side by side.
const LANES: usize = 16;
/// Rows whose exponentials are taken together.
const ROWS: usize = 64;
/// Most logits of a row that is too short to be gone along: as many rows as there are lanes are computed side by side.
const SHORT: usize = 16;

/// The mean over all elements of a function of an output and its target, in pieces; the pieces' sums are added in order.
#[derive(Debug)]
pub(super) struct Mean<O> {
    pub(super) cpu: Cpu,
    pub(super) op: O,
    /// Elements.
    pub(super) count: usize,
}

impl<O> Mean<O> {
    fn pieces(&self) -> usize {
        self.count.div_ceil(PIECE)
    }
}

impl<T: Scalar, O: MeanLoss + std::fmt::Debug + Send + Sync> Kernel<T> for Mean<O> {
    fn scratch(&self) -> usize {
        self.pieces()
    }

    fn is_small(&self) -> bool {
        self.pieces() == 1
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, t) = (frame.x[0].data, frame.x[1].data);
        let means = &mut frame.scratch[..self.pieces()];
        let len = |number: usize| PIECE.min(self.count - number * PIECE);
        deal(&self.cpu.team, self.pieces(), [Part::of_task(&mut *means, 1)], |number, [mean]| {
            let (x, t) = (part(x, number, len(number)), part(t, number, len(number)));
            mean[0] = T::from_f64(self.cpu.isa.run(Sum { op: &self.op, x, t }) / self.count as f64);
        });
        frame.y.data[0] = T::from_f64(means.iter().map(|mean| mean.to_f64()).sum());
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (x, t) = (frame.x[0].data, frame.x[1].data);
        let [dx, _] = frame.dx else { return };
        let (fresh, share) = (dx.fresh, frame.dy[0] / T::from_usize(self.count));
        deal(&self.cpu.team, self.pieces(), [Part::of_task(&mut *dx.data, PIECE)], |number, [dx]| {
            let (x, t) = (part(x, number, dx.len()), part(t, number, dx.len()));
            self.cpu.isa.run(Slopes { op: &self.op, x, t, share, dx, fresh });
        });
    }
}

struct Sum<'a, O, T> {
    op: &'a O,
    x: &'a [T],
    t: &'a [T],
}

impl<O: MeanLoss, T: Scalar> Loop for Sum<'_, O, T> {
    type Output = f64;

    #[inline(always)]
    fn eval(self) -> f64 {
        let mut lanes = [0.0; LANES];
        let ((x, x_rest), (t, t_rest)) = (self.x.as_chunks::<LANES>(), self.t.as_chunks::<LANES>());
        for (x, t) in x.iter().zip(t) {
            for ((lane, x), t) in lanes.iter_mut().zip(x).zip(t) {
                *lane += self.op.fast_value(*x, *t).to_f64();
            }
        }
        for ((lane, x), t) in lanes.iter_mut().zip(x_rest).zip(t_rest) {
            *lane += self.op.fast_value(*x, *t).to_f64();
        }
        lanes.iter().sum()
    }
}

struct Slopes<'a, O, T> {
    op: &'a O,
    x: &'a [T],
    t: &'a [T],
    share: T,
    dx: &'a mut [T],
    fresh: bool,
}

impl<O: MeanLoss, T: Scalar> Loop for Slopes<'_, O, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { op, x, t, share, dx, fresh } = self;
        if fresh {
            dx.fill(T::ZERO);
        }
        for ((dx, x), t) in dx.iter_mut().zip(x).zip(t) {
            *dx += share * op.fast_slope(*x, *t);
        }
    }
}

/// The mean over rows of `n` logits of the cross-entropy of a class.
#[derive(Debug)]
pub(super) struct CrossEntropy {
    cpu: Cpu,
    op: SoftmaxCrossEntropy,
    rows: usize,
    n: usize,
    /// Rows of a task.
    together: usize,
}

impl CrossEntropy {
    pub(super) fn new(cpu: &Cpu, op: SoftmaxCrossEntropy, rows: usize, n: usize) -> Self {
        Self { cpu: cpu.clone(), op, rows, n, together: (PIECE / 4 / n).max(1) }
    }

    fn tasks(&self) -> usize {
        self.rows.div_ceil(self.together)
    }
}

impl<T: Scalar> Kernel<T> for CrossEntropy {
    fn scratch(&self) -> usize {
        self.tasks()
    }

    fn is_small(&self) -> bool {
        self.tasks() == 1
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, classes) = (frame.x[0].data, frame.x[1].data);
        let (costs, len) = (&mut frame.scratch[..self.tasks()], self.together * self.n);
        // One kind of slice for both: the softmax of each row, and what a task's rows cost.
        let parts = [Part::of_task(frame.y.kept, len), Part::of_task(&mut *costs, 1)];
        deal(&self.cpu.team, self.tasks(), parts, |number, [p, cost]| {
            let x = &x[number * len..][..p.len()];
            let classes = &classes[number * self.together..][..p.len() / self.n];
            let sum = self.cpu.isa.run(Rows { op: self.op, n: self.n, x, classes, p });
            cost[0] = T::from_f64(sum / self.rows as f64);
        });
        frame.y.data[0] = T::from_f64(costs.iter().map(|cost| cost.to_f64()).sum());
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (p, classes) = (frame.kept, frame.x[1].data);
        let [dx, _] = frame.dx else { return };
        let (share, fresh) = (frame.dy[0] / T::from_usize(self.rows), dx.fresh);
        let len = self.together * self.n;
        deal(&self.cpu.team, self.tasks(), [Part::of_task(&mut *dx.data, len)], |number, [dx]| {
            let p = &p[number * len..][..dx.len()];
            let classes = &classes[number * self.together..][..dx.len() / self.n];
            self.cpu.isa.run(RowSlopes { op: self.op, n: self.n, p, classes, share, dx, fresh });
        });
    }
}

struct Rows<'a, T> {
    op: SoftmaxCrossEntropy,
    n: usize,
    x: &'a [T],
    classes: &'a [T],
    p: &'a mut [T],
}

impl<T: Scalar> Loop for Rows<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn eval(self) -> f64 {
        if self.n <= SHORT && self.op.smoothing == 0.0 { self.side_by_side() } else { self.along() }
    }
}

impl<T: Scalar> Rows<'_, T> {
    #[inline(always)]
    fn side_by_side(self) -> f64 {
        let Self { n, x, classes, p, .. } = self;
        let mut sum = 0.0;
        let blocks = x.chunks(LANES * n).zip(p.chunks_mut(LANES * n)).zip(classes.chunks(LANES));
        for ((x, p), classes) in blocks {
            let mut columns = [[T::ZERO; LANES]; SHORT];
            // A few of each row at a time, as many as the compiler is told.
            for first in (0..n).step_by(4) {
                match n - first {
                    1 => to_columns::<T, 1>(x, n, first, &mut columns),
                    2 => to_columns::<T, 2>(x, n, first, &mut columns),
                    3 => to_columns::<T, 3>(x, n, first, &mut columns),
                    _ => to_columns::<T, 4>(x, n, first, &mut columns),
                }
            }
            let mut of = [T::ZERO; LANES];
            for (of, class) in of.iter_mut().zip(classes) {
                *of = *class;
            }
            let mut most = columns[0];
            for column in &columns[..n] {
                for i in 0..LANES {
                    most[i] = wider(most[i], column[i]);
                }
            }
            // A class that is none gives NaN.
            let (mut below, mut exponentials) = ([T::NAN; LANES], [T::ZERO; LANES]);
            for (j, column) in columns.iter_mut().enumerate().take(n) {
                let j = T::from_usize(j);
                for i in 0..LANES {
                    let distance = most[i] - column[i];
                    below[i] = if of[i] == j { distance } else { below[i] };
                    column[i] = (-distance).fast_exp();
                    exponentials[i] += column[i];
                }
            }
            for column in &mut columns[..n] {
                for i in 0..LANES {
                    column[i] /= exponentials[i];
                }
            }
            for i in 0..LANES {
                below[i] += exponentials[i].fast_ln();
            }
            for first in (0..n).step_by(4) {
                match n - first {
                    1 => to_rows::<T, 1>(&columns, p, n, first),
                    2 => to_rows::<T, 2>(&columns, p, n, first),
                    3 => to_rows::<T, 3>(&columns, p, n, first),
                    _ => to_rows::<T, 4>(&columns, p, n, first),
                }
            }
            for (cost, _) in below.iter().zip(classes) {
                sum += cost.to_f64();
            }
        }
        sum
    }

    #[inline(always)]
    fn along(self) -> f64 {
        let Self { op, n, x, classes, p } = self;
        let mut sum = 0.0;
        let blocks = x.chunks(ROWS * n).zip(p.chunks_mut(ROWS * n)).zip(classes.chunks(ROWS));
        for ((x, p), classes) in blocks {
            let mut most = [T::ZERO; ROWS];
            for ((x, p), most) in x.chunks_exact(n).zip(p.chunks_exact_mut(n)).zip(&mut most) {
                *most = largest(x);
                for (x, p) in x.iter().zip(p) {
                    *p = *x - *most;
                }
            }
            // Of all rows in one loop: a row may be shorter than a vector.
            for p in p.iter_mut() {
                *p = p.fast_exp();
            }
            let rows = x.chunks_exact(n).zip(p.chunks_exact_mut(n));
            for (((x, p), class), most) in rows.zip(classes).zip(most) {
                let exponentials = total(p);
                for p in p.iter_mut() {
                    *p /= exponentials;
                }
                sum += op.cost(x, *class, most, exponentials.fast_ln());
            }
        }
        sum
    }
}

/// Puts `W` numbers of each row, from `first` on, where rows lie side by side.
#[inline(always)]
fn to_columns<T: Scalar, const W: usize>(x: &[T], n: usize, first: usize, columns: &mut [[T; LANES]; SHORT]) {
    let Some(columns) = columns[first..].first_chunk_mut::<W>() else { return };
    for (row, x) in x.chunks_exact(n).enumerate().take(LANES) {
        let x = &x[first..first + W];
        for j in 0..W {
            columns[j][row] = x[j];
        }
    }
}

/// Puts them back.
#[inline(always)]
fn to_rows<T: Scalar, const W: usize>(columns: &[[T; LANES]; SHORT], p: &mut [T], n: usize, first: usize) {
    let Some(columns) = columns[first..].first_chunk::<W>() else { return };
    for (row, p) in p.chunks_exact_mut(n).enumerate().take(LANES) {
        let p = &mut p[first..first + W];
        for j in 0..W {
            p[j] = columns[j][row];
        }
    }
}

/// The larger, NaN if one is NaN.
#[inline(always)]
fn wider<T: Scalar>(a: T, b: T) -> T {
    if a < b || b.is_nan() { b } else { a }
}

#[inline(always)]
fn largest<T: Scalar>(x: &[T]) -> T {
    if x.len() < LANES {
        return x.iter().fold(x[0], |a, b| wider(a, *b));
    }
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut lanes = [x[0]; LANES];
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = wider(*lane, *x);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane = wider(*lane, *x);
    }
    lanes.into_iter().fold(x[0], wider)
}

#[inline(always)]
fn total<T: Scalar>(x: &[T]) -> T {
    if x.len() < LANES {
        return x.iter().fold(T::ZERO, |sum, x| sum + *x);
    }
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut lanes = [T::ZERO; LANES];
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += *x;
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += *x;
    }
    lanes.into_iter().fold(T::ZERO, |sum, lane| sum + lane)
}

struct RowSlopes<'a, T> {
    op: SoftmaxCrossEntropy,
    n: usize,
    p: &'a [T],
    classes: &'a [T],
    share: T,
    dx: &'a mut [T],
    fresh: bool,
}

impl<T: Scalar> Loop for RowSlopes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { op, n, p, classes, share, dx, fresh } = self;
        if !fresh {
            for ((p, dx), class) in p.chunks_exact(n).zip(dx.chunks_exact_mut(n)).zip(classes) {
                op.row_backward(p, *class, share, dx);
            }
            return;
        }
        // In one loop as if no row had a class: a row may be shorter than a vector.
        let (spread, hot) = op.targets::<T>(n);
        for (dx, p) in dx.iter_mut().zip(p) {
            *dx = share * (*p - spread);
        }
        for ((p, dx), class) in p.chunks_exact(n).zip(dx.chunks_exact_mut(n)).zip(classes) {
            let at = class.to_f64() as usize;
            if at < n && *class == T::from_usize(at) {
                dx[at] = share * (p[at] - hot);
            }
        }
    }
}
