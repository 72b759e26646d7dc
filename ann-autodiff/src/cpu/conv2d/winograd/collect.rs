//! [`Collect`]: products of tiles and filters brought to the planes of the output. The output's own tiles are written beside each
//! other, patches that overlap are added.

use super::grid::{Run, used};
use super::lanes::{from_points, load, none, store, to_input};
use super::loops::WIDEST;
use crate::Scalar;
use crate::cpu::conv2d::windows::copy;
use crate::cpu::gemm::Shared;
use crate::cpu::isa::LaneLoop;

/// Every second or fourth number of a line of patches (two more may follow each tile), and what vectors reach beyond.
const APART: usize = 3 * WIDEST + 16;

/// The planes of the output.
#[derive(Clone, Copy)]
pub(super) struct Output<T> {
    start: Shared<T>,
    len: usize,
    /// Rows and columns of a plane.
    size: [usize; 2],
    /// Where the first patch begins before them.
    pad: [usize; 2],
    /// Whether tiles are written, or added; patches always are.
    fresh: bool,
}

impl<T> Output<T> {
    pub(super) fn new(planes: &mut [T], [size, pad]: [[usize; 2]; 2], fresh: bool) -> Self {
        Self { start: Shared(planes.as_mut_ptr()), len: planes.len(), size, pad, fresh }
    }

    /// # Safety
    ///
    /// Nobody else uses these numbers while the slice lives.
    #[expect(clippy::mut_from_ref, reason = "each task has tiles or planes of its own")]
    #[inline(always)]
    unsafe fn slice(&self, start: usize, len: usize) -> &mut [T] {
        assert!(start + len <= self.len, "a plane is part of the output");
        // SAFETY: within what it was made from, by the assertion; the rest is the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.start.at(start), len) }
    }
}

/// The products of a panel, of one filter.
#[derive(Clone, Copy)]
pub(super) struct Products<'a, T> {
    /// Number `point` of column `column` at `point line + column`.
    pub(super) data: &'a [T],
    pub(super) line: usize,
    pub(super) width: usize,
    pub(super) runs: &'a [Run],
    /// The filter's plane of image `i` is number `filter + i filters`. No other task uses these tiles of them, or, where patches are added, these
    /// planes.
    pub(super) filter: usize,
    pub(super) filters: usize,
    pub(super) to: Output<T>,
}

/// What `SIDE` by `SIDE` numbers they make: `M` for tiles of the output, `P` for patches.
pub(super) struct Collect<'a, T, const P: usize, const M: usize, const SIDE: usize>(
    pub(super) Products<'a, T>,
);

impl<T: Scalar, const P: usize, const M: usize, const SIDE: usize> LaneLoop for Collect<'_, T, P, M, SIDE> {
    type Number = T;

    #[inline(always)]
    fn eval<const N: usize>(self) {
        let tiles = self.tiles::<N>();
        if SIDE == M { self.write(&tiles) } else { self.add(&tiles) }
    }
}

impl<T: Scalar, const P: usize, const M: usize, const SIDE: usize> Collect<'_, T, P, M, SIDE> {
    /// Numbers `(i, j)` of all tiles.
    #[inline(always)]
    fn tiles<const N: usize>(&self) -> [[[T; WIDEST]; SIDE]; SIDE] {
        let mut tiles = [[[T::ZERO; WIDEST]; SIDE]; SIDE];
        for column in (0..used(self.0.runs)).step_by(N) {
            let mut rows = [none(); SIDE];
            for j in 0..P {
                let mut of = none::<T, N>();
                for i in 0..P {
                    of[i] = load(self.0.data, (P * i + j) * self.0.line + column);
                }
                let of = if SIDE == M { from_points::<T, N, P, M>(of) } else { to_input::<T, N, P>(of) };
                for i in 0..SIDE {
                    rows[i][j] = of[i];
                }
            }
            // Places in a slice, which are checked one by one: the compiler takes vectors along the columns, not along `i`.
            let to = tiles.as_flattened_mut().as_flattened_mut();
            for i in 0..SIDE {
                let row = rows[i];
                let of = if SIDE == M { from_points::<T, N, P, M>(row) } else { to_input::<T, N, P>(row) };
                for j in 0..SIDE {
                    store(to, (SIDE * i + j) * WIDEST + column, of[j]);
                }
            }
        }
        tiles
    }

    /// Tiles beside each other.
    #[inline(always)]
    fn write(&self, tiles: &[[[T; WIDEST]; SIDE]; SIDE]) {
        let Output { size: [height, width], fresh, .. } = self.0.to;
        let mut lines = [[[T::ZERO; M]; WIDEST]; M];
        for (line, tiles) in lines.iter_mut().zip(tiles) {
            // A loop whose length the compiler does not know becomes vectors, an unrolled one not.
            for (t, to) in line.iter_mut().enumerate().take(self.0.width) {
                for j in 0..M {
                    to[j] = tiles[j][t];
                }
            }
        }
        for run in self.0.runs {
            let columns = (M * run.len).min(width - M * run.left);
            for (i, line) in lines.iter().enumerate() {
                let row = M * run.top + i;
                if row < height {
                    let from = &line.as_flattened()[M * run.at..][..columns];
                    let to = self.place(run.image, row, M * run.left, columns);
                    if fresh {
                        copy(to, from);
                    } else {
                        add(to, from);
                    }
                }
            }
        }
    }

    /// Patches that overlap: the columns of a run, then its lines, each from the first tile to the last.
    #[inline(always)]
    fn add(&self, tiles: &[[[T; WIDEST]; SIDE]; SIDE]) {
        let Output { size: [height, width], pad, .. } = self.0.to;
        let beyond = (SIDE - M).div_ceil(M);
        let mut apart = [[[T::ZERO; APART]; M]; SIDE];
        for j in 0..SIDE {
            for (number, run) in self.0.runs.iter().enumerate() {
                let to = run.at + number * beyond + j / M;
                for i in 0..SIDE {
                    add(&mut apart[i][j % M][to..to + run.len], &tiles[i][j][run.at..run.at + run.len]);
                }
            }
        }
        let used = self.0.width + self.0.runs.len() * beyond;
        let mut lines = [[[T::ZERO; M]; APART]; SIDE];
        for (line, apart) in lines.iter_mut().zip(&apart) {
            for (t, to) in line.iter_mut().enumerate().take(used) {
                for j in 0..M {
                    to[j] = apart[j][t];
                }
            }
        }
        for (number, run) in self.0.runs.iter().enumerate() {
            let start = M * run.left;
            let count = M * (run.len - 1) + SIDE;
            let low = pad[1].saturating_sub(start).min(count);
            let high = (width + pad[1]).saturating_sub(start).clamp(low, count);
            let at = M * (run.at + number * beyond);
            for (i, line) in lines.iter().enumerate() {
                let row = (M * run.top + i).wrapping_sub(pad[0]);
                if row < height && low < high {
                    let to = self.place(run.image, row, start + low - pad[1], high - low);
                    add(to, &line.as_flattened()[at + low..at + high]);
                }
            }
        }
    }

    /// Numbers of a row of the filter's plane.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "each task has tiles or planes of its own")]
    fn place(&self, image: usize, row: usize, column: usize, columns: usize) -> &mut [T] {
        let [height, width] = self.0.to.size;
        let start = ((image * self.0.filters + self.0.filter) * height + row) * width + column;
        // SAFETY: these tiles of a filter's planes belong to one task, and it uses one such slice at a time.
        unsafe { self.0.to.slice(start, columns) }
    }
}

#[inline(always)]
fn add<T: Scalar>(to: &mut [T], values: &[T]) {
    let (mut to, mut values) = (to.chunks_exact_mut(4), values.chunks_exact(4));
    for (to, values) in (&mut to).zip(&mut values) {
        for i in 0..4 {
            to[i] += values[i];
        }
    }
    for (to, value) in to.into_remainder().iter_mut().zip(values.remainder()) {
        *to += *value;
    }
}
