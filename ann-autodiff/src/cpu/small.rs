//! The dense layer where inputs and outputs fit a vector or two: a row at a time in registers, with nothing copied first. A product by tiles
//! takes longer to begin than such a layer has to compute.

use std::marker::PhantomData;

use super::activation::{Activation, dispatch, through};
use super::isa::Loop;
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::{Cpu, Epilogue, Extents, Kernel, Scalar};

/// Most inputs, and outputs.
const SIDE: usize = 16;
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
        let is_small = (1..=SIDE).contains(&n) && (1..=SIDE).contains(&k);
        is_small.then(|| Self { cpu: cpu.clone(), epilogue, rows, n, k })
    }

    /// At least one: of no rows the gradients are zeros.
    fn n_tasks(&self) -> usize {
        self.rows.div_ceil(TOGETHER).max(1)
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

impl<T: Scalar> Kernel<T> for SmallLinear {
    fn scratch(&self) -> usize {
        self.room() + self.n_tasks() * self.sums()
    }

    fn is_small(&self) -> bool {
        self.n_tasks() == 1
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let (x, w, b) = (frame.x[0].data, frame.x[1].data, frame.x[2].data);
        let piece = TOGETHER * self.n;
        deal(team, self.n_tasks(), [Part::of_task(frame.y.data, piece)], |number, [y]| {
            let x = &x[number * TOGETHER * self.k..];
            dispatch!(isa, self.epilogue, Rows, Layer { x, w, b, n: self.n, k: self.k, y });
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let Cpu { team, isa, .. } = &self.cpu;
        let (x, w, y) = (frame.x[0].data, frame.x[1].data, frame.y.data);
        let [dx, dw, db] = frame.dx else { return };
        let (room, sums) = frame.scratch.split_at_mut(self.room());
        let sums = &mut sums[..self.n_tasks() * self.sums()];
        let fresh = dx.fresh;
        let parts = [
            Part::of_task(room, TOGETHER * self.n),
            Part::of_task(&mut *dx.data, TOGETHER * self.k),
            Part::of_task(&mut *sums, self.sums()),
        ];
        deal(team, self.n_tasks(), parts, |number, [room, dx, sums]| {
            let first = number * TOGETHER;
            let rows = TOGETHER.min(self.rows - first);
            let dy = &frame.dy[first * self.n..][..rows * self.n];
            let dz = if room.is_empty() {
                dy
            } else {
                through(*isa, self.epilogue, room, dy, &y[first * self.n..][..rows * self.n]);
                room
            };
            let x = &x[first * self.k..][..rows * self.k];
            isa.run(Gradients { x, w, dz, n: self.n, k: self.k, dx, fresh, sums });
        });
        for (number, sums) in sums.chunks_exact(self.sums()).enumerate() {
            let (by_weight, by_bias) = sums.split_at(self.n * self.k);
            for (into, sums) in [(&mut *dw, by_weight), (&mut *db, by_bias)] {
                let fresh = into.fresh && number == 0;
                for (into, sum) in into.data.iter_mut().zip(sums) {
                    *into = if fresh { *sum } else { *into + *sum };
                }
            }
        }
    }
}

/// A few rows of `y = f(x W^T + b)`.
struct Rows<F, O>(O, PhantomData<F>);

struct Layer<'a, T> {
    x: &'a [T],
    w: &'a [T],
    b: &'a [T],
    n: usize,
    k: usize,
    y: &'a mut [T],
}

impl<F: Activation, T: Scalar> Loop for Rows<F, Layer<'_, T>> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        if self.0.n <= SIDE / 2 { self.0.lanes::<F, { SIDE / 2 }>() } else { self.0.lanes::<F, SIDE>() }
    }
}

impl<T: Scalar> Layer<'_, T> {
    /// With the outputs of a row in so many lanes.
    #[inline(always)]
    fn lanes<F: Activation, const LANES: usize>(self) {
        let Self { x, w, b, n, k, y } = self;
        let mut columns = [[T::ZERO; LANES]; SIDE];
        for (j, row) in w.chunks_exact(k).enumerate().take(LANES) {
            for (column, value) in columns.iter_mut().zip(row) {
                column[j] = *value;
            }
        }
        let bias: [T; LANES] = load(b);
        for (row, x) in x.chunks_exact(k).enumerate().take(y.len() / n) {
            let mut sums = [T::ZERO; LANES];
            for (factor, column) in x.iter().zip(&columns) {
                for i in 0..LANES {
                    sums[i] += *factor * column[i];
                }
            }
            for i in 0..LANES {
                sums[i] = F::value(sums[i] + bias[i]);
            }
            store(&mut y[row * n..], sums, n);
        }
    }
}

/// The gradients of a few rows.
struct Gradients<'a, T> {
    x: &'a [T],
    w: &'a [T],
    dz: &'a [T],
    n: usize,
    k: usize,
    /// Empty if nobody wants it.
    dx: &'a mut [T],
    /// Whether it is overwritten.
    fresh: bool,
    /// By the weight, by the bias.
    sums: &'a mut [T],
}

impl<T: Scalar> Loop for Gradients<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        if self.k <= SIDE / 2 { self.by_outputs::<{ SIDE / 2 }>() } else { self.by_outputs::<SIDE>() }
    }
}

impl<T: Scalar> Gradients<'_, T> {
    #[inline(always)]
    fn by_outputs<const LANES: usize>(self) {
        const HALF: usize = SIDE / 2;
        const QUARTER: usize = SIDE / 4;
        if self.n <= QUARTER {
            self.lanes::<LANES, QUARTER>();
        } else if self.n <= HALF {
            self.lanes::<LANES, HALF>();
        } else {
            self.lanes::<LANES, SIDE>();
        }
    }

    /// With the inputs of a row in so many lanes, and as if there were so many outputs: sums of a known number stay in registers.
    #[inline(always)]
    fn lanes<const LANES: usize, const N: usize>(self) {
        let Self { x, w, dz, n, k, dx, fresh, sums } = self;
        let mut rows = [[T::ZERO; LANES]; N];
        for (j, row) in rows.iter_mut().enumerate().take(n) {
            *row = load(&w[j * k..]);
        }
        let mut by_weight = [[T::ZERO; LANES]; N];
        let mut by_bias = [T::ZERO; N];
        let mut is_used = [T::ZERO; N];
        is_used[..n].fill(T::ONE);
        for number in 0..dz.len() / n {
            let x: [T; LANES] = load(&x[number * k..]);
            let mut dz: [T; N] = load(&dz[number * n..]);
            for j in 0..N {
                dz[j] = if is_used[j] == T::ONE { dz[j] } else { T::ZERO };
            }
            let mut by_input = [T::ZERO; LANES];
            for j in 0..N {
                by_bias[j] += dz[j];
                for i in 0..LANES {
                    by_weight[j][i] += dz[j] * x[i];
                    by_input[i] += dz[j] * rows[j][i];
                }
            }
            if dx.is_empty() {
                continue;
            }
            let dx = &mut dx[number * k..];
            if fresh {
                store(dx, by_input, k);
            } else {
                for (dx, value) in dx.iter_mut().zip(by_input).take(k) {
                    *dx += value;
                }
            }
        }
        let (to_weight, to_bias) = sums.split_at_mut(n * k);
        for (to, sums) in to_weight.chunks_exact_mut(k).zip(by_weight) {
            to.copy_from_slice(&sums[..k]);
        }
        to_bias.copy_from_slice(&by_bias[..n]);
    }
}

/// The first numbers; those that are not there zero.
#[inline(always)]
fn load<T: Scalar, const LANES: usize>(from: &[T]) -> [T; LANES] {
    if let Some(lanes) = from.first_chunk() {
        return *lanes;
    }
    let mut lanes = [T::ZERO; LANES];
    for (lane, value) in lanes.iter_mut().zip(from) {
        *lane = *value;
    }
    lanes
}

/// Writes the first `used` lanes. Those behind them may be written too: the next row comes after and covers them.
#[inline(always)]
fn store<T: Scalar, const LANES: usize>(to: &mut [T], lanes: [T; LANES], used: usize) {
    match to.first_chunk_mut() {
        Some(to) => *to = lanes,
        None => store_some(to, &{ lanes }, used),
    }
}

/// The last rows, by themselves: lanes taken apart here would be taken apart in every row.
#[cold]
#[inline(never)]
fn store_some<T: Scalar, const LANES: usize>(to: &mut [T], lanes: &[T; LANES], used: usize) {
    for (to, lane) in to.iter_mut().zip(lanes).take(used) {
        *to = *lane;
    }
}
