//! Loops over the tiles of a panel and over filters: what is around the products.

use super::grid::Run;
use super::lanes::{POINTS, at_points, from_points, load, none, of_input, scaled, store};
use crate::cpu::conv2d::windows::copy;
use crate::cpu::gemm::ask;
use crate::cpu::isa::Loop;
use crate::{Epilogue, Scalar};

/// Most columns of a panel, and most lanes.
const WIDEST: usize = 32;
const MOST: usize = 16;
/// Every second or fourth number of a line of patches (two more may follow each tile), a line, and the patches of a panel.
const APART: usize = 3 * WIDEST + 2 * MOST;
const LINE: usize = 4 * APART;
const PATCHES: usize = POINTS * POINTS * (WIDEST + MOST);

/// Planes `[image, channel]` of one group that tiles are taken from.
#[derive(Clone, Copy)]
pub(super) struct Planes<'a, T> {
    pub(super) data: &'a [T],
    /// Where the slope of an activation is to be multiplied in: the output, as long as the data.
    pub(super) slope: Option<(Epilogue, &'a [T])>,
    /// Channels of an image, all groups; the group's first.
    pub(super) channels: usize,
    pub(super) first: usize,
    pub(super) size: [usize; 2],
    pub(super) pad: [usize; 2],
}

/// Where patches are made.
struct Room<T> {
    lines: [[T; LINE]; POINTS],
    apart: [[[T; APART]; 4]; POINTS],
    patches: [T; PATCHES],
}

impl<T: Scalar> Planes<'_, T> {
    /// The patches of `SIDE` by `SIDE` under the tiles of a panel, `M` apart: number `(i, j)` of all of them at `(i SIDE + j) line`.
    ///
    /// `lines` are 0 where this panel has no numbers of a plane, and may be from the channel before where it has. Step by step for
    /// all runs, as a vector made of numbers that were stored a moment ago would wait for them.
    #[inline(always)]
    fn patches<const M: usize, const SIDE: usize, const N: usize>(
        &self,
        runs: &[Run],
        channel: usize,
        Room { lines, apart, patches }: &mut Room<T>,
        line: usize,
    ) {
        let [height, width] = self.size;
        // A run's patches reach beyond its tiles.
        let beyond = (SIDE - M).div_ceil(M);
        for (number, run) in runs.iter().enumerate() {
            let plane = (run.image * self.channels + self.first + channel) * height * width;
            let count = M * (run.len - 1) + SIDE;
            // Of the numbers of a line those from `low` to `high` are on the plane.
            let start = M * run.left;
            let low = self.pad[1].saturating_sub(start).min(count);
            let high = (width + self.pad[1]).saturating_sub(start).clamp(low, count);
            let at = M * (run.at + number * beyond);
            for i in 0..SIDE {
                let row = (M * run.top + i).wrapping_sub(self.pad[0]);
                if row < height && low < high {
                    let from = plane + row * width + start + low - self.pad[1];
                    // Rows of the next channel are too few for the processor to see that they will be wanted.
                    prefetch(self.data, from + height * width, high - low);
                    let inside = &mut lines[i][at + low..at + high];
                    copy(inside, &self.data[from..][..high - low]);
                    if let Some((epilogue, y)) = self.slope {
                        slopes(epilogue, inside, &y[from..][..high - low]);
                    }
                }
            }
        }
        // Every `M`th number side by side: a loop whose length the compiler does not know becomes vectors, an unrolled one not.
        let vectors = (line + runs.len() * beyond).div_ceil(16).min(APART / 16);
        for i in 0..SIDE {
            let (line, apart) = (&lines[i], &mut apart[i]);
            if M == 2 {
                for t in 0..16 * vectors {
                    apart[0][t] = line[2 * t];
                    apart[1][t] = line[2 * t + 1];
                }
            } else {
                for t in 0..16 * vectors {
                    apart[0][t] = line[4 * t];
                    apart[1][t] = line[4 * t + 1];
                    apart[2][t] = line[4 * t + 2];
                    apart[3][t] = line[4 * t + 3];
                }
            }
        }
        // Whole vectors: what is beyond the run is written over by the next one, or not used.
        for (number, run) in runs.iter().enumerate() {
            for first in (0..run.len).step_by(N) {
                for i in 0..SIDE {
                    for j in 0..SIDE {
                        let values: [T; N] = load(&apart[i][j % M], run.at + number * beyond + first + j / M);
                        store(patches, (i * SIDE + j) * line + run.at + first, values);
                    }
                }
            }
        }
    }
}

/// Asks for numbers that will be read soon.
#[inline(always)]
fn prefetch<T>(data: &[T], first: usize, len: usize) {
    for at in (0..len).step_by(64 / size_of::<T>()) {
        ask(data.as_ptr().wrapping_add(first + at).cast());
    }
}

#[inline(always)]
fn slopes<T: Scalar>(epilogue: Epilogue, dz: &mut [T], y: &[T]) {
    if epilogue == Epilogue::Relu {
        for (dz, y) in dz.iter_mut().zip(y) {
            *dz = Epilogue::Relu.through(*dz, *y);
        }
    } else {
        for (dz, y) in dz.iter_mut().zip(y) {
            *dz = epilogue.through(*dz, *y);
        }
    }
}

/// Where transformed tiles go: number `point` of tile `column` of channel `c` to `c channel + point line + column`.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) channel: usize,
    pub(super) line: usize,
}

/// Tiles of a panel transformed to `P` by `P` points, those of channels `channels.0..channels.1`. `M` is the side of a tile of the
/// output, `SIDE` that of what is transformed: `P` for the input, `M` for the gradient by the output.
pub(super) struct Spread<'a, T, const P: usize, const M: usize, const SIDE: usize> {
    pub(super) planes: Planes<'a, T>,
    pub(super) runs: &'a [Run],
    pub(super) channels: (usize, usize),
    pub(super) width: usize,
    pub(super) places: Places,
    pub(super) to: &'a mut [T],
}

impl<T: Scalar, const P: usize, const M: usize, const SIDE: usize> Loop for Spread<'_, T, P, M, SIDE> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        if self.width.is_multiple_of(MOST) { self.of::<MOST>() } else { self.of::<4>() }
    }
}

impl<T: Scalar, const P: usize, const M: usize, const SIDE: usize> Spread<'_, T, P, M, SIDE> {
    #[inline(always)]
    fn of<const N: usize>(self) {
        let Self { planes, runs, channels: (first, end), width, places, to } = self;
        let mut room = Room {
            lines: [[T::ZERO; LINE]; POINTS],
            apart: [[[T::ZERO; APART]; 4]; POINTS],
            patches: [T::ZERO; PATCHES],
        };
        let line = width + N;
        for channel in first..end {
            planes.patches::<M, SIDE, N>(runs, channel, &mut room, line);
            let to = &mut to[(channel - first) * places.channel..];
            for column in (0..width).step_by(N) {
                let mut rows = [none(); P];
                for j in 0..SIDE {
                    let mut of = none::<T, N>();
                    for i in 0..SIDE {
                        of[i] = load(&room.patches, (i * SIDE + j) * line + column);
                    }
                    let of = if SIDE == P { of_input::<T, N, P>(of) } else { at_points::<T, N, P, M>(of) };
                    for i in 0..P {
                        rows[i][j] = of[i];
                    }
                }
                for i in 0..P {
                    let row = rows[i];
                    let of = if SIDE == P { of_input::<T, N, P>(row) } else { at_points::<T, N, P, M>(row) };
                    for j in 0..P {
                        store(to, (P * i + j) * places.line + column, of[j]);
                    }
                }
            }
        }
    }
}

/// Tiles of a panel of products as lines of the output.
pub(super) struct Collect<'a, T, const P: usize, const M: usize> {
    /// Number `point` of column `column` at `point line + column`.
    pub(super) products: &'a [T],
    pub(super) line: usize,
    pub(super) width: usize,
    /// `M` lines of the output, the numbers of a panel each.
    pub(super) lines: &'a mut [T],
}

impl<T: Scalar, const P: usize, const M: usize> Loop for Collect<'_, T, P, M> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        if self.width.is_multiple_of(MOST) { self.of::<MOST>() } else { self.of::<4>() }
    }
}

impl<T: Scalar, const P: usize, const M: usize> Collect<'_, T, P, M> {
    #[inline(always)]
    fn of<const N: usize>(self) {
        let Self { products, line, width, lines } = self;
        let mut apart = [[T::ZERO; WIDEST]; 16];
        for column in (0..width).step_by(N) {
            let mut rows = [none(); M];
            for j in 0..P {
                let mut of = none::<T, N>();
                for i in 0..P {
                    of[i] = load(products, (P * i + j) * line + column);
                }
                let of = from_points::<T, N, P, M>(of);
                for i in 0..M {
                    rows[i][j] = of[i];
                }
            }
            for i in 0..M {
                let of = from_points::<T, N, P, M>(rows[i]);
                for j in 0..M {
                    store(&mut apart[i * M + j], column, of[j]);
                }
            }
        }
        // See `patches` for why these are loops of unknown length.
        for (lines, apart) in lines.chunks_exact_mut(M * width).zip(apart.chunks_exact(M)) {
            if M == 2 {
                for (t, to) in lines.chunks_exact_mut(2).enumerate().take(WIDEST) {
                    to[0] = apart[0][t];
                    to[1] = apart[1][t];
                }
            } else {
                for (t, to) in lines.chunks_exact_mut(4).enumerate().take(WIDEST) {
                    to[0] = apart[0][t];
                    to[1] = apart[1][t];
                    to[2] = apart[2][t];
                    to[3] = apart[3][t];
                }
            }
        }
    }
}

/// Rows of tiles written to planes, or added to them.
pub(super) struct Write<'a, T> {
    pub(super) to: &'a mut [T],
    pub(super) from: &'a [T],
    pub(super) fresh: bool,
}

impl<T: Scalar> Loop for Write<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        if self.fresh {
            copy(self.to, self.from);
        } else {
            for (to, value) in self.to.iter_mut().zip(self.from) {
                *to += *value;
            }
        }
    }
}

/// The filters, `R` by `R`, of one row of the matrix of filters transformed: number `point` of filter `i` at `point line + i`.
pub(super) struct Filters<'a, T, const P: usize, const R: usize> {
    /// Filter `i` at `i step`.
    pub(super) w: &'a [T],
    pub(super) step: usize,
    pub(super) count: usize,
    /// Whether they are turned by half a circle.
    pub(super) turned: bool,
    pub(super) line: usize,
    pub(super) to: &'a mut [T],
}

impl<T: Scalar, const P: usize, const R: usize> Loop for Filters<'_, T, P, R> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        const N: usize = MOST;
        let Self { w, step, count, turned, line, to } = self;
        let mut filters = [[[T::ZERO; N]; R]; R];
        for first in (0..count).step_by(N) {
            for lane in 0..N.min(count - first) {
                let from = &w[(first + lane) * step..][..R * R];
                for i in 0..R {
                    for j in 0..R {
                        let at = R * i + j;
                        filters[i][j][lane] = if turned { from[R * R - 1 - at] } else { from[at] };
                    }
                }
            }
            let mut rows = [none(); P];
            for j in 0..R {
                let mut of = none::<T, N>();
                for i in 0..R {
                    of[i] = filters[i][j];
                }
                let of = scaled::<T, N, P>(at_points::<T, N, P, R>(of));
                for i in 0..P {
                    rows[i][j] = of[i];
                }
            }
            for i in 0..P {
                let of = scaled::<T, N, P>(at_points::<T, N, P, R>(rows[i]));
                for j in 0..P {
                    store(to, (P * i + j) * line + first, of[j]);
                }
            }
        }
    }
}

/// The gradient by the filters, of that by the transformed ones.
pub(super) struct Gradients<'a, T, const P: usize, const R: usize> {
    /// Number `point` of filter `i` at `point line + i`.
    pub(super) from: &'a [T],
    pub(super) line: usize,
    pub(super) fresh: bool,
    /// `R` by `R` numbers a filter.
    pub(super) dw: &'a mut [T],
}

impl<T: Scalar, const P: usize, const R: usize> Loop for Gradients<'_, T, P, R> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        const N: usize = MOST;
        let Self { from, line, fresh, dw } = self;
        for (number, dw) in dw.chunks_mut(R * R * N).enumerate() {
            let mut rows = [none(); R];
            for j in 0..P {
                let mut of = none::<T, N>();
                for i in 0..P {
                    of[i] = load(from, (P * i + j) * line + number * N);
                }
                let of = from_points::<T, N, P, R>(scaled::<T, N, P>(of));
                for i in 0..R {
                    rows[i][j] = of[i];
                }
            }
            for row in &mut rows {
                *row = from_points::<T, N, P, R>(scaled::<T, N, P>(*row));
            }
            for (lane, dw) in dw.chunks_exact_mut(R * R).enumerate() {
                for i in 0..R {
                    for j in 0..R {
                        let (to, value) = (&mut dw[R * i + j], rows[i][j][lane]);
                        *to = if fresh { value } else { *to + value };
                    }
                }
            }
        }
    }
}

/// The sum of a plane of the gradient before the activation, in 16 lanes that are added in order.
pub(super) struct SlopeSum<'a, T> {
    pub(super) dy: &'a [T],
    pub(super) slope: Option<(Epilogue, &'a [T])>,
}

impl<T: Scalar> Loop for SlopeSum<'_, T> {
    type Output = T;

    #[inline(always)]
    fn eval(self) -> T {
        let mut lanes = [T::ZERO; 16];
        for (number, dy) in self.dy.chunks(16).enumerate() {
            let mut dz = [T::ZERO; 16];
            dz[..dy.len()].copy_from_slice(dy);
            if let Some((epilogue, y)) = self.slope {
                slopes(epilogue, &mut dz[..dy.len()], &y[16 * number..][..dy.len()]);
            }
            for i in 0..16 {
                lanes[i] += dz[i];
            }
        }
        let mut sum = T::ZERO;
        for lane in lanes {
            sum += lane;
        }
        sum
    }
}
