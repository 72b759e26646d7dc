//! Loops over the tiles of a panel and over filters: what is around the products.

use super::grid::{Run, used};
use super::lanes::{at_points, from_points, load, none, of_input, scaled, store};
use super::patches::{Planes, Room, slopes};
use crate::cpu::isa::{LaneLoop, Loop};
use crate::{Epilogue, Scalar};

/// Most columns of a panel, and most lanes.
pub(super) const WIDEST: usize = 32;
pub(super) const MOST: usize = 16;

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
    pub(super) places: Places,
    pub(super) to: &'a mut [T],
}

impl<T: Scalar, const P: usize, const M: usize, const SIDE: usize> LaneLoop for Spread<'_, T, P, M, SIDE> {
    type Number = T;

    #[inline(always)]
    fn eval<const N: usize>(self) {
        let Self { planes, runs, channels: (first, end), places, to } = self;
        let mut room = Room::<T, M, SIDE>::new();
        for channel in first..end {
            room.fill::<N>(planes, runs, channel);
            let to = &mut to[(channel - first) * places.channel..];
            for column in (0..used(runs)).step_by(N) {
                let mut rows = [none(); P];
                for j in 0..SIDE {
                    let mut of = none::<T, N>();
                    for i in 0..SIDE {
                        of[i] = load(&room.patches[i][j], column);
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
