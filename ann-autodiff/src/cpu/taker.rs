//! [`Taker`]: what becomes of a parameter's gradient, piece by piece, while each piece still lies in the cache.

use std::fmt;

use super::gemm::{Area, Shared};
use super::isa::Isa;
use super::sweep::AnySweep;
use crate::{Cpu, Scalar};

/// Takes the gradient of one parameter in pieces, from whichever threads make them.
#[derive(Clone, Copy)]
pub struct Taker<'a, T>(&'a dyn Take<T>);

impl<T> Taker<'_, T> {
    /// Takes the elements from `first` on. What is in them after is of no use.
    ///
    /// # Safety
    ///
    /// They are elements of the parameter, and each is taken once, by one thread.
    pub unsafe fn take(self, first: usize, gradient: &mut [T]) {
        // SAFETY: passed on.
        unsafe { self.0.take(first, gradient) }
    }

    /// Where that lies which [`take`](Self::take) will need of these lines.
    pub(crate) fn needs(self, lines: Lines) -> [Area; MOST] {
        self.0.needs(lines)
    }
}

/// Most vectors that are asked for.
const MOST: usize = 4;

/// Lines of elements of a parameter.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    pub(crate) first: usize,
    /// How many elements a line has.
    pub(crate) len: usize,
    /// How many lines there are.
    pub(crate) count: usize,
    /// How far each is from the one before.
    pub(crate) apart: usize,
}

impl<T> fmt::Debug for Taker<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Taker")
    }
}

trait Take<T>: Sync {
    /// See [`Taker::take`].
    unsafe fn take(&self, first: usize, gradient: &mut [T]);
    /// See [`Taker::needs`].
    fn needs(&self, lines: Lines) -> [Area; MOST];
}

/// Sweeps over pieces as they are taken: the vector of number [`GRADIENT`](Self::GRADIENT) comes piece by piece, the others lie there.
pub(crate) struct Sweeping<'a, T, const N: usize> {
    isa: Isa,
    sweep: &'a dyn AnySweep<T, N>,
    /// The number of the parameter's first element among all.
    start: usize,
    vectors: [(Shared<T>, usize); N],
    /// Which of them are as long as the parameter.
    there: [usize; N],
    n_there: usize,
}

impl<'a, T: Scalar, const N: usize> Sweeping<'a, T, N> {
    /// Which of the vectors is the gradient.
    pub(crate) const GRADIENT: usize = 1;

    /// Of one parameter: its part of each vector, that of the gradient empty.
    pub(crate) fn new(
        cpu: &Cpu,
        sweep: &'a dyn AnySweep<T, N>,
        start: usize,
        parts: [&'a mut [T]; N],
    ) -> Self {
        let len = parts[0].len();
        let (mut there, mut n_there) = ([0; N], 0);
        for (number, _) in parts.iter().enumerate().filter(|(_, part)| part.len() == len) {
            there[n_there] = number;
            n_there += 1;
        }
        let vectors = parts.map(|part| (Shared(part.as_mut_ptr()), part.len()));
        Self { isa: cpu.isa, sweep, start, vectors, there, n_there }
    }

    pub(crate) fn taker(&self) -> Taker<'_, T> {
        Taker(self)
    }
}

impl<T: Scalar, const N: usize> Take<T> for Sweeping<'_, T, N> {
    unsafe fn take(&self, first: usize, gradient: &mut [T]) {
        let len = gradient.len();
        let mut gradient = Some(gradient);
        let mut pieces = std::array::from_fn(|i| {
            if i == Self::GRADIENT {
                return gradient.take().unwrap_or_default();
            }
            let (vector, whole) = &self.vectors[i];
            let (start, end) = (first.min(*whole), (first + len).min(*whole));
            // SAFETY: within the vector, which `new` borrowed mutably for as long as this lives; nobody else has these elements, as
            // each is taken once.
            unsafe { std::slice::from_raw_parts_mut(vector.at(start), end - start) }
        });
        self.sweep.run(self.isa, self.start + first, &mut pieces);
    }

    fn needs(&self, lines: Lines) -> [Area; MOST] {
        let mut areas = [Area::NONE; MOST];
        for (area, number) in areas.iter_mut().zip(&self.there[..self.n_there]) {
            let (vector, _) = &self.vectors[*number];
            *area = Area::new(vector.0.wrapping_add(lines.first), lines.count, lines.apart, lines.len);
        }
        areas
    }
}
