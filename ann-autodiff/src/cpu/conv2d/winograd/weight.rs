//! [`ByWeight`]: the gradient by the filters, as products of transformed tiles over all tiles.

use super::grid::Grid;
use super::loops::{Gradients, Places, Spread};
use super::patches::Planes;
use crate::backend::Gradient;
use crate::cpu::gemm::{Into, Product, Strides};
use crate::cpu::parts::{Part, deal};
use crate::{Cpu, Epilogue, Scalar};

/// Most numbers of transformed tiles at a time, and between how many tiles that may be.
const SPREAD: usize = 1 << 20;
const TILES: [usize; 2] = [128, 384];
/// Most channels of a task.
const CHANNELS: usize = 16;
/// Numbers that may be read behind the last filter.
const BEHIND: usize = 16;

/// See [`Pass`](super::pass::Pass).
#[derive(Debug)]
pub(super) struct ByWeight<const P: usize, const R: usize, const M: usize> {
    cpu: Cpu,
    grid: Grid,
    groups: usize,
    channels: usize,
    filters: usize,
    image: [usize; 2],
    output: [usize; 2],
    pad: [usize; 2],
    /// Tiles of a round.
    round: usize,
    /// Products of a round, and of the last one.
    whole: Product,
    last: Product,
}

impl<const P: usize, const R: usize, const M: usize> ByWeight<P, R, M> {
    const POINTS: usize = P * P;

    pub(super) fn new<T: Scalar>(
        cpu: &Cpu,
        [images, groups]: [usize; 2],
        [channels, filters]: [usize; 2],
        [image, output, pad]: [[usize; 2]; 3],
    ) -> Self {
        let width = 2 * Product::vector::<T>(cpu.isa);
        let grid = Grid::new(images, output, M, width);
        let round = grid.round((SPREAD / (Self::POINTS * (channels + filters))).clamp(TILES[0], TILES[1]));
        let tiles = Strides { row: Self::row_of(round), column: 1 };
        let of = |tiles_of_round: usize| {
            let sizes = [filters, channels, tiles_of_round];
            Product::new::<T>(cpu.isa, sizes, tiles, tiles.transposed(), Strides::rows(channels))
        };
        let last = grid.tiles - grid.tiles.saturating_sub(1) / round * round;
        let (whole, last) = (of(round), of(last));
        let cpu = cpu.clone();
        Self { cpu, grid, groups, channels, filters, image, output, pad, round, whole, last }
    }

    /// Numbers from a channel's transformed tiles to the next one's; no multiple of a page, see `Pass`.
    fn row_of(round: usize) -> usize {
        Self::POINTS * round + 16
    }

    fn transformed(&self) -> usize {
        Self::POINTS * self.filters * self.channels + BEHIND
    }

    /// Channels of a task, so that all threads have as many.
    fn together(&self, channels: usize) -> usize {
        channels.div_ceil(channels.div_ceil(CHANNELS).next_multiple_of(self.cpu.threads()))
    }

    fn own_scratch(&self) -> usize {
        self.whole.scratch().max(self.last.scratch())
    }

    pub(super) fn scratch(&self) -> usize {
        let spread = (self.channels + self.filters) * Self::row_of(self.round);
        self.transformed() + spread + self.cpu.threads() * self.own_scratch()
    }

    pub(super) fn run<T: Scalar>(
        &self,
        [x, dy, y]: [&[T]; 3],
        epilogue: Epilogue,
        dw: &mut Gradient<'_, T>,
        scratch: &mut [T],
    ) {
        let Cpu { team, isa, .. } = &self.cpu;
        if self.grid.tiles == 0 {
            if dw.fresh {
                dw.data.fill(T::ZERO);
            }
            return;
        }
        let (transformed, scratch) = scratch.split_at_mut(self.transformed());
        let row = Self::row_of(self.round);
        let (of_x, scratch) = scratch.split_at_mut(self.channels * row);
        let (of_dy, scratch) = scratch.split_at_mut(self.filters * row);
        let own = &mut scratch[..team.threads() * self.own_scratch()];
        let (width, numbers) = (self.grid.width, self.filters * self.channels);
        let slope = (epilogue != Epilogue::None).then_some((epilogue, y));
        let places = Places { channel: row, line: self.round };
        transformed[Self::POINTS * numbers..].fill(T::ZERO);
        for group in 0..self.groups {
            for start in (0..self.grid.tiles).step_by(self.round) {
                let tiles = self.round.min(self.grid.tiles - start);
                let panels = start / width..(start + tiles).div_ceil(width);
                let planes = Planes {
                    data: x,
                    slope: None,
                    channels: self.groups * self.channels,
                    first: group * self.channels,
                    size: self.image,
                    pad: self.pad,
                };
                let some = self.together(self.channels);
                let part = Part::of_task(&mut *of_x, some * row);
                deal(team, self.channels.div_ceil(some), [part], |number, [to]| {
                    let channels = (number * some, ((number + 1) * some).min(self.channels));
                    for panel in panels.clone() {
                        let (runs, to) = (self.grid.panel(panel), &mut to[panel * width - start..]);
                        isa.run_lanes(Spread::<T, P, M, P> { planes, runs, channels, places, to });
                    }
                });
                let planes = Planes {
                    data: dy,
                    slope,
                    channels: self.groups * self.filters,
                    first: group * self.filters,
                    size: self.output,
                    pad: [0; 2],
                };
                let some = self.together(self.filters);
                let part = Part::of_task(&mut *of_dy, some * row);
                deal(team, self.filters.div_ceil(some), [part], |number, [to]| {
                    let channels = (number * some, ((number + 1) * some).min(self.filters));
                    for panel in panels.clone() {
                        let (runs, to) = (self.grid.panel(panel), &mut to[panel * width - start..]);
                        isa.run_lanes(Spread::<T, P, M, M> { planes, runs, channels, places, to });
                    }
                });
                let (of_x, of_dy) = (&*of_x, &*of_dy);
                let product = if tiles == self.round { &self.whole } else { &self.last };
                let into = if start == 0 { Into::Fresh } else { Into::Sum };
                let parts = [
                    Part::of_task(&mut transformed[..Self::POINTS * numbers], numbers),
                    Part::of_thread(&mut *own, self.own_scratch()),
                ];
                deal(team, Self::POINTS, parts, |point, [to, own]| {
                    let at = point * self.round;
                    product.serial(&of_dy[at..], &of_x[at..], to, into, own);
                });
            }
            let (from, fresh) = (&*transformed, dw.fresh);
            let dw = &mut dw.data[group * R * R * numbers..][..R * R * numbers];
            deal(team, self.filters, [Part::of_task(dw, R * R * self.channels)], |filter, [dw]| {
                isa.run(Gradients::<T, P, R> {
                    from: &from[filter * self.channels..],
                    line: numbers,
                    fresh,
                    dw,
                });
            });
        }
    }
}
