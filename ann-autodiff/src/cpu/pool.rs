//! Pooling, a plane of one channel at a time; windows of 2 by 2 side by side, the usual ones, by themselves.

use super::activation::PIECE;
use super::halving::{Halves, Halving};
use super::isa::Loop;
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::ops::Pooling;
use crate::{Cpu, Extents, Kernel, Scalar};

/// Which element, or what, a window gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// The largest; of equals the first; NaN is larger than anything.
    Largest,
    /// The mean; zeros of the padding count.
    Mean,
}

/// Max and average pooling.
#[derive(Debug)]
pub(super) struct Pool {
    cpu: Cpu,
    of: Of,
    image: [usize; 2],
    output: [usize; 2],
    /// For each row of the output the rows of the image in its windows; for each column the columns.
    rows: Vec<Span>,
    columns: Vec<Span>,
    /// Whether windows are 2 by 2, side by side and without padding.
    is_halving: bool,
    /// Planes of one task.
    together: usize,
}

/// Part of an axis in a window, and the window's length there with padding.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    length: usize,
}

impl Pool {
    pub(super) fn new(cpu: &Cpu, of: Of, windows: Pooling, x: Extents, y: Extents) -> Self {
        let (image, output) = ([x[2], x[3]], [y[2], y[3]]);
        let spans = |axis: usize| -> Vec<Span> {
            let (pad, extent) = (windows.pad[axis], image[axis]);
            let span = |i: usize| {
                let start = i * windows.stride[axis];
                let end = (start + windows.kernel[axis]).min(extent + 2 * pad);
                let inside = |place: usize| place.saturating_sub(pad).min(extent);
                Span { start: inside(start), end: inside(end), length: end - start }
            };
            (0..output[axis]).map(span).collect()
        };
        let [rows, columns] = [spans(0), spans(1)];
        let is_pair = |span: &Span| span.end - span.start == 2 && span.length == 2;
        let is_halving =
            windows.stride == [2; 2] && windows.pad == [0; 2] && rows.iter().chain(&columns).all(is_pair);
        let together = (PIECE / (image[0] * image[1]).max(1)).max(1);
        Self { cpu: cpu.clone(), of, image, output, rows, columns, is_halving, together }
    }

    fn plane(&self) -> usize {
        self.image[0] * self.image[1]
    }

    /// Windows of a plane.
    pub(super) fn output(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// The loops over windows of 2 by 2, if there are such for these, and what they go over: so many planes.
    pub(super) fn halves<T: Scalar>(&self, planes: usize) -> Option<(Halves<T>, Halving)> {
        let halves = T::halves(self.cpu.isa).filter(|_| self.is_halving && self.of == Of::Largest)?;
        Some((halves, Halving { image: self.image, output: self.output, planes }))
    }
}

impl<T: Scalar> Kernel<T> for Pool {
    fn forward(&self, frame: Forward<'_, T>) {
        let x = frame.x[0].data;
        let planes = x.len() / self.plane().max(1);
        let part = Part::of_task(frame.y.data, self.together * self.output());
        deal(&self.cpu.team, planes.div_ceil(self.together), [part], |number, [y]| {
            let planes = y.len() / self.output();
            let x = &x[number * self.together * self.plane()..][..planes * self.plane()];
            match self.halves(planes) {
                Some((halves, of)) => halves.pick(of, x, y),
                None => self.cpu.isa.run(Pick { pool: self, x, y }),
            }
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (x, dy) = (frame.x[0].data, frame.dy);
        let [dx] = frame.dx else { return };
        let planes = dx.data.len() / self.plane().max(1);
        let fresh = dx.fresh;
        let part = Part::of_task(&mut *dx.data, self.together * self.plane());
        deal(&self.cpu.team, planes.div_ceil(self.together), [part], |number, [dx]| {
            let start = number * self.together;
            let x = x.get(start * self.plane()..).unwrap_or_default();
            let planes = dx.len() / self.plane();
            let dy = &dy[start * self.output()..][..planes * self.output()];
            match self.halves(planes) {
                Some((halves, of)) => halves.spread(of, &x[..dx.len()], dy, dx, fresh),
                None => self.cpu.isa.run(Spread { pool: self, x, dy, dx, fresh }),
            }
        });
    }
}

/// Goes through so many windows, as many at a time as there are left of 8, 4 and 1: `N`, which the compiler knows.
macro_rules! in_lanes {
    ($count:expr, |$at:ident, $n:ident| $body:expr) => {
        let mut $at = 0;
        while $at < $count {
            match $count - $at {
                8.. => {
                    const $n: usize = 8;
                    $body;
                    $at += $n;
                }
                4.. => {
                    const $n: usize = 4;
                    $body;
                    $at += $n;
                }
                _ => {
                    const $n: usize = 1;
                    $body;
                    $at += $n;
                }
            }
        }
    };
}

/// Whether `x` is picked where `best` was the largest so far: it is larger, or NaN and the other is not.
#[inline(always)]
#[expect(clippy::neg_cmp_op_on_partial_ord, reason = "not less nor equal, as NaN is neither")]
fn is_larger<T: Scalar>(best: T, x: T) -> bool {
    !(x <= best) & !best.is_nan()
}

struct Pick<'a, T> {
    pool: &'a Pool,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Loop for Pick<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { pool, x, y } = self;
        let width = pool.image[1];
        for (y, x) in y.chunks_exact_mut(pool.output()).zip(x.chunks_exact(pool.plane())) {
            for (y, rows) in y.chunks_exact_mut(pool.output[1]).zip(&pool.rows) {
                if pool.is_halving {
                    let (upper, lower) = x[rows.start * width..][..2 * width].split_at(width);
                    if pool.of == Of::Largest {
                        in_lanes!(y.len(), |at, N| {
                            let pixels = 2 * at..2 * (at + N);
                            pick::<T, N>([&upper[pixels.clone()], &lower[pixels]], &mut y[at..][..N]);
                        });
                    } else {
                        let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
                        for (y, (upper, lower)) in y.iter_mut().zip(pairs) {
                            *y = (upper[0] + upper[1] + lower[0] + lower[1]) / T::from_f64(4.0);
                        }
                    }
                    continue;
                }
                for (y, columns) in y.iter_mut().zip(&pool.columns) {
                    *y = match pool.of {
                        Of::Largest => {
                            let at = largest(x, width, *rows, *columns);
                            if at < x.len() { x[at] } else { T::NAN }
                        }
                        Of::Mean => {
                            let mut sum = T::ZERO;
                            for row in rows.start..rows.end {
                                for x in &x[row * width + columns.start..row * width + columns.end] {
                                    sum += *x;
                                }
                            }
                            sum / T::from_usize(rows.length * columns.length)
                        }
                    };
                }
            }
        }
    }
}

/// Where the largest element of a window is.
#[inline(always)]
fn largest<T: Scalar>(x: &[T], width: usize, rows: Span, columns: Span) -> usize {
    let mut at = rows.start * width + columns.start;
    let mut best = if at < x.len() { x[at] } else { T::NAN };
    for row in rows.start..rows.end {
        let start = row * width + columns.start;
        for (offset, x) in x[start..row * width + columns.end].iter().enumerate() {
            if is_larger(best, *x) {
                best = *x;
                at = start + offset;
            }
        }
    }
    at
}

struct Spread<'a, T> {
    pool: &'a Pool,
    x: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
    fresh: bool,
}

impl<T: Scalar> Loop for Spread<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { pool, x, dy, dx, fresh } = self;
        let width = pool.image[1];
        if fresh {
            dx.fill(T::ZERO);
        }
        for (number, (dx, dy)) in
            dx.chunks_exact_mut(pool.plane()).zip(dy.chunks_exact(pool.output())).enumerate()
        {
            // The mean does not look at x, which is not kept for it.
            let x = x.get(number * pool.plane()..(number + 1) * pool.plane()).unwrap_or_default();
            for (dy, rows) in dy.chunks_exact(pool.output[1]).zip(&pool.rows) {
                if pool.is_halving && pool.of == Of::Largest {
                    let (upper, lower) = x[rows.start * width..][..2 * width].split_at(width);
                    let (dx_upper, dx_lower) = dx[rows.start * width..][..2 * width].split_at_mut(width);
                    in_lanes!(dy.len(), |at, N| {
                        let pixels = 2 * at..2 * (at + N);
                        let rows = [&upper[pixels.clone()], &lower[pixels.clone()]];
                        let dx = [&mut dx_upper[pixels.clone()], &mut dx_lower[pixels]];
                        spread::<T, N>(rows, &dy[at..][..N], dx);
                    });
                    continue;
                }
                for (dy, columns) in dy.iter().zip(&pool.columns) {
                    match pool.of {
                        Of::Largest => {
                            if let Some(dx) = dx.get_mut(largest(x, width, *rows, *columns)) {
                                *dx += *dy;
                            }
                        }
                        Of::Mean => {
                            let share = *dy / T::from_usize(rows.length * columns.length);
                            for row in rows.start..rows.end {
                                for dx in &mut dx[row * width + columns.start..row * width + columns.end] {
                                    *dx += share;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The corners of `N` windows of 2 by 2: upper left, upper right, lower left, lower right.
#[inline(always)]
fn corners<T: Scalar, const N: usize>([upper, lower]: [&[T]; 2]) -> [[T; N]; 4] {
    let (upper, lower) = (&upper[..2 * N], &lower[..2 * N]);
    let mut corners = [[T::ZERO; N]; 4];
    for i in 0..N {
        corners[0][i] = upper[2 * i];
        corners[1][i] = upper[2 * i + 1];
        corners[2][i] = lower[2 * i];
        corners[3][i] = lower[2 * i + 1];
    }
    corners
}

/// Of two numbers each the one that is picked. Simple loops one after the other, of which the compiler makes vectors.
#[inline(always)]
fn larger<T: Scalar, const N: usize>(first: &[T; N], second: &[T; N]) -> [T; N] {
    let mut largest = *first;
    for i in 0..N {
        largest[i] = if is_larger(first[i], second[i]) { second[i] } else { first[i] };
    }
    largest
}

/// Each share for that one of two numbers which is picked, zero for the other.
#[inline(always)]
fn share_out<T: Scalar, const N: usize>(share: &[T; N], first: &[T; N], second: &[T; N]) -> [[T; N]; 2] {
    let mut shares = [[T::ZERO; N]; 2];
    for i in 0..N {
        shares[0][i] = if is_larger(first[i], second[i]) { T::ZERO } else { share[i] };
    }
    for i in 0..N {
        shares[1][i] = if is_larger(first[i], second[i]) { share[i] } else { T::ZERO };
    }
    shares
}

/// The largest element of each of `N` windows.
#[inline(always)]
fn pick<T: Scalar, const N: usize>(rows: [&[T]; 2], y: &mut [T]) {
    let [a, b, c, d] = corners::<T, N>(rows);
    y.copy_from_slice(&larger(&larger(&a, &b), &larger(&c, &d)));
}

/// Gives each of `N` windows' `dy` to its largest element.
#[inline(always)]
fn spread<T: Scalar, const N: usize>(rows: [&[T]; 2], dy: &[T], [dx_upper, dx_lower]: [&mut [T]; 2]) {
    let [a, b, c, d] = corners::<T, N>(rows);
    let mut share = [T::ZERO; N];
    share.copy_from_slice(dy);
    let [upper, lower] = share_out(&share, &larger(&a, &b), &larger(&c, &d));
    add_pairs(dx_upper, share_out(&upper, &a, &b));
    add_pairs(dx_lower, share_out(&lower, &c, &d));
}

/// Adds a number each to the first and to the second of pairs.
#[inline(always)]
fn add_pairs<T: Scalar, const N: usize>(to: &mut [T], [first, second]: [[T; N]; 2]) {
    let (pairs, _) = to[..2 * N].as_chunks_mut::<2>();
    let mut sums = [[T::ZERO; 2]; N];
    for i in 0..N {
        sums[i] = [pairs[i][0] + first[i], pairs[i][1] + second[i]];
    }
    pairs.copy_from_slice(&sums);
}
