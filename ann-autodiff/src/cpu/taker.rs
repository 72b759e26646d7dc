//! [`Taker`]: what becomes of a parameter's gradient, piece by piece, while each piece still lies in the cache.

use std::fmt;

use super::gemm::{Asks, Shared};
use super::isa::Isa;
use super::sweep::{Piece, Sweep};
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

    /// Adds the places of what [`take`](Self::take) will need of these elements, a first one and how many, and of as many in further rows: how
    /// many rows, and how far apart.
    pub(crate) fn needs(self, elements: [usize; 2], rows: [usize; 2], asks: &mut Asks) {
        self.0.needs(elements, rows, asks);
    }
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
    fn needs(&self, elements: [usize; 2], rows: [usize; 2], asks: &mut Asks);
}

/// A [`Sweep`] whose type is forgotten, compiled for every instruction set.
pub(crate) trait AnySweep<T, const N: usize>: Sync {
    fn run(&self, isa: Isa, first: usize, pieces: [&mut [T]; N]);
}

impl<T: Scalar, S: Sweep<T, N>, const N: usize> AnySweep<T, N> for S {
    fn run(&self, isa: Isa, first: usize, pieces: [&mut [T]; N]) {
        isa.run(Piece { sweep: self, first, pieces });
    }
}

/// Sweeps over pieces as they are taken: the vector of number [`GRADIENT`](Self::GRADIENT) comes piece by piece, the others lie there.
pub(crate) struct Sweeping<'a, T, const N: usize> {
    isa: Isa,
    sweep: &'a dyn AnySweep<T, N>,
    /// The number of the parameter's first element among all.
    start: usize,
    vectors: [(Shared<T>, usize); N],
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
        Self {
            isa: cpu.isa,
            sweep,
            start,
            vectors: parts.map(|part| (Shared(part.as_mut_ptr()), part.len())),
        }
    }

    pub(crate) fn taker(&self) -> Taker<'_, T> {
        Taker(self)
    }
}

impl<T: Scalar, const N: usize> Take<T> for Sweeping<'_, T, N> {
    unsafe fn take(&self, first: usize, gradient: &mut [T]) {
        let len = gradient.len();
        let mut gradient = Some(gradient);
        let pieces = std::array::from_fn(|i| {
            if i == Self::GRADIENT {
                return gradient.take().unwrap_or_default();
            }
            let (vector, whole) = &self.vectors[i];
            let (start, end) = (first.min(*whole), (first + len).min(*whole));
            // SAFETY: within the vector, which `new` borrowed mutably for as long as this lives; nobody else has these elements, as
            // each is taken once.
            unsafe { std::slice::from_raw_parts_mut(vector.at(start), end - start) }
        });
        self.sweep.run(self.isa, self.start + first, pieces);
    }

    fn needs(&self, [first, len]: [usize; 2], [rows, line]: [usize; 2], asks: &mut Asks) {
        for (vector, _) in self.vectors.iter().filter(|(_, whole)| first < *whole) {
            for i in 0..rows {
                asks.add(vector.0, first + i * line..first + i * line + len);
            }
        }
    }
}
