//! A row of a table for each index.

use super::recurrent::{add, piece};
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y[i, ..] = table[index[i]]`: indices `[..]` and a table `[vocab, n]` give `[.., n]`.
///
/// An index that is no whole number below `vocab` gives a row of NaN. Rows that occur several times add up their gradients, from
/// the first index to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedding;

/// The row that an index names, if there is one.
#[inline]
pub(crate) fn row<T: Scalar>(index: T, vocab: usize) -> Option<usize> {
    let index = index.to_f64();
    let fits = 0.0 <= index && index < vocab as f64 && index.fract() == 0.0;
    fits.then_some(index as usize)
}

impl Op<2> for Embedding {
    const NAME: &'static str = "embedding";
    const SAVES: Saves = Saves::inputs(&[0]);
    const ROLES: [Role; 2] = [Role::Fixed, Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "sequences, a row twice and one never",
            op: Self,
            inputs: &[Fill::of(&[2, 3], Draw::These(&[1.0, 4.0, 1.0, 0.0, 2.0, 4.0])), Fill::normal(&[5, 3])],
        },
        Case { name: "one index", op: Self, inputs: &[Fill::of(&[], Draw::Below(3)), Fill::normal(&[3, 2])] },
        Case { name: "an empty batch", op: Self, inputs: &[Fill::normal(&[0, 3]), Fill::normal(&[3, 2])] },
    ];

    fn shape(&self, [indices, table]: [Extents; 2]) -> Result<Extents, String> {
        let [_, n] = table[..] else { return Err(format!("the table has to be [vocab, n], not {table}")) };
        Extents::new(&[&indices[..], &[n]].concat()).map_err(|error| error.to_string())
    }

    fn forward<T: Scalar>(&self, [indices, table]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        let (vocab, n) = (table.extents[0], table.extents[1]);
        for (i, index) in indices.iter().enumerate() {
            let y = piece(&mut y, i, n);
            match row(*index, vocab) {
                Some(row) => y.copy_from_slice(&table[row * n..][..n]),
                None => y.fill(T::NAN),
            }
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [_, dtable]: [&mut [T]; 2]) {
        let [indices, table] = saved.x;
        let (vocab, n) = (table.extents[0], table.extents[1]);
        for (i, index) in indices.iter().enumerate() {
            if let Some(row) = row(*index, vocab) {
                add(piece(dtable, row, n), &dy[i * n..][..n]);
            }
        }
    }
}
