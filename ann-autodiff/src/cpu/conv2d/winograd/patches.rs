//! [`Planes`]: patches of images side by side, as the transforms take them.

use super::grid::{Run, used};
use super::lanes::{load, store};
use super::loops::{MOST, WIDEST};
use crate::cpu::conv2d::windows::copy;
use crate::cpu::gemm::ask;
use crate::{Epilogue, Scalar};

/// Every second or fourth number of a line of patches (two more may follow each tile), and what vectors reach beyond.
const APART: usize = 3 * WIDEST + 2 * MOST;
/// Numbers `(i, j)` of the patches of a panel, and what vectors reach beyond.
const LINE: usize = WIDEST + MOST;

/// Numbers of a plane whose next one is far.
const FAR: usize = 512;

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

/// Where patches of `SIDE` by `SIDE` are made, `M` apart.
pub(super) struct Room<T, const M: usize, const SIDE: usize> {
    lines: [[[T; M]; APART]; SIDE],
    apart: [[[T; APART]; M]; SIDE],
    /// Numbers `(i, j)` of all patches.
    pub(super) patches: [[[T; LINE]; SIDE]; SIDE],
}

impl<T: Scalar, const M: usize, const SIDE: usize> Room<T, M, SIDE> {
    /// Tiles of a run that its last patch reaches into.
    const BEYOND: usize = (SIDE - M).div_ceil(M);

    #[inline(always)]
    pub(super) fn new() -> Self {
        Self {
            lines: [[[T::ZERO; M]; APART]; SIDE],
            apart: [[[T::ZERO; APART]; M]; SIDE],
            patches: [[[T::ZERO; LINE]; SIDE]; SIDE],
        }
    }

    /// The patches under the tiles of a panel.
    ///
    /// Step by step for all runs, as a vector made of numbers that were stored a moment ago would wait for them.
    #[inline(always)]
    pub(super) fn fill<const N: usize>(&mut self, planes: Planes<'_, T>, runs: &[Run], channel: usize) {
        for (number, run) in runs.iter().enumerate() {
            self.lines_of(planes, run, channel, run.at + number * Self::BEYOND);
        }
        self.take_apart(runs);
        // What is beyond a run is written over by the next one, or not used.
        let longest = runs.iter().map(|run| run.len).max().unwrap_or(0);
        if longest <= 4 {
            self.put_together::<4>(runs);
        } else if longest <= 8 && 8 < N {
            self.put_together::<8>(runs);
        } else {
            self.put_together::<N>(runs);
        }
    }

    /// The lines under a run, its tiles from `at` on. They are 0 where this panel has no numbers of a plane, and may be from the
    /// channel before where it has.
    #[inline(always)]
    fn lines_of(&mut self, planes: Planes<'_, T>, run: &Run, channel: usize, at: usize) {
        let [height, width] = planes.size;
        let plane = (run.image * planes.channels + planes.first + channel) * height * width;
        let count = M * (run.len - 1) + SIDE;
        // Of the numbers of a line those from `low` to `high` are on the plane.
        let start = M * run.left;
        let low = planes.pad[1].saturating_sub(start).min(count);
        let high = (width + planes.pad[1]).saturating_sub(start).clamp(low, count);
        for (i, line) in self.lines.iter_mut().enumerate() {
            let row = (M * run.top + i).wrapping_sub(planes.pad[0]);
            if row < height && low < high {
                let from = plane + row * width + start + low - planes.pad[1];
                // Rows of the next channel are too few for the processor to see that they will be wanted, unless they follow closely.
                if FAR <= height * width {
                    for ahead in (0..high - low).step_by(64 / size_of::<T>()) {
                        ask(planes.data.as_ptr().wrapping_add(from + height * width + ahead).cast());
                    }
                }
                let inside = &mut line.as_flattened_mut()[M * at + low..M * at + high];
                copy(inside, &planes.data[from..][..high - low]);
                if let Some((epilogue, y)) = planes.slope {
                    slopes(epilogue, inside, &y[from..][..high - low]);
                }
            }
        }
    }

    /// Every `M`th number of the lines side by side.
    #[inline(always)]
    fn take_apart(&mut self, runs: &[Run]) {
        let used = used(runs) + runs.len() * Self::BEYOND;
        // A loop whose length the compiler does not know becomes vectors, an unrolled one not.
        let vectors = used.div_ceil(16).min(APART / 16);
        for (line, apart) in self.lines.iter().zip(&mut self.apart) {
            for t in 0..16 * vectors {
                for j in 0..M {
                    apart[j][t] = line[t][j];
                }
            }
        }
    }

    /// The numbers of each run after those of the one before, `N` at a time.
    #[inline(always)]
    fn put_together<const N: usize>(&mut self, runs: &[Run]) {
        for (number, run) in runs.iter().enumerate() {
            for first in (run.at..run.at + run.len).step_by(N) {
                for i in 0..SIDE {
                    for j in 0..SIDE {
                        let at = first + number * Self::BEYOND + j / M;
                        let values: [T; N] = load(&self.apart[i][j % M], at);
                        store(&mut self.patches[i][j], first, values);
                    }
                }
            }
        }
    }
}

/// Multiplies slopes in.
#[inline(always)]
pub(super) fn slopes<T: Scalar>(epilogue: Epilogue, dz: &mut [T], y: &[T]) {
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
