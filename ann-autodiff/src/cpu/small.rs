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
            add_rows(&mut sums, x, &columns);
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
        if self.k <= SIDE / 2 { self.lanes::<{ SIDE / 2 }>() } else { self.lanes::<SIDE>() }
    }
}

impl<T: Scalar> Gradients<'_, T> {
    /// With the inputs of a row in so many lanes; the sums of a few outputs at a time, as many as stay in registers.
    #[inline(always)]
    fn lanes<const LANES: usize>(mut self) {
        let mut first = 0;
        while first < self.n {
            first += match self.n - first {
                1 => self.sum::<LANES, 1>(first),
                2 => self.sum::<LANES, 2>(first),
                3 => self.sum::<LANES, 3>(first),
                5 => self.sum::<LANES, 5>(first),
                _ => self.sum::<LANES, 4>(first),
            };
        }
        if !self.dx.is_empty() {
            self.by_input::<LANES>();
        }
    }

    /// The gradients by the weights and biases of `N` outputs from `first` on. Returns how many they are.
    #[inline(always)]
    fn sum<const LANES: usize, const N: usize>(&mut self, first: usize) -> usize {
        let Self { n, k, .. } = *self;
        let mut by_weight = [[T::ZERO; LANES]; N];
        let mut by_bias = [T::ZERO; N];
        let (mut x, mut dz) = (self.x, self.dz);
        // Slices that grow shorter cost less than places that are reckoned row by row.
        while k <= x.len() && n <= dz.len() {
            let inputs: [T; LANES] = load(x);
            let slopes: [T; N] = load(&dz[first..]);
            for j in 0..N {
                by_bias[j] += slopes[j];
                for i in 0..LANES {
                    by_weight[j][i] += slopes[j] * inputs[i];
                }
            }
            (x, dz) = (&x[k..], &dz[n..]);
        }
        let (to_weight, to_bias) = self.sums.split_at_mut(n * k);
        for (j, sums) in by_weight.into_iter().enumerate() {
            store(&mut to_weight[(first + j) * k..], sums, k);
        }
        for (to, sum) in to_bias[first..].iter_mut().zip(by_bias) {
            *to = sum;
        }
        N
    }

    #[inline(always)]
    fn by_input<const LANES: usize>(&mut self) {
        let Self { w, dz, n, k, .. } = *self;
        let mut rows = [[T::ZERO; LANES]; SIDE];
        for (j, row) in rows.iter_mut().enumerate().take(n) {
            *row = load(&w[j * k..]);
        }
        for (number, dz) in dz.chunks_exact(n).enumerate() {
            let dx = &mut self.dx[number * k..];
            let mut sums = [T::ZERO; LANES];
            add_rows(&mut sums, dz, &rows);
            if self.fresh {
                store(dx, sums, k);
            } else {
                for (dx, sum) in dx.iter_mut().zip(sums).take(k) {
                    *dx += sum;
                }
            }
        }
    }
}

/// Adds each row times its factor, from the first to the last: four at a time, as a loop of unknown length takes as long as what is in it.
#[inline(always)]
fn add_rows<T: Scalar, const LANES: usize>(sums: &mut [T; LANES], factors: &[T], rows: &[[T; LANES]; SIDE]) {
    let ((factors, rest), (rows, _)) = (factors.as_chunks::<4>(), rows.as_chunks::<4>());
    for (factors, rows) in factors.iter().zip(rows) {
        add_known::<T, LANES, 4>(sums, factors, rows);
    }
    let Some(rows) = rows.get(factors.len()) else { return };
    match rest.len() {
        1 => add_known::<T, LANES, 1>(sums, rest, rows),
        2 => add_known::<T, LANES, 2>(sums, rest, rows),
        3 => add_known::<T, LANES, 3>(sums, rest, rows),
        _ => {}
    }
}

#[inline(always)]
fn add_known<T: Scalar, const LANES: usize, const N: usize>(
    sums: &mut [T; LANES],
    factors: &[T],
    rows: &[[T; LANES]; 4],
) {
    let (Some(factors), Some(rows)) = (factors.first_chunk::<N>(), rows.first_chunk::<N>()) else { return };
    for j in 0..N {
        for i in 0..LANES {
            sums[i] += factors[j] * rows[j][i];
        }
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
