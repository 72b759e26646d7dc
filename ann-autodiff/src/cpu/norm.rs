//! Normalization of channels: batch normalization, with the batch's own mean and variance or with given ones.

use super::isa::Loop;
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::{Cpu, Extents, Kernel, Scalar};

/// Batch normalization; see [`crate::ops::BatchNorm`] and [`crate::ops::Normalize`].
#[derive(Debug)]
pub(super) struct ChannelNorm {
    cpu: Cpu,
    eps: f64,
    /// Whether mean and variance are the batch's own.
    of_batch: bool,
    /// The tensor as `[outer, channels, inner]`.
    outer: usize,
    channels: usize,
    inner: usize,
}

/// Numbers a task goes over.
const NUMBERS: usize = 1 << 14;

impl ChannelNorm {
    pub(super) fn new(cpu: &Cpu, eps: f64, of_batch: bool, x: Extents) -> Self {
        let (outer, channels, inner) =
            if x.len() == 4 { (x[0], x[1], x[2] * x[3]) } else { (x.rows(), x.last(), 1) };
        Self { cpu: cpu.clone(), eps, of_batch, outer, channels, inner }
    }

    /// Elements of one channel.
    fn count(&self) -> usize {
        self.outer * self.inner
    }

    /// Planes `[inner]` of one task.
    fn planes(&self) -> usize {
        (NUMBERS / self.inner.max(1)).max(1)
    }

    /// The sum over a channel of `f(x, other)`.
    fn sum<T: Scalar, F: Term<T>>(&self, channel: usize, x: &[T], other: &[T], term: F) -> T {
        self.cpu.isa.run(ChannelSum { norm: self, channel, x, other, term })
    }

    /// `y = (x - c0) c1 + c2 + dy c3`, the coefficients those of the channel, or added to what is there.
    fn map<T: Scalar>(
        &self,
        x: &[T],
        dy: Option<&[T]>,
        y: &mut [T],
        fresh: bool,
        of_channel: impl Fn(usize) -> [T; 4] + Sync,
    ) {
        let together = self.planes();
        let len = together * self.inner;
        deal(
            &self.cpu.team,
            (self.outer * self.channels).div_ceil(together),
            [Part::of_task(y, len)],
            |number, [y]| {
                for (index, y) in y.chunks_exact_mut(self.inner).enumerate() {
                    let plane = number * together + index;
                    let at = plane * self.inner..(plane + 1) * self.inner;
                    let coefficients = of_channel(plane % self.channels);
                    self.cpu.isa.run(Combination {
                        x: &x[at.clone()],
                        dy: dy.map(|dy| &dy[at]),
                        y,
                        coefficients,
                        fresh,
                    });
                }
            },
        );
    }
}

/// A term of a sum over a channel.
trait Term<T>: Copy {
    fn of(self, x: T, other: T) -> T;
}

#[derive(Clone, Copy)]
struct Itself;

#[derive(Clone, Copy)]
struct SquareFrom<T>(T);

/// `other (x - mean) scale`
#[derive(Clone, Copy)]
struct Along<T>(T, T);

impl<T: Scalar> Term<T> for Itself {
    #[inline(always)]
    fn of(self, x: T, _: T) -> T {
        x
    }
}

impl<T: Scalar> Term<T> for SquareFrom<T> {
    #[inline(always)]
    fn of(self, x: T, _: T) -> T {
        (x - self.0) * (x - self.0)
    }
}

impl<T: Scalar> Term<T> for Along<T> {
    #[inline(always)]
    fn of(self, x: T, other: T) -> T {
        other * ((x - self.0) * self.1)
    }
}

struct ChannelSum<'a, T, F> {
    norm: &'a ChannelNorm,
    channel: usize,
    x: &'a [T],
    other: &'a [T],
    term: F,
}

impl<T: Scalar, F: Term<T>> Loop for ChannelSum<'_, T, F> {
    type Output = T;

    // In lanes, by the place in the plane, from the first image to the last; the lanes are added in order.
    #[inline(always)]
    fn eval(self) -> T {
        const LANES: usize = 32;
        let Self { norm, channel, x, other, term } = self;
        let mut lanes = [T::ZERO; LANES];
        for outer in 0..norm.outer {
            let start = (outer * norm.channels + channel) * norm.inner;
            let x = &x[start..start + norm.inner];
            let other = &other[start..start + norm.inner];
            let (x, x_rest) = x.as_chunks::<LANES>();
            let (other, other_rest) = other.as_chunks::<LANES>();
            for (x, other) in x.iter().zip(other) {
                for i in 0..LANES {
                    lanes[i] += term.of(x[i], other[i]);
                }
            }
            for ((lane, x), other) in lanes.iter_mut().zip(x_rest).zip(other_rest) {
                *lane += term.of(*x, *other);
            }
        }
        let mut sum = T::ZERO;
        for lane in lanes {
            sum += lane;
        }
        sum
    }
}

/// See `ChannelNorm::map`.
struct Combination<'a, T> {
    x: &'a [T],
    dy: Option<&'a [T]>,
    y: &'a mut [T],
    coefficients: [T; 4],
    fresh: bool,
}

impl<T: Scalar> Loop for Combination<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { x, dy, y, coefficients: [c0, c1, c2, c3], fresh } = self;
        // A loop for each case: nothing is written twice.
        match (dy, fresh) {
            (None, true) => {
                for (y, x) in y.iter_mut().zip(x) {
                    *y = (*x - c0) * c1 + c2;
                }
            }
            (None, false) => {
                for (y, x) in y.iter_mut().zip(x) {
                    *y += (*x - c0) * c1 + c2;
                }
            }
            (Some(dy), true) => {
                for ((y, x), dy) in y.iter_mut().zip(x).zip(dy) {
                    *y = (*x - c0) * c1 + c2 + *dy * c3;
                }
            }
            (Some(dy), false) => {
                for ((y, x), dy) in y.iter_mut().zip(x).zip(dy) {
                    *y += (*x - c0) * c1 + c2 + *dy * c3;
                }
            }
        }
    }
}

impl<T: Scalar> Kernel<T> for ChannelNorm {
    // Two sums a channel, and the scale where it is not kept.
    fn scratch(&self) -> usize {
        4 * self.channels
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, weight, bias) = (frame.x[0].data, frame.x[1].data, frame.x[2].data);
        let eps = T::from_f64(self.eps);
        let count = T::from_usize(self.count());
        if !self.of_batch {
            let (mean, variance) = (frame.x[3].data, frame.x[4].data);
            let of = |c: usize| [mean[c], T::ONE / (variance[c] + eps).sqrt() * weight[c], bias[c], T::ZERO];
            return self.map(x, None, frame.y.data, true, of);
        }
        let (mean, scale) = frame.y.kept.split_at_mut(self.channels);
        let parts = [Part::of_task(&mut *mean, 1), Part::of_task(&mut *scale, 1)];
        deal(&self.cpu.team, self.channels, parts, |channel, [mean, scale]| {
            mean[0] = self.sum(channel, x, x, Itself) / count;
            let variance = self.sum(channel, x, x, SquareFrom(mean[0])) / count;
            scale[0] = T::ONE / (variance + eps).sqrt();
        });
        let (mean, scale) = (&*mean, &*scale);
        self.map(x, None, frame.y.data, true, |c| [mean[c], scale[c] * weight[c], bias[c], T::ZERO]);
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (x, weight, dy) = (frame.x[0].data, frame.x[1].data, frame.dy);
        let [dx, dw, db, statistics @ ..] = frame.dx else { return };
        let (eps, count) = (T::from_f64(self.eps), T::from_usize(self.count()));
        let (scales, sums) = frame.scratch.split_at_mut(2 * self.channels);
        let (mean, scale) = if self.of_batch {
            frame.kept.split_at(self.channels)
        } else {
            for (scale, variance) in scales.iter_mut().zip(frame.x[4].data) {
                *scale = T::ONE / (*variance + eps).sqrt();
            }
            (frame.x[3].data, &scales[..self.channels])
        };
        let (sum, along) = sums[..2 * self.channels].split_at_mut(self.channels);
        let parts = [Part::of_task(&mut *sum, 1), Part::of_task(&mut *along, 1)];
        deal(&self.cpu.team, self.channels, parts, |channel, [sum, along]| {
            sum[0] = self.sum(channel, dy, dy, Itself);
            along[0] = self.sum(channel, x, dy, Along(mean[channel], scale[channel]));
        });
        for (gradient, sums) in [(dw, &*along), (db, &*sum)] {
            let fresh = gradient.fresh;
            for (to, value) in gradient.data.iter_mut().zip(sums) {
                *to = if fresh { *value } else { *to + *value };
            }
        }
        if dx.is_wanted() {
            // weight scale (dy - (sum + (x - mean) scale along) / count)
            let of = |c: usize| {
                let factor = weight[c] * scale[c];
                let by_x = -factor * scale[c] * along[c] / count;
                if self.of_batch {
                    [mean[c], by_x, -factor * sum[c] / count, factor]
                } else {
                    [T::ZERO, T::ZERO, T::ZERO, factor]
                }
            };
            let fresh = dx.fresh;
            self.map(x, Some(dy), dx.data, fresh, of);
        }
        if !self.of_batch {
            return;
        }
        let unbiased = count / T::from_usize(self.count().saturating_sub(1).max(1));
        for (number, statistic) in statistics.iter_mut().enumerate() {
            let (running, fresh) = (frame.x[3 + number].data, statistic.fresh);
            for (c, to) in statistic.data.iter_mut().enumerate() {
                // Rounded, the difference may fall below what a variance can be.
                let variance = || (T::ONE / (scale[c] * scale[c]) - eps).maximum(T::ZERO);
                let own = if number == 0 { mean[c] } else { variance() * unbiased };
                let difference = running[c] - own;
                *to = if fresh { difference } else { *to + difference };
            }
        }
    }
}
