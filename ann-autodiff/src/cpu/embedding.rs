//! Rows of a table, and the gradients of each row added up.

use super::activation::PIECE;
use super::isa::Loop;
use super::parts::{Part, deal};
use crate::backend::{Backward, Forward};
use crate::ops::row;
use crate::{Cpu, Kernel, Scalar};

/// Most tasks backward.
const TASKS: usize = 8;

/// See [`crate::ops::Embedding`].
#[derive(Debug)]
pub(super) struct Embedding {
    pub(super) cpu: Cpu,
    pub(super) vocab: usize,
    pub(super) n: usize,
}

impl Embedding {
    /// Rows of a task.
    fn together(&self) -> usize {
        (PIECE / self.n).max(1)
    }
}

impl<T: Scalar> Kernel<T> for Embedding {
    fn forward(&self, frame: Forward<'_, T>) {
        let (indices, table) = (frame.x[0].data, frame.x[1].data);
        let (n, together) = (self.n, self.together());
        let n_tasks = indices.len().div_ceil(together);
        deal(&self.cpu.team, n_tasks, [Part::of_task(frame.y.data, together * n)], |number, [y]| {
            for (y, index) in y.chunks_exact_mut(n).zip(&indices[number * together..]) {
                match row(*index, self.vocab) {
                    Some(row) => y.copy_from_slice(&table[row * n..][..n]),
                    None => y.fill(T::NAN),
                }
            }
        });
    }

    // Each task goes through all indices for the rows of its own, so that a row's sum is in their order.
    fn backward(&self, frame: Backward<'_, '_, T>) {
        let [_, dtable] = frame.dx else { return };
        let (indices, dy, n, fresh) = (frame.x[0].data, frame.dy, self.n, dtable.fresh);
        let together = self.together().max(self.vocab.div_ceil(TASKS));
        let rows = Part::of_task(&mut *dtable.data, together * n);
        deal(&self.cpu.team, self.vocab.div_ceil(together), [rows], |number, [sums]| {
            self.cpu.isa.run(AddRows {
                indices,
                vocab: self.vocab,
                dy,
                n,
                first: number * together,
                sums,
                fresh,
            });
        });
    }
}

struct AddRows<'a, T> {
    indices: &'a [T],
    vocab: usize,
    dy: &'a [T],
    n: usize,
    /// Of the table, the first of the rows that are summed.
    first: usize,
    sums: &'a mut [T],
    fresh: bool,
}

impl<T: Scalar> Loop for AddRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { indices, vocab, dy, n, first, sums, fresh } = self;
        if fresh {
            sums.fill(T::ZERO);
        }
        for (index, dy) in indices.iter().zip(dy.chunks_exact(n)) {
            let own = row(*index, vocab).and_then(|row| row.checked_sub(first));
            let Some(sums) = own.and_then(|row| sums.get_mut(row * n..(row + 1) * n)) else { continue };
            for (sum, dy) in sums.iter_mut().zip(dy) {
                *sum += *dy;
            }
        }
    }
}
