//! Loops over elements, dealt out to threads: sums and products of equal sizes, softplus, dropout, and whatever an operation's
//! definition says of each element by itself.

use super::activation::PIECE;
use super::isa::Loop;
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::op::{Op, Output, Saved, View};
use crate::random::Random;
use crate::{Cpu, Extents, Kernel, Scalar, ops};

/// An operation on each element by itself, by its definition, in pieces.
#[derive(Debug)]
pub(super) struct Pieces<O> {
    pub(super) cpu: Cpu,
    pub(super) op: O,
    /// Elements.
    pub(super) count: usize,
}

/// The part of a slice that belongs to a piece; empty if the slice is, because it was not saved.
pub(super) fn part<T>(values: &[T], number: usize, len: usize) -> &[T] {
    values.get(number * PIECE..number * PIECE + len).unwrap_or_default()
}

fn view<T>(values: &[T], number: usize, len: usize) -> View<'_, T> {
    View { data: part(values, number, len), extents: Extents::constant(&[len]) }
}

impl<T: Scalar, O: Op<1>> Kernel<T> for Pieces<O> {
    fn is_small(&self) -> bool {
        self.count <= PIECE
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, moment) = (frame.x[0].data, frame.y.moment);
        deal(
            &self.cpu.team,
            x.len().div_ceil(PIECE),
            [Part::of_task(frame.y.data, PIECE)],
            |number, [data]| {
                let x = view(x, number, data.len());
                let y = Output { extents: x.extents, data, kept: &mut [], moment };
                self.cpu.isa.run(Forwards { op: &self.op, x, y });
            },
        );
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (x, y, dy, moment) = (frame.x[0].data, frame.y.data, frame.dy, frame.moment);
        let [dx] = frame.dx else { return };
        let fresh = dx.fresh;
        deal(
            &self.cpu.team,
            dx.data.len().div_ceil(PIECE),
            [Part::of_task(dx.data, PIECE)],
            |number, [dx]| {
                if fresh {
                    dx.fill(T::ZERO);
                }
                let (len, dy) = (dx.len(), part(dy, number, dx.len()));
                let saved = Saved { x: [view(x, number, len)], y: view(y, number, len), kept: &[], moment };
                self.cpu.isa.run(Backwards { op: &self.op, saved, dy, dx });
            },
        );
    }
}

struct Forwards<'a, O, T> {
    op: &'a O,
    x: View<'a, T>,
    y: Output<'a, T>,
}

impl<O: Op<1>, T: Scalar> Loop for Forwards<'_, O, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        self.op.forward([self.x], self.y);
    }
}

struct Backwards<'a, O, T> {
    op: &'a O,
    saved: Saved<'a, T, 1>,
    dy: &'a [T],
    dx: &'a mut [T],
}

impl<O: Op<1>, T: Scalar> Loop for Backwards<'_, O, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        self.op.backward(self.saved, self.dy, [self.dx]);
    }
}

/// `ln(1 + e^x)`
#[derive(Debug)]
pub(super) struct Softplus {
    pub(super) cpu: Cpu,
}

impl<T: Scalar> Kernel<T> for Softplus {
    fn forward(&self, frame: Forward<'_, T>) {
        let x = frame.x[0].data;
        deal(&self.cpu.team, x.len().div_ceil(PIECE), [Part::of_task(frame.y.data, PIECE)], |number, [y]| {
            self.cpu.isa.run(SoftplusOf { x: part(x, number, y.len()), y });
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (x, dy) = (frame.x[0].data, frame.dy);
        let [dx] = frame.dx else { return };
        let fresh = dx.fresh;
        deal(
            &self.cpu.team,
            x.len().div_ceil(PIECE),
            [Part::of_task(&mut *dx.data, PIECE)],
            |number, [dx]| {
                let (x, dy) = (part(x, number, dx.len()), part(dy, number, dx.len()));
                self.cpu.isa.run(SoftplusSlopes { x, dy, dx, fresh });
            },
        );
    }
}

struct SoftplusOf<'a, T> {
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Loop for SoftplusOf<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        for (y, x) in self.y.iter_mut().zip(self.x) {
            *y = x.fast_softplus::<false>();
        }
    }
}

struct SoftplusSlopes<'a, T> {
    x: &'a [T],
    dy: &'a [T],
    dx: &'a mut [T],
    fresh: bool,
}

impl<T: Scalar> Loop for SoftplusSlopes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { x, dy, dx, fresh } = self;
        if fresh {
            dx.fill(T::ZERO);
        }
        for ((dx, dy), x) in dx.iter_mut().zip(dy).zip(x) {
            *dx += *dy * x.fast_sigmoid::<false>();
        }
    }
}

/// Which of two tensors of equal sizes is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Sum,
    Difference,
    Product,
}

/// `a + b`, `a - b` or `a b`, without broadcasting.
#[derive(Debug)]
pub(super) struct Binary {
    pub(super) cpu: Cpu,
    pub(super) of: Arithmetic,
}

impl<T: Scalar> Kernel<T> for Binary {
    fn forward(&self, frame: Forward<'_, T>) {
        let (a, b) = (frame.x[0].data, frame.x[1].data);
        deal(&self.cpu.team, a.len().div_ceil(PIECE), [Part::of_task(frame.y.data, PIECE)], |number, [y]| {
            let (a, b) = (part(a, number, y.len()), part(b, number, y.len()));
            self.cpu.isa.run(Combine { of: self.of, a, b, y });
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        for (number, dx) in frame.dx.iter_mut().enumerate() {
            // The other factor; empty where no factor was saved.
            let (other, fresh) = (frame.x[1 - number].data, dx.fresh);
            let negative = self.of == Arithmetic::Difference && number == 1;
            let n_pieces = dx.data.len().div_ceil(PIECE);
            deal(&self.cpu.team, n_pieces, [Part::of_task(&mut *dx.data, PIECE)], |piece, [dx]| {
                let factor = match self.of {
                    Arithmetic::Product => Factor::Each(part(other, piece, dx.len())),
                    _ => Factor::All(if negative { -T::ONE } else { T::ONE }),
                };
                self.cpu.isa.run(Share { factor, dy: part(frame.dy, piece, dx.len()), dx, fresh });
            });
        }
    }
}

struct Combine<'a, T> {
    of: Arithmetic,
    a: &'a [T],
    b: &'a [T],
    y: &'a mut [T],
}

impl<T: Scalar> Loop for Combine<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let operands = self.y.iter_mut().zip(self.a).zip(self.b);
        match self.of {
            Arithmetic::Sum => {
                for ((y, a), b) in operands {
                    *y = *a + *b;
                }
            }
            Arithmetic::Difference => {
                for ((y, a), b) in operands {
                    *y = *a - *b;
                }
            }
            Arithmetic::Product => {
                for ((y, a), b) in operands {
                    *y = *a * *b;
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Factor<'a, T> {
    All(T),
    Each(&'a [T]),
}

pub(super) struct Share<'a, T> {
    pub(super) factor: Factor<'a, T>,
    pub(super) dy: &'a [T],
    pub(super) dx: &'a mut [T],
    pub(super) fresh: bool,
}

impl<T: Scalar> Loop for Share<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { factor, dy, dx, fresh } = self;
        if fresh {
            dx.fill(T::ZERO);
        }
        match factor {
            Factor::All(factor) => {
                for (dx, dy) in dx.iter_mut().zip(dy) {
                    *dx += factor * *dy;
                }
            }
            Factor::Each(factors) => {
                for ((dx, dy), factor) in dx.iter_mut().zip(dy).zip(factors) {
                    *dx += *factor * *dy;
                }
            }
        }
    }
}

/// A piece of a vector, from element `first` on, drawn.
struct Draw<'a, T> {
    random: Random,
    first: usize,
    what: Drawn<'a, T>,
    to: &'a mut [T],
}

enum Drawn<'a, T> {
    /// Ones with these probabilities.
    Ones(&'a [T]),
    /// The mask of a dropout with this probability.
    Kept(f64),
}

impl<T: Scalar> Loop for Draw<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        match self.what {
            Drawn::Ones(p) => self.random.bernoulli_from(self.first, p, self.to),
            Drawn::Kept(p) => self.random.dropout_mask_from(self.first, p, self.to),
        }
    }
}

/// Zeros and ones, those of each piece drawn by the thread that writes them.
#[derive(Debug)]
pub(super) struct Bernoulli {
    pub(super) cpu: Cpu,
    pub(super) stream: u64,
}

impl<T: Scalar> Kernel<T> for Bernoulli {
    fn forward(&self, frame: Forward<'_, T>) {
        let (p, random) = (frame.x[0].data, frame.y.moment.random(self.stream));
        deal(&self.cpu.team, p.len().div_ceil(PIECE), [Part::of_task(frame.y.data, PIECE)], |number, [y]| {
            let p = part(p, number, y.len());
            self.cpu.isa.run(Draw { random, first: number * PIECE, what: Drawn::Ones(p), to: y });
        });
    }

    // No gradient flows through a draw.
    fn backward(&self, _: Backward<'_, '_, T>) {}
}

/// Dropout: the mask of each piece is drawn by the thread that uses it.
#[derive(Debug)]
pub(super) struct Dropout {
    pub(super) cpu: Cpu,
    pub(super) p: f64,
    pub(super) stream: u64,
    /// Elements.
    pub(super) count: usize,
}

impl<T: Scalar> Kernel<T> for Dropout {
    fn is_small(&self) -> bool {
        self.count <= PIECE
    }

    fn forward(&self, frame: Forward<'_, T>) {
        let (x, random) = (frame.x[0].data, frame.y.moment.random(self.stream));
        let parts = [Part::of_task(frame.y.data, PIECE), Part::of_task(frame.y.kept, PIECE)];
        deal(&self.cpu.team, x.len().div_ceil(PIECE), parts, |number, [y, mask]| {
            self.cpu.isa.run(Draw {
                random,
                first: number * PIECE,
                what: Drawn::Kept(self.p),
                to: &mut *mask,
            });
            self.cpu.isa.run(Combine { of: Arithmetic::Product, a: part(x, number, y.len()), b: mask, y });
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let (mask, dy) = (frame.kept, frame.dy);
        let [dx] = frame.dx else { return };
        let fresh = dx.fresh;
        deal(
            &self.cpu.team,
            dx.data.len().div_ceil(PIECE),
            [Part::of_task(dx.data, PIECE)],
            |number, [dx]| {
                let factor = Factor::Each(part(mask, number, dx.len()));
                self.cpu.isa.run(Share { factor, dy: part(dy, number, dx.len()), dx, fresh });
            },
        );
    }
}

/// Gaussian noise: that of each piece is drawn by the thread that adds it.
#[derive(Debug)]
pub(super) struct Noise {
    pub(super) cpu: Cpu,
    pub(super) op: ops::GaussianNoise,
}

impl<T: Scalar> Kernel<T> for Noise {
    fn forward(&self, frame: Forward<'_, T>) {
        let (x, random) = (frame.x[0].data, frame.y.moment.random(self.op.stream));
        let y = Part::of_task(frame.y.data, PIECE);
        deal(&self.cpu.team, x.len().div_ceil(PIECE), [y], |number, [y]| {
            let x = part(x, number, y.len());
            random.each_normal(number * PIECE, x.iter().zip(y), |(x, y), normal| {
                *y = self.op.disturb(*x, normal);
            });
        });
    }

    fn backward(&self, frame: Backward<'_, '_, T>) {
        let dy = frame.dy;
        let [dx] = frame.dx else { return };
        let fresh = dx.fresh;
        let parts = [Part::of_task(&mut *dx.data, PIECE)];
        deal(&self.cpu.team, dy.len().div_ceil(PIECE), parts, |number, [dx]| {
            let factor = Factor::All(T::ONE);
            self.cpu.isa.run(Share { factor, dy: part(dy, number, dx.len()), dx, fresh });
        });
    }
}
