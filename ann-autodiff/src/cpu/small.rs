//! The dense layer of a few inputs and outputs: a row at a time in registers.

use super::activation::{finish_plane, through};
use super::gemm::{SHORT, ShortRows, ShortSums};
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::{Cpu, Epilogue, Extents, Kernel, Scalar};

/// Rows of a task.
const TOGETHER: usize = 512;

/// `y = f(x W^T + b)`
#[derive(Debug)]
pub(super) struct SmallLinear {
    cpu: Cpu,
    epilogue: Epilogue,
    rows: usize,
    n: usize,
    k: usize,
}

impl SmallLinear {
    /// If it is small.
    pub(super) fn new(cpu: &Cpu, epilogue: Epilogue, x: Extents, w: Extents) -> Option<Self> {
        let (rows, n, k) = (x.rows(), w[0], w[1]);
        let is_small = (1..=SHORT).contains(&n) && (1..=SHORT).contains(&k);
        is_small.then(|| Self { cpu: cpu.clone(), epilogue, rows, n, k })
    }

    /// At least one: of no rows the gradients are zeros.
    fn n_tasks(&self) -> usize {
        self.rows.div_ceil(TOGETHER).max(1)
    }

    /// Rows of task `number`.
    fn rows_of(&self, number: usize) -> usize {
        TOGETHER.min(self.rows - number * TOGETHER)
    }

    /// Room for dz, where it is not dy itself.
    fn room(&self) -> usize {
        if self.epilogue == Epilogue::None { 0 } else { self.rows * self.n }
    }

    /// Numbers of the sums of a task: of the gradients by the weight and by the bias.
    fn sums(&self) -> usize {
        self.n * self.k + self.n
    }
}

/// Room for the rows of a weight, or its columns, as [`ShortRows`] reads them.
const WEIGHT: usize = SHORT * SHORT;

impl<T: Scalar> Kernel<T> for SmallLinear {
    fn scratch(&self) -> usize {
        WEIGHT + self.room() + self.rows * self.k + self.n_tasks() * self.sums()
    }

    fn is_small(&self) -> bool {
        self.n_tasks() == 1
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let Self { n, k, .. } = *self;
        let (x, w) = (frame.x[0].data, frame.x[1].data);
        let columns = &mut frame.scratch[..WEIGHT];
        for (j, row) in w.chunks_exact(k).enumerate() {
            for (i, weight) in row.iter().enumerate() {
                columns[i * SHORT + j] = *weight;
            }
        }
        let columns = &*columns;
        let mut bias = [T::ZERO; SHORT];
        bias[..n].copy_from_slice(frame.x[2].data);
        let floor = if self.epilogue == Epilogue::Relu { T::ZERO } else { -T::INFINITY };
        deal(team, self.n_tasks(), [Part::of_task(frame.y.data, TOGETHER * n)], |number, [y]| {
            let (a, rows) = (&x[number * TOGETHER * k..], self.rows_of(number));
            T::short(*isa).rows(ShortRows { a, b: columns, bias: &bias, floor, c: &mut *y, rows, k, n });
            if matches!(self.epilogue, Epilogue::Sigmoid | Epilogue::Tanh) {
                finish_plane(*isa, self.epilogue, y, T::ZERO);
            }
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let Self { n, k, .. } = *self;
        let (x, w, y) = (frame.x[0].data, frame.x[1].data, frame.y.data);
        let [dx, dw, db] = frame.dx else { return };
        let (lines, scratch) = frame.scratch.split_at_mut(WEIGHT);
        let (room, scratch) = scratch.split_at_mut(self.room());
        let (passed, scratch) = scratch.split_at_mut(self.rows * k);
        let sums = &mut scratch[..self.n_tasks() * self.sums()];
        for (line, row) in lines.chunks_exact_mut(SHORT).zip(w.chunks_exact(k)) {
            line[..k].copy_from_slice(row);
        }
        let lines = &*lines;
        let (fresh, is_passed) = (dx.fresh, dx.is_wanted());
        let parts = [
            Part::of_task(room, TOGETHER * n),
            Part::of_task(&mut *dx.data, TOGETHER * k),
            Part::of_task(passed, TOGETHER * k),
            Part::of_task(&mut *sums, self.sums()),
        ];
        deal(team, self.n_tasks(), parts, |number, [room, dx, passed, sums]| {
            let (first, rows) = (number * TOGETHER, self.rows_of(number));
            let dy = &frame.dy[first * n..][..rows * n];
            let dz = if room.is_empty() {
                dy
            } else {
                through(*isa, self.epilogue, room, dy, &y[first * n..][..rows * n]);
                room
            };
            let (c, sums_of_a) = sums.split_at_mut(n * k);
            let short = T::short(*isa);
            short.sums(ShortSums { a: dz, b: &x[first * k..], c, sums_of_a, rows, m: n, n: k });
            if is_passed {
                let (bias, floor) = (&[T::ZERO; SHORT], -T::INFINITY);
                let c = if fresh { &mut *dx } else { &mut *passed };
                short.rows(ShortRows { a: dz, b: lines, bias, floor, c, rows, k: n, n: k });
            }
            if !fresh {
                for (dx, passed) in dx.iter_mut().zip(passed) {
                    *dx += *passed;
                }
            }
        });
        for (number, sums) in sums.chunks_exact(self.sums()).enumerate() {
            let (by_weight, by_bias) = sums.split_at(n * k);
            for (into, sums) in [(&mut *dw, by_weight), (&mut *db, by_bias)] {
                let fresh = into.fresh && number == 0;
                for (into, sum) in into.data.iter_mut().zip(sums) {
                    *into = if fresh { *sum } else { *into + *sum };
                }
            }
        }
    }
}
