//! The same elements in other sizes, parts, and several values as one.

use crate::ops::{Concat, Permute, Reshape, Slice};
use crate::{Error, Extents, Var};

impl<'t, S> Var<'t, S> {
    /// The same elements in other sizes, batch included.
    pub fn reshape(self, dims: &[usize]) -> Var<'t> {
        match Extents::new(dims) {
            Ok(extents) => self.map(Reshape { extents }),
            Err(error) => self.tape.fail(error),
        }
    }

    /// The same with an axis of size 1 in front of axis `axis`; at the end if it is the number of axes.
    pub fn insert_axis(self, axis: usize) -> Var<'t> {
        let extents = self.extents();
        let mut dims = extents.to_vec();
        if dims.len() < axis {
            let reason = format!("there is no place in front of axis {axis}");
            return self.tape.refuse("insert_axis", &[extents], reason);
        }
        dims.insert(axis.min(dims.len()), 1);
        self.reshape(&dims)
    }

    /// The axes in another order, see [`Permute`].
    pub fn permute(self, axes: &[usize]) -> Var<'t> {
        self.map(Permute::new(axes))
    }

    /// The last two axes exchanged.
    pub fn transpose(self) -> Var<'t> {
        let rank = self.extents().len();
        let mut axes: Vec<usize> = (0..rank).collect();
        if 2 <= rank {
            axes.swap(rank - 2, rank - 1);
        }
        self.permute(&axes)
    }

    /// Elements `from` to `to`, the last one left out, of an axis; see [`Slice`].
    pub fn slice(self, axis: usize, from: usize, to: usize) -> Var<'t> {
        self.map(Slice { axis, from, to })
    }
}

/// Several values one after the other along an axis; more than eight are joined in groups, so that none is copied more often than
/// there are levels of groups of eight.
pub fn concat<'t>(axis: usize, x: &[Var<'t>]) -> Result<Var<'t>, Error> {
    let Some(first) = x.first() else {
        return Err(Error::Length { what: "the values to be joined", expected: 1, found: 0 });
    };
    macro_rules! join {
        ($($n:literal)+) => {
            match x.len() {
                1 => *first,
                $($n => first.tape.apply::<_, $n>(Concat { axis }, std::array::from_fn(|i| x[i])),)+
                _ => {
                    let joined: Result<Vec<_>, Error> = x.chunks(8).map(|group| concat(axis, group)).collect();
                    concat(axis, &joined?)?
                }
            }
        };
    }
    Ok(join!(2 3 4 5 6 7 8))
}
