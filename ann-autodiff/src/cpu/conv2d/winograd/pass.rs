//! [`Pass`]: transformed tiles times transformed filters, forward or from the gradient by the output to that by the input.

use super::collect::{Collect, Output, Products};
use super::grid::Grid;
use super::loops::{Filters, Places, Spread};
use super::patches::Planes;
use crate::cpu::gemm::{Into, Product, Repeated, Strides, Visit};
use crate::cpu::parts::{Part, deal};
use crate::{Cpu, Epilogue, Scalar};

/// Most numbers of transformed tiles at a time, and between how many tiles that may be.
const SPREAD: usize = 1 << 20;
const TILES: [usize; 2] = [128, 256];
/// Filters of a task.
const ROWS: [usize; 2] = [32, 64];
/// Most panels whose products are kept until all points are there, and most numbers of these.
const PANELS: usize = 4;
const PRODUCTS: usize = 1 << 17;

/// From planes of `channels` to planes of `filters`, by group: tiles of `M` by `M` by filters of `R` by `R`, at `P` by `P` points.
///
/// With a `SIDE` of `P` patches are read and tiles written beside each other. The transposed one, with a `SIDE` of `M`, reads tiles and
/// adds patches up.
#[derive(Debug)]
pub(super) struct Pass<const P: usize, const R: usize, const M: usize, const SIDE: usize> {
    cpu: Cpu,
    grid: Grid,
    groups: usize,
    channels: usize,
    filters: usize,
    from: [usize; 2],
    to: [usize; 2],
    pad: [usize; 2],
    /// Tiles of a round, filters and panels of a task, panels whose products are kept.
    round: usize,
    rows: usize,
    share: usize,
    together: usize,
    /// Numbers of a line of transformed filters.
    line: usize,
    /// The products of a panel, and of one of which half is used.
    whole: Repeated,
    half: Repeated,
}

/// What a pass writes.
pub(super) struct Target<'a, T> {
    pub(super) planes: &'a mut [T],
    pub(super) fresh: bool,
}

impl<const P: usize, const R: usize, const M: usize, const SIDE: usize> Pass<P, R, M, SIDE> {
    const POINTS: usize = P * P;

    pub(super) fn new<T: Scalar>(
        cpu: &Cpu,
        [images, groups]: [usize; 2],
        [channels, filters]: [usize; 2],
        [from, to, pad]: [[usize; 2]; 3],
    ) -> Self {
        let width = 2 * Product::vector::<T>(cpu.isa);
        let grid = Grid::new(images, if SIDE == P { to } else { from }, M, width);
        let round = grid.round((SPREAD / (Self::POINTS * channels)).clamp(TILES[0], TILES[1]));
        let rows = (filters / 4).clamp(ROWS[0], ROWS[1]).min(filters);
        let line = channels.next_multiple_of(16);
        let together = PANELS.min(round / width).min(PRODUCTS / (Self::POINTS * rows * width)).max(1);
        let (a, b) = (Strides { row: Self::row_of(channels), column: 1 }, Strides::rows(width));
        let of = |n| Repeated::new::<T>(cpu.isa, [rows, n, channels], a, b, Strides::rows(width * together));
        let (whole, half) = (of(width), of(width / 2));
        let cpu = cpu.clone();
        // Patches of an image that overlap are added up by one task.
        let share = if SIDE == P {
            together
        } else {
            let image = Grid::tiles_of(from, M).iter().product::<usize>();
            let is_cut = |share: usize| !(share * width).is_multiple_of(image);
            let panels = round / width;
            if round.is_multiple_of(image) {
                (together..panels).find(|share| !is_cut(*share)).unwrap_or(panels)
            } else {
                panels
            }
        };
        Self {
            cpu,
            grid,
            groups,
            channels,
            filters,
            from,
            to,
            pad,
            round,
            rows,
            share,
            together,
            line,
            whole,
            half,
        }
    }

    /// Numbers from a transformed filter to the next; no multiple of a page, or a tile's rows would lie in one set of the cache.
    fn row_of(channels: usize) -> usize {
        Self::POINTS * channels.next_multiple_of(16) + 16
    }

    /// Numbers in the transformed filters of a group.
    pub(super) fn transformed(&self) -> usize {
        self.filters * Self::row_of(self.channels)
    }

    fn spread(&self) -> usize {
        self.round * Self::POINTS * self.channels
    }

    fn products(&self) -> usize {
        Self::POINTS * self.rows * self.grid.width * self.together
    }

    fn own_scratch(&self) -> usize {
        self.products() + self.whole.scratch()
    }

    pub(super) fn scratch(&self) -> usize {
        self.transformed() + self.spread() + self.cpu.threads() * self.own_scratch()
    }

    /// Transforms the filters of a group. Filter `i`, channel `c` of it begins at `w[i steps[0] + c steps[1]]`, `turned` by half a circle or
    /// not.
    pub(super) fn transform<T: Scalar>(
        &self,
        w: &[T],
        (steps, turned): ([usize; 2], bool),
        group: usize,
        transformed: &mut [T],
    ) {
        let Cpu { team, isa, .. } = &self.cpu;
        // All filters of the weight are of one group after the other; turned, a group's channels are.
        let w = &w[group * self.filters * self.channels * R * R..];
        deal(
            team,
            self.filters,
            [Part::of_task(transformed, Self::row_of(self.channels))],
            |filter, [to]| {
                let w = &w[filter * steps[0]..];
                isa.run(Filters::<T, P, R> {
                    w,
                    step: steps[1],
                    count: self.channels,
                    turned,
                    line: self.line,
                    to,
                });
            },
        );
    }

    /// Runs it by filters as [`transform`](Self::transform) takes them, or, if they are there, all groups' filters transformed.
    #[expect(
        clippy::too_many_arguments,
        reason = "slices as separate arguments let the compiler know them apart"
    )]
    pub(super) fn run<T: Scalar>(
        &self,
        [from, slope]: [&[T]; 2],
        epilogue: Epilogue,
        w: &[T],
        how: ([usize; 2], bool),
        held: &[T],
        target: Target<'_, T>,
        scratch: &mut [T],
    ) {
        let Cpu { team, isa, .. } = &self.cpu;
        let (transformed, scratch) = scratch.split_at_mut(self.transformed());
        let (spread, scratch) = scratch.split_at_mut(self.spread());
        let own = &mut scratch[..team.threads() * self.own_scratch()];
        let Target { planes: to, fresh } = target;
        if SIDE != P && fresh {
            let chunk = to.len().div_ceil(team.threads()).max(1);
            deal(team, team.threads(), [Part::of_task(&mut *to, chunk)], |_, [to]| to.fill(T::ZERO));
        }
        let [read, written] = if SIDE == P { [self.pad, [0; 2]] } else { [[0; 2], self.pad] };
        let to = Output::new(to, [self.to, written], fresh);
        let (width, row) = (self.grid.width, Self::row_of(self.channels));
        let slope = (epilogue != Epilogue::None).then_some((epilogue, slope));
        for group in 0..self.groups {
            let transformed = if held.is_empty() {
                self.transform(w, how, group, transformed);
                &*transformed
            } else {
                &held[group * self.transformed()..]
            };
            let planes = Planes {
                data: from,
                slope,
                channels: self.groups * self.channels,
                first: group * self.channels,
                size: self.from,
                pad: read,
            };
            let panel = Self::POINTS * self.channels * width;
            for start in (0..self.grid.tiles).step_by(self.round) {
                let tiles = self.round.min(self.grid.tiles - start);
                let first = start / width;
                let n_panels = tiles.div_ceil(width);
                deal(team, n_panels, [Part::of_task(spread, panel)], |number, [to]| {
                    let places = Places { channel: width, line: self.channels * width };
                    let (runs, channels) = (self.grid.panel(first + number), (0, self.channels));
                    isa.run_lanes(Spread::<T, P, M, SIDE> { planes, runs, channels, places, to });
                });
                let spread = &*spread;
                let parts = [Part::of_thread(&mut *own, self.own_scratch())];
                let shares = n_panels.div_ceil(self.share);
                deal(team, self.filters.div_ceil(self.rows) * shares, parts, |number, [own]| {
                    let panels =
                        number % shares * self.share..n_panels.min((number % shares + 1) * self.share);
                    let first_filter = number / shares * self.rows;
                    let rows = self.rows.min(self.filters - first_filter);
                    let filters = &transformed[first_filter * row..];
                    let (products, own) = own.split_at_mut(self.products());
                    let together = self.together;
                    for some in panels.clone().step_by(together) {
                        let some = some..(some + together).min(panels.end);
                        for point in 0..Self::POINTS {
                            let filters = &filters[point * self.line..];
                            for number in some.clone() {
                                let v = &spread[number * panel + point * self.channels * width..];
                                let to = &mut products
                                    [point * self.rows * together * width + (number - some.start) * width..];
                                let rest = tiles - number * width;
                                let product = if width / 2 < rest { &self.whole } else { &self.half };
                                product.run(rows, filters, v, to, Into::Fresh, Visit::PLAIN, own);
                            }
                        }
                        for filter in 0..rows {
                            for number in some.clone() {
                                let products =
                                    &products[filter * together * width + (number - some.start) * width..];
                                let (runs, filters) =
                                    (self.grid.panel(first + number), self.groups * self.filters);
                                let filter = group * self.filters + first_filter + filter;
                                let line = self.rows * together * width;
                                let products =
                                    Products { data: products, line, width, runs, filter, filters, to };
                                if SIDE == P {
                                    isa.run_lanes(Collect::<T, P, M, M>(products));
                                } else {
                                    isa.run_lanes(Collect::<T, P, M, P>(products));
                                }
                            }
                        }
                    }
                });
            }
        }
    }
}
