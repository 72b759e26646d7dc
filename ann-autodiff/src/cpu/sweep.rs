//! [`Sweep`]: elementwise loops of others over long vectors, such as an optimizer's.

use std::fmt::Debug;

use super::isa::Loop;
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
    pub fn sweep<T: Scalar, const N: usize>(&self, vectors: [&mut [T]; N], sweep: &impl Sweep<T, N>) {
        let isa = self.isa;
        let len = vectors.iter().map(|vector| vector.len()).max().unwrap_or(0);
        let piece = if len <= ALONE { len } else { PIECE };
        let parts = vectors.map(|vector| Part::of_task(vector, piece));
        deal(&self.team, len.div_ceil(piece.max(1)), parts, |number, pieces| {
            isa.run(Piece { sweep, first: number * piece, pieces });
        });
    }
}

pub(super) struct Piece<'a, S, T, const N: usize> {
    pub(super) sweep: &'a S,
    pub(super) first: usize,
    pub(super) pieces: [&'a mut [T]; N],
}

impl<T, S: Sweep<T, N>, const N: usize> Loop for Piece<'_, S, T, N> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        self.sweep.piece(self.first, self.pieces);
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
        for threads in [1, 3] {
            for len in [0, 1, PIECE, ALONE, ALONE + 1, 3 * ALONE + 17] {
                let (mut a, mut b) = (vec![0.0; len], vec![0.0; len / 2]);
                Cpu::with_threads(threads).sweep([&mut a, &mut b], &Numbers);
                assert!(a.iter().enumerate().all(|(i, value)| *value == i as f32), "{len}");
                assert!(b.iter().all(|value| *value == 1.0), "{len}");
            }
        }
    }
}
