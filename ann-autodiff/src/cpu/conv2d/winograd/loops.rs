//! Loops over the tiles of a panel and over filters: what is around the products.

use super::grid::Run;
use super::lanes::{load, of_filter, of_input, of_output, store, to_filter, to_output};
use crate::cpu::conv2d::windows::copy;
use crate::cpu::isa::Loop;
use crate::{Epilogue, Scalar};

/// Most columns of a panel, and most lanes.
const WIDEST: usize = 32;
const MOST: usize = 16;
/// Numbers of a line of tiles, and of the patches of a panel.
const LINE: usize = 2 * (WIDEST + MOST) + 2;
const PATCHES: usize = 16 * (WIDEST + MOST);

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

impl<T: Scalar> Planes<'_, T> {
    /// The patches of `SIDE` by `SIDE` under the tiles of a panel: number `(i, j)` of all of them at `(i SIDE + j) line`.
    #[inline(always)]
    fn patches<const SIDE: usize, const N: usize>(
        &self,
        runs: &[Run],
        channel: usize,
        patches: &mut [T; PATCHES],
        line: usize,
    ) {
        let [height, width] = self.size;
        let mut numbers = [T::ZERO; LINE];
        for run in runs {
            let plane = (run.image * self.channels + self.first + channel) * height * width;
            let count = 2 * run.len + SIDE - 2;
            // Of the numbers of a line those from `low` to `high` are on the plane.
            let start = 2 * run.left;
            let low = self.pad[1].saturating_sub(start).min(count);
            let high = (width + self.pad[1]).saturating_sub(start).clamp(low, count);
            for i in 0..SIDE {
                let row = (2 * run.top + i).wrapping_sub(self.pad[0]);
                if row < height && low < high {
                    let from = plane + row * width + start + low - self.pad[1];
                    numbers[..low].fill(T::ZERO);
                    let inside = &mut numbers[low..high];
                    copy(inside, &self.data[from..][..high - low]);
                    if let Some((epilogue, y)) = self.slope {
                        slopes(epilogue, inside, &y[from..][..high - low]);
                    }
                    numbers[high..count].fill(T::ZERO);
                } else {
                    numbers[..count].fill(T::ZERO);
                }
                // Whole vectors: what is beyond the run is written over by the next one, or not used.
                for first in (0..run.len).step_by(N) {
                    let from = &numbers[2 * first..2 * first + 2 * N + 2];
                    for j in 0..SIDE {
                        let to = &mut patches[(i * SIDE + j) * line + run.at + first..][..N];
                        for lane in 0..N {
                            to[lane] = from[2 * lane + j];
                        }
                    }
                }
            }
        }
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

/// Tiles of a panel transformed, those of channels `channels.0..channels.1`; `SIDE` is 4 for the input, 2 for the gradient by the output.
pub(super) struct Spread<'a, T, const SIDE: usize> {
    pub(super) planes: Planes<'a, T>,
    pub(super) runs: &'a [Run],
    pub(super) channels: (usize, usize),
    pub(super) width: usize,
    pub(super) places: Places,
    pub(super) to: &'a mut [T],
}

impl<T: Scalar, const SIDE: usize> Loop for Spread<'_, T, SIDE> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        if self.width.is_multiple_of(MOST) { self.of::<MOST>() } else { self.of::<4>() }
    }
}

impl<T: Scalar, const SIDE: usize> Spread<'_, T, SIDE> {
    #[inline(always)]
    fn of<const N: usize>(self) {
        let Self { planes, runs, channels: (first, end), width, places, to } = self;
        let mut patches = [T::ZERO; PATCHES];
        let line = width + N;
        for channel in first..end {
            planes.patches::<SIDE, N>(runs, channel, &mut patches, line);
            let to = &mut to[(channel - first) * places.channel..];
            for column in (0..width).step_by(N) {
                let mut rows = [[[T::ZERO; N]; SIDE]; 4];
                #[expect(
                    clippy::needless_range_loop,
                    reason = "the number of a column of the patch is an offset, too"
                )]
                for j in 0..SIDE {
                    let mut of = [[T::ZERO; N]; SIDE];
                    for (i, of) in of.iter_mut().enumerate() {
                        *of = load(&patches, (i * SIDE + j) * line + column);
                    }
                    let of = transformed(of);
                    for i in 0..4 {
                        rows[i][j] = of[i];
                    }
                }
                for (i, row) in rows.into_iter().enumerate() {
                    for (j, values) in transformed(row).into_iter().enumerate() {
                        store(to, (4 * i + j) * places.line + column, values);
                    }
                }
            }
        }
    }
}

/// Four numbers of the input, or two of the gradient by the output.
#[inline(always)]
fn transformed<T: Scalar, const N: usize, const SIDE: usize>(values: [[T; N]; SIDE]) -> [[T; N]; 4] {
    if SIDE == 4 {
        of_input([values[0], values[1], values[2], values[SIDE - 1]])
    } else {
        of_output([values[0], values[1]])
    }
}

/// Column `j` of the four by four points of `N` tiles or filters, these from `at` on in each line.
#[inline(always)]
fn column_of<T: Scalar, const N: usize>(from: &[T], j: usize, line: usize, at: usize) -> [[T; N]; 4] {
    [
        load(from, j * line + at),
        load(from, (4 + j) * line + at),
        load(from, (8 + j) * line + at),
        load(from, (12 + j) * line + at),
    ]
}

/// Tiles of a panel of products brought to where they belong.
pub(super) struct Collect<'a, T> {
    /// Number `point` of column `column` at `point line + column`.
    pub(super) products: &'a [T],
    pub(super) line: usize,
    pub(super) width: usize,
    /// Two lines of the output, the numbers of a panel each.
    pub(super) lines: &'a mut [T],
}

impl<T: Scalar> Loop for Collect<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        if self.width.is_multiple_of(MOST) { self.of::<MOST>() } else { self.of::<4>() }
    }
}

impl<T: Scalar> Collect<'_, T> {
    #[inline(always)]
    fn of<const N: usize>(self) {
        let Self { products, line, width, lines } = self;
        for column in (0..width).step_by(N) {
            let mut rows = [[[T::ZERO; N]; 4]; 2];
            #[expect(clippy::needless_range_loop, reason = "a column is taken from four rows")]
            for j in 0..4 {
                let of = column_of::<T, N>(products, j, line, column);
                let of = to_output(of);
                rows[0][j] = of[0];
                rows[1][j] = of[1];
            }
            for (i, row) in rows.into_iter().enumerate() {
                let [even, odd] = to_output(row);
                let to = &mut lines[2 * (i * width + column)..][..2 * N];
                for lane in 0..N {
                    to[2 * lane] = even[lane];
                    to[2 * lane + 1] = odd[lane];
                }
            }
        }
    }
}

/// A row of lines written to a plane, or added to it.
#[inline(always)]
pub(super) fn write<T: Scalar>(to: &mut [T], from: &[T], fresh: bool) {
    if fresh {
        copy(to, from);
    } else {
        for (to, value) in to.iter_mut().zip(from) {
            *to += *value;
        }
    }
}

/// The filters of one row of the matrix of filters transformed: number `point` of filter `i` at `point line + i`.
pub(super) struct Filters<'a, T> {
    /// Filter `i` at `i step`.
    pub(super) w: &'a [T],
    pub(super) step: usize,
    pub(super) count: usize,
    /// Whether they are turned by half a circle.
    pub(super) turned: bool,
    pub(super) line: usize,
    pub(super) to: &'a mut [T],
}

impl<T: Scalar> Loop for Filters<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        const N: usize = MOST;
        let Self { w, step, count, turned, line, to } = self;
        // Turned, first and last number change places, and so do the first and the last point.
        let order = if turned { [3, 1, 2, 0] } else { [0, 1, 2, 3] };
        let mut filters = [[T::ZERO; N]; 9];
        for first in (0..count).step_by(N) {
            for lane in 0..N.min(count - first) {
                let from = &w[(first + lane) * step..][..9];
                for i in 0..9 {
                    filters[i][lane] = from[i];
                }
            }
            let mut rows = [[[T::ZERO; N]; 3]; 4];
            for j in 0..3 {
                let of = of_filter([filters[j], filters[3 + j], filters[6 + j]]);
                for i in 0..4 {
                    rows[i][j] = of[i];
                }
            }
            for (i, row) in rows.into_iter().enumerate() {
                for (j, values) in of_filter(row).into_iter().enumerate() {
                    store(to, (4 * order[i] + order[j]) * line + first, values);
                }
            }
        }
    }
}

/// The gradient by the filters, of that by the transformed ones.
pub(super) struct Gradients<'a, T> {
    /// Number `point` of filter `i` at `point line + i`.
    pub(super) from: &'a [T],
    pub(super) line: usize,
    pub(super) fresh: bool,
    /// Nine numbers a filter.
    pub(super) dw: &'a mut [T],
}

impl<T: Scalar> Loop for Gradients<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        const N: usize = MOST;
        let Self { from, line, fresh, dw } = self;
        for (number, dw) in dw.chunks_mut(9 * N).enumerate() {
            let mut rows = [[[T::ZERO; N]; 4]; 3];
            #[expect(clippy::needless_range_loop, reason = "a column is taken from four rows")]
            for j in 0..4 {
                let of = column_of::<T, N>(from, j, line, number * N);
                let of = to_filter(of);
                for i in 0..3 {
                    rows[i][j] = of[i];
                }
            }
            let [a, b, c] = rows;
            let [a, b, c] = [to_filter(a), to_filter(b), to_filter(c)];
            let filters = [a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2]];
            for (lane, dw) in dw.chunks_exact_mut(9).enumerate() {
                for i in 0..9 {
                    dw[i] = if fresh { filters[i][lane] } else { dw[i] + filters[i][lane] };
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
