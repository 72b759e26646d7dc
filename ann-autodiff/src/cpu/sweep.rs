//! [`Sweep`]: elementwise loops of others over long vectors, such as an optimizer's.

use std::array::from_fn;
use std::fmt::Debug;
use std::mem::take;

use super::isa::{Isa, Loop};
use super::parts::{Part, deal};
use crate::{Cpu, Scalar};

/// A loop over vectors of equal length in which element `i` of everything depends on elements `i` alone.
///
/// What [`piece`](Self::piece) calls has to be inlined to be compiled for this processor's vectors.
pub trait Sweep<T, const N: usize>: Debug + Sync {
    /// Does its work on pieces of the vectors, of which the first element is number `first`.
    fn piece(&self, first: usize, pieces: [&mut [T]; N]);
}

/// Elements of a task: a few vectors' pieces of them fit the first cache.
const PIECE: usize = 2048;
/// Vectors up to this length are not worth a second thread.
const ALONE: usize = 8 * PIECE;

impl Cpu {
    /// Runs the loop over the vectors, compiled for the best instruction set there is, on all threads where the vectors are long.
    /// A vector that is shorter than the others gives shorter or empty pieces.
    pub fn sweep<T: Scalar, const N: usize>(&self, mut vectors: [&mut [T]; N], sweep: &impl Sweep<T, N>) {
        self.sweep_by(&mut vectors, sweep);
    }

    /// Compiled once, not for each kind of sweep.
    fn sweep_by<T: Scalar, const N: usize>(&self, vectors: &mut [&mut [T]; N], sweep: &dyn AnySweep<T, N>) {
        let len = vectors.iter().map(|vector| vector.len()).max().unwrap_or(0);
        if len <= ALONE {
            sweep.run(self.isa, 0, vectors);
            return;
        }
        let parts = vectors.each_mut().map(|vector| Part::of_task(vector, PIECE));
        deal(&self.team, len.div_ceil(PIECE), parts, |number, mut pieces| {
            sweep.run(self.isa, number * PIECE, &mut pieces);
        });
    }
}

/// A [`Sweep`] whose type is forgotten, compiled for every instruction set. The pieces are lent: moved, they are copied again and again.
pub(crate) trait AnySweep<T, const N: usize>: Sync {
    fn run(&self, isa: Isa, first: usize, pieces: &mut [&mut [T]; N]);
}

impl<T: Scalar, S: Sweep<T, N>, const N: usize> AnySweep<T, N> for S {
    fn run(&self, isa: Isa, first: usize, pieces: &mut [&mut [T]; N]) {
        isa.run(Piece { sweep: self, first, pieces });
    }
}

struct Piece<'a, 'b, S, T, const N: usize> {
    sweep: &'b S,
    first: usize,
    pieces: &'b mut [&'a mut [T]; N],
}

impl<T, S: Sweep<T, N>, const N: usize> Loop for Piece<'_, '_, S, T, N> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let pieces = from_fn(|i| take(&mut self.pieces[i]));
        self.sweep.piece(self.first, pieces);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Numbers;

    impl Sweep<f32, 2> for Numbers {
        fn piece(&self, first: usize, [a, b]: [&mut [f32]; 2]) {
            for (i, value) in a.iter_mut().enumerate() {
                *value += (first + i) as f32;
            }
            b.fill(1.0);
        }
    }

    #[test]
    fn every_element_is_met_once() {
        for cpu in Cpu::of_every_kind().iter().flatten() {
            for len in [0, 1, PIECE, ALONE, ALONE + 1, 3 * ALONE + 17] {
                let (mut a, mut b) = (vec![0.0; len], vec![0.0; len / 2]);
                cpu.sweep([&mut a, &mut b], &Numbers);
                assert!(a.iter().enumerate().all(|(i, value)| *value == i as f32), "{len}");
                assert!(b.iter().all(|value| *value == 1.0), "{len}");
            }
        }
    }
}
