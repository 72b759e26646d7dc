//! Local response normalization across channels.

use super::isa::Loop;
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::{Cpu, Extents, Kernel, Scalar, ops};

/// See [`crate::ops::Lrn`]. Tasks are planes forward and images backward.
#[derive(Debug)]
pub(super) struct Lrn {
    cpu: Cpu,
    op: ops::Lrn,
    images: usize,
    channels: usize,
    plane: usize,
}

impl Lrn {
    pub(super) fn new(cpu: &Cpu, op: ops::Lrn, x: Extents) -> Self {
        Self { cpu: cpu.clone(), op, images: x[0], channels: x[1], plane: x[2] * x[3] }
    }

    fn image(&self) -> usize {
        self.channels * self.plane
    }

    /// The places of the planes whose squares are summed for a channel, in its image.
    fn around(&self, channel: usize) -> std::ops::Range<usize> {
        let half = self.op.size / 2;
        channel.saturating_sub(half) * self.plane..(channel + half + 1).min(self.channels) * self.plane
    }
}

/// `b^-beta`; of the paper's exponent, and of one half, by roots, which are vectors' own.
#[inline(always)]
fn power<T: Scalar>(b: T, beta: Beta<T>) -> T {
    match beta {
        Beta::ThreeQuarters => {
            let root = b.sqrt();
            T::ONE / (root * root.sqrt())
        }
        Beta::Half => T::ONE / b.sqrt(),
        Beta::Other(beta) => b.powf(-beta),
    }
}

#[derive(Clone, Copy)]
enum Beta<T> {
    ThreeQuarters,
    Half,
    Other(T),
}

impl<T: Scalar> Beta<T> {
    fn of(beta: f64) -> Self {
        if beta == 0.75 {
            Self::ThreeQuarters
        } else if beta == 0.5 {
            Self::Half
        } else {
            Self::Other(T::from_f64(beta))
        }
    }
}

/// The brackets of one plane, and its output.
struct Brackets<'a, T> {
    x: &'a [T],
    around: &'a [T],
    k: T,
    alpha: T,
    beta: Beta<T>,
    b: &'a mut [T],
    y: &'a mut [T],
}

impl<T: Scalar> Loop for Brackets<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { x, around, k, alpha, beta, b, y } = self;
        b.fill(T::ZERO);
        for plane in around.chunks_exact(x.len()) {
            for (b, x) in b.iter_mut().zip(plane) {
                *b += *x * *x;
            }
        }
        // The exponent is told apart outside the loop.
        macro_rules! finish {
            ($beta:expr) => {
                for ((b, y), x) in b.iter_mut().zip(y).zip(x) {
                    *b = k + alpha * *b;
                    *y = *x * power(*b, $beta);
                }
            };
        }
        match beta {
            Beta::ThreeQuarters => finish!(Beta::ThreeQuarters),
            Beta::Half => finish!(Beta::Half),
            Beta::Other(_) => finish!(beta),
        }
    }
}

/// What goes straight through, `dy b^-beta`, and what each plane gives to those around: that times `x / b`.
struct Shares<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    b: &'a [T],
    beta: Beta<T>,
    straight: &'a mut [T],
    around: &'a mut [T],
}

impl<T: Scalar> Loop for Shares<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { x, dy, b, beta, straight, around } = self;
        macro_rules! shares {
            ($beta:expr) => {
                for ((((x, dy), b), straight), around) in x.iter().zip(dy).zip(b).zip(straight).zip(around) {
                    *straight = *dy * power(*b, $beta);
                    *around = *straight * *x / *b;
                }
            };
        }
        match beta {
            Beta::ThreeQuarters => shares!(Beta::ThreeQuarters),
            Beta::Half => shares!(Beta::Half),
            Beta::Other(_) => shares!(beta),
        }
    }
}

/// `dx = straight - slope x sum of around`, or added to what is there.
struct Gather<'a, T> {
    x: &'a [T],
    straight: &'a [T],
    around: &'a [T],
    slope: T,
    sum: &'a mut [T],
    dx: &'a mut [T],
    fresh: bool,
}

impl<T: Scalar> Loop for Gather<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { x, straight, around, slope, sum, dx, fresh } = self;
        sum.fill(T::ZERO);
        for plane in around.chunks_exact(x.len()) {
            for (sum, share) in sum.iter_mut().zip(plane) {
                *sum += *share;
            }
        }
        if fresh {
            dx.fill(T::ZERO);
        }
        for (((dx, x), straight), sum) in dx.iter_mut().zip(x).zip(straight).zip(sum) {
            *dx += *straight - slope * *x * *sum;
        }
    }
}

impl<T: Scalar> Kernel<T> for Lrn {
    fn scratch(&self) -> usize {
        self.cpu.threads() * (2 * self.image() + self.plane)
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, plane) = (frame.x[0].data, self.plane);
        let (k, beta) = (T::from_f64(self.op.k), Beta::of(self.op.beta));
        let alpha = T::from_f64(self.op.alpha / self.op.size as f64);
        let parts = [Part::of_task(frame.y.data, plane), Part::of_task(frame.y.kept, plane)];
        deal(&self.cpu.team, self.images * self.channels, parts, |number, [y, b]| {
            let image = &x[number / self.channels * self.image()..][..self.image()];
            let channel = number % self.channels;
            self.cpu.isa.run(Brackets {
                x: &image[channel * plane..][..plane],
                around: &image[self.around(channel)],
                k,
                alpha,
                beta,
                b,
                y,
            });
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (x, b, dy, plane, len) = (frame.x[0].data, frame.kept, frame.dy, self.plane, self.image());
        let Some(dx) = frame.dx.first_mut().filter(|dx| dx.is_wanted()) else { return };
        let (fresh, beta) = (dx.fresh, Beta::of(self.op.beta));
        let slope = T::from_f64(2.0 * self.op.alpha * self.op.beta / self.op.size as f64);
        let parts =
            [Part::of_task(&mut *dx.data, len), Part::of_thread(frame.scratch, 2 * self.image() + plane)];
        deal(&self.cpu.team, self.images, parts, |image, [dx, scratch]| {
            let at = image * len..(image + 1) * len;
            let (x, b, dy) = (&x[at.clone()], &b[at.clone()], &dy[at]);
            let (straight, scratch) = scratch.split_at_mut(len);
            let (around, sum) = scratch.split_at_mut(len);
            self.cpu.isa.run(Shares { x, dy, b, beta, straight: &mut *straight, around: &mut *around });
            for (channel, dx) in dx.chunks_exact_mut(plane).enumerate() {
                let own = channel * plane..(channel + 1) * plane;
                self.cpu.isa.run(Gather {
                    x: &x[own.clone()],
                    straight: &straight[own],
                    around: &around[self.around(channel)],
                    slope,
                    sum: &mut *sum,
                    dx,
                    fresh,
                });
            }
        });
    }
}
