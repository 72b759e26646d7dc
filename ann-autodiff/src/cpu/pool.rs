//! Pooling, a plane of one channel at a time; windows of 2 by 2 side by side, the usual ones, by themselves.

use super::activation::PIECE;
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

    fn output(&self) -> usize {
        self.output[0] * self.output[1]
    }
}

impl<T: Scalar> Kernel<T> for Pool {
    fn forward(&self, frame: Forward<'_, T>) {
        let x = frame.x[0].data;
        let planes = x.len() / self.plane().max(1);
        let part = Part::of_task(frame.y.data, self.together * self.output());
        deal(&self.cpu.team, planes.div_ceil(self.together), [part], |number, [y]| {
            let x = &x[number * self.together * self.plane()..];
            self.cpu.isa.run(Pick { pool: self, x, y });
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
            let dy = &dy[start * self.output()..];
            self.cpu.isa.run(Spread { pool: self, x, dy, dx, fresh });
        });
    }
}

/// Whether `x` is picked where `best` was the largest so far.
#[inline(always)]
fn is_larger<T: Scalar>(best: T, x: T) -> bool {
    (best < x) | (x.is_nan() & !best.is_nan())
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
                    let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
                    if pool.of == Of::Largest {
                        for (y, (upper, lower)) in y.iter_mut().zip(pairs) {
                            let larger = |best, x| if is_larger(best, x) { x } else { best };
                            *y = larger(larger(larger(upper[0], upper[1]), lower[0]), lower[1]);
                        }
                    } else {
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
                    let lanes = dy.len() / LANES * LANES;
                    for at in (0..lanes).step_by(LANES) {
                        let pixels = 2 * at..2 * (at + LANES);
                        let rows = [&upper[pixels.clone()], &lower[pixels.clone()]];
                        let dx = [&mut dx_upper[pixels.clone()], &mut dx_lower[pixels]];
                        halves::<T, LANES>(rows, &dy[at..at + LANES], dx);
                    }
                    for at in lanes..dy.len() {
                        let pixels = 2 * at..2 * (at + 1);
                        let rows = [&upper[pixels.clone()], &lower[pixels.clone()]];
                        let dx = [&mut dx_upper[pixels.clone()], &mut dx_lower[pixels]];
                        halves::<T, 1>(rows, &dy[at..=at], dx);
                    }
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

/// Windows of 2 by 2 that are treated at once: loops of known length, of which the compiler makes vectors.
const LANES: usize = 4;

/// Gives each of `N` windows' `dy` to its largest element.
#[inline(always)]
fn halves<T: Scalar, const N: usize>(
    [upper, lower]: [&[T]; 2],
    dy: &[T],
    [dx_upper, dx_lower]: [&mut [T]; 2],
) {
    let mut corners = [[T::ZERO; N]; 4];
    for i in 0..N {
        corners[0][i] = upper[2 * i];
        corners[1][i] = upper[2 * i + 1];
        corners[2][i] = lower[2 * i];
        corners[3][i] = lower[2 * i + 1];
    }
    // The shares of the corners, chosen without a branch that could be foreseen wrongly.
    let mut shares = [[T::ZERO; N]; 4];
    for i in 0..N {
        let [a, b, c, d] = [corners[0][i], corners[1][i], corners[2][i], corners[3][i]];
        let right = is_larger(a, b);
        let top = if right { b } else { a };
        let lower_right = is_larger(c, d);
        let bottom = if lower_right { d } else { c };
        let below = is_larger(top, bottom);
        let (above, under) = if below { (T::ZERO, dy[i]) } else { (dy[i], T::ZERO) };
        shares[0][i] = if right { T::ZERO } else { above };
        shares[1][i] = if right { above } else { T::ZERO };
        shares[2][i] = if lower_right { T::ZERO } else { under };
        shares[3][i] = if lower_right { under } else { T::ZERO };
    }
    for i in 0..N {
        dx_upper[2 * i] += shares[0][i];
        dx_upper[2 * i + 1] += shares[1][i];
        dx_lower[2 * i] += shares[2][i];
        dx_lower[2 * i + 1] += shares[3][i];
    }
}
