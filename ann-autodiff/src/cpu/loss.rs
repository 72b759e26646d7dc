//! Losses: means over elements, and the cross-entropy of classes.

use super::activation::PIECE;
use super::elementwise::part;
use super::gemm::{SHORT, in_columns};
use super::isa::{FusedLoop, Loop};
use super::logits::{ColumnCosts, is_plain, wider};
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::ops::SoftmaxCrossEntropy;
use crate::pointwise::MeanLoss;
use crate::{Cpu, Kernel, Scalar};

/// Sums that are taken side by side.
const LANES: usize = 16;
/// Rows whose exponentials are taken together.
const ROWS: usize = 64;

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
    /// Whether rows are turned into columns, as they are too short to be gone along.
    is_short: bool,
}

impl CrossEntropy {
    pub(super) fn new(cpu: &Cpu, op: SoftmaxCrossEntropy, rows: usize, n: usize) -> Self {
        let is_short = n <= SHORT && is_plain(op);
        Self { cpu: cpu.clone(), op, rows, n, together: (PIECE / 4 / n).max(1), is_short }
    }

    /// Numbers of a task's columns.
    fn in_columns(&self) -> usize {
        if self.is_short { in_columns(self.together.min(self.rows), self.n) } else { 0 }
    }

    fn tasks(&self) -> usize {
        self.rows.div_ceil(self.together)
    }
}

impl<T: Scalar> Kernel<T> for CrossEntropy {
    fn scratch(&self) -> usize {
        self.tasks() * (1 + self.in_columns())
    }

    fn is_small(&self) -> bool {
        self.tasks() == 1
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, classes) = (frame.x[0].data, frame.x[1].data);
        let Self { op, n, rows, .. } = *self;
        let len = self.together * n;
        let (columns, costs) = frame.scratch.split_at_mut(self.tasks() * self.in_columns());
        let costs = &mut costs[..self.tasks()];
        // One kind of slice for all: the softmax of each row, room for columns, and what a task's rows cost.
        let parts = [
            Part::of_task(frame.y.kept, len),
            Part::of_task(columns, self.in_columns()),
            Part::of_task(&mut *costs, 1),
        ];
        deal(&self.cpu.team, self.tasks(), parts, |number, [p, columns, cost]| {
            let x = &x[number * len..][..p.len()];
            let classes = &classes[number * self.together..][..p.len() / n];
            let sum = if self.is_short {
                let columns = &mut columns[..in_columns(classes.len(), n)];
                let turns = T::columns(self.cpu.isa);
                turns.turn(x, n, columns);
                let sum = self.cpu.isa.run_fused(ColumnCosts { n, columns, classes });
                turns.turn_back(columns, n, p);
                sum
            } else {
                self.cpu.isa.run_fused(Rows { op, n, x, classes, p })
            };
            cost[0] = T::from_f64(sum / rows as f64);
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

impl<T: Scalar> FusedLoop for Rows<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn eval<const FUSED: bool>(self) -> f64 {
        let Self { op, n, x, classes, p } = self;
        let mut sum = 0.0;
        let blocks = x.chunks(ROWS * n).zip(p.chunks_mut(ROWS * n)).zip(classes.chunks(ROWS));
        for ((x, p), classes) in blocks {
            let mut most = [T::ZERO; ROWS];
            for ((x, p), most) in x.chunks_exact(n).zip(p.chunks_exact_mut(n)).zip(&mut most) {
                *most = largest(x);
                for (x, p) in x.iter().zip(p) {
                    *p = *most - *x;
                }
            }
            // Of all rows in one loop: a row may be shorter than a vector.
            for p in p.iter_mut() {
                *p = p.fast_exp_of_minus::<FUSED>();
            }
            let rows = x.chunks_exact(n).zip(p.chunks_exact_mut(n));
            for (((x, p), class), most) in rows.zip(classes).zip(most) {
                let exponentials = total(p);
                for p in p.iter_mut() {
                    *p /= exponentials;
                }
                sum += op.cost(x, *class, most, exponentials.fast_ln::<FUSED>());
            }
        }
        sum
    }
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
