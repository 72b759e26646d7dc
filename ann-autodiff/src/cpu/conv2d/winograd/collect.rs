//! [`Collect`]: products of tiles and filters brought to the planes of the output.

use super::grid::Run;
use super::lanes::{from_points, load, none, store};
use super::loops::{MOST, WIDEST};
use crate::Scalar;
use crate::cpu::conv2d::windows::copy;
use crate::cpu::gemm::Shared;
use crate::cpu::isa::Loop;

/// The planes of the output, each to be written by one task.
#[derive(Clone, Copy)]
pub(super) struct Output<T> {
    start: Shared<T>,
    len: usize,
    /// Rows and columns of a plane.
    size: [usize; 2],
    /// Whether they are written, or added to.
    fresh: bool,
}

impl<T> Output<T> {
    pub(super) fn new(planes: &mut [T], size: [usize; 2], fresh: bool) -> Self {
        Self { start: Shared(planes.as_mut_ptr()), len: planes.len(), size, fresh }
    }

    /// # Safety
    ///
    /// Nobody else uses these numbers while the slice lives.
    #[expect(clippy::mut_from_ref, reason = "each task has planes of its own")]
    #[inline(always)]
    unsafe fn slice(&self, start: usize, len: usize) -> &mut [T] {
        assert!(start + len <= self.len, "a plane is part of the output");
        // SAFETY: within what it was made from, by the assertion; the rest is the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.start.at(start), len) }
    }
}

/// The tiles of a panel, of one filter.
pub(super) struct Collect<'a, T, const P: usize, const M: usize> {
    /// Number `point` of column `column` at `point line + column`.
    pub(super) products: &'a [T],
    pub(super) line: usize,
    pub(super) width: usize,
    pub(super) runs: &'a [Run],
    /// The filter's plane of image `i` is number `filter + i filters`. No other task uses these.
    pub(super) filter: usize,
    pub(super) filters: usize,
    pub(super) to: Output<T>,
}

impl<T: Scalar, const P: usize, const M: usize> Loop for Collect<'_, T, P, M> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let apart = if self.width.is_multiple_of(MOST) { self.tiles::<MOST>() } else { self.tiles::<4>() };
        // A loop whose length the compiler does not know becomes vectors, an unrolled one not.
        let mut lines = [[[T::ZERO; M]; WIDEST]; M];
        for (line, apart) in lines.iter_mut().zip(&apart) {
            for (t, to) in line.iter_mut().enumerate().take(self.width) {
                for j in 0..M {
                    to[j] = apart[j][t];
                }
            }
        }
        self.write(&lines);
    }
}

impl<T: Scalar, const P: usize, const M: usize> Collect<'_, T, P, M> {
    /// Numbers `(i, j)` of all tiles.
    #[inline(always)]
    fn tiles<const N: usize>(&self) -> [[[T; WIDEST]; M]; M] {
        let mut tiles = [[[T::ZERO; WIDEST]; M]; M];
        for column in (0..self.width).step_by(N) {
            let mut rows = [none(); M];
            for j in 0..P {
                let mut of = none::<T, N>();
                for i in 0..P {
                    of[i] = load(self.products, (P * i + j) * self.line + column);
                }
                let of = from_points::<T, N, P, M>(of);
                for i in 0..M {
                    rows[i][j] = of[i];
                }
            }
            for i in 0..M {
                let of = from_points::<T, N, P, M>(rows[i]);
                for j in 0..M {
                    store(&mut tiles[i][j], column, of[j]);
                }
            }
        }
        tiles
    }

    /// Lines of tiles brought to the filter's planes.
    #[inline(always)]
    fn write(&self, lines: &[[[T; M]; WIDEST]; M]) {
        let Output { size: [height, width], fresh, .. } = self.to;
        for run in self.runs {
            let plane = (run.image * self.filters + self.filter) * height * width;
            let columns = (M * run.len).min(width - M * run.left);
            for (i, line) in lines.iter().enumerate() {
                let row = M * run.top + i;
                if row < height {
                    let from = &line.as_flattened()[M * run.at..][..columns];
                    // SAFETY: a filter's planes belong to one task.
                    let to = unsafe { self.to.slice(plane + row * width + M * run.left, columns) };
                    if fresh {
                        copy(to, from);
                    } else {
                        for (to, value) in to.iter_mut().zip(from) {
                            *to += *value;
                        }
                    }
                }
            }
        }
    }
}
