//! What the recurrent operations have in common: which steps of a sequence they run through, in which direction, and the two
//! products of each.

use crate::op::View;
use crate::{Extents, Scalar};

/// Which way a sequence is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the first step to the last.
    #[default]
    Forward,
    /// From the last step to the first; where lengths are given, from the last step that is not padding.
    Reverse,
}

impl Direction {
    /// The steps of a sequence of this length in the order in which they are read.
    pub(crate) fn steps(self, length: usize) -> impl DoubleEndedIterator<Item = usize> {
        (0..length).map(move |step| match self {
            Self::Forward => step,
            Self::Reverse => length - 1 - step,
        })
    }

    /// The step that is read before this one; none before the first.
    pub(crate) fn before(self, step: usize, length: usize) -> Option<usize> {
        match self {
            Self::Forward => step.checked_sub(1),
            Self::Reverse => Some(step + 1).filter(|before| *before < length),
        }
    }
}

/// The sizes of a recurrent operation: `x [b, t, k]`, the output `[b, t, n]`. Where the input's weight is left out as `[0]`, `x` is what
/// the product by it would be, and `k` the width of all gates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) b: usize,
    pub(crate) t: usize,
    pub(crate) k: usize,
    pub(crate) n: usize,
}

impl Sizes {
    /// Of inputs that the operation has accepted.
    pub(crate) fn of(x: Extents, w_hh: Extents) -> Self {
        Self { b: x[0], t: x[1], k: x[2], n: w_hh[1] }
    }

    /// Of the sequences and the two weights, if they fit: `[gates n, k]` and `[gates n, n]`.
    pub(crate) fn checked(x: Extents, w_ih: Extents, w_hh: Extents, gates: usize) -> Result<Self, String> {
        let [_, _, k] = x[..] else { return Err(format!("it takes sequences [b, t, k], not {x}")) };
        let [rows, n] = w_hh[..] else {
            return Err(format!("the recurrent weight has to be [{gates} n, n], not {w_hh}"));
        };
        if gates.checked_mul(n) != Some(rows) {
            return Err(format!("the recurrent weight has to be [{gates} n, n], not {w_hh}"));
        }
        if w_ih[..] != [rows, k] && (w_ih[..] != [0] || k != rows) {
            return Err(format!("the weight has to be [{rows}, {k}], not {w_ih}"));
        }
        Ok(Self::of(x, w_hh))
    }

    /// The output.
    pub(crate) fn output(self) -> Extents {
        Extents::constant(&[self.b, self.t, self.n])
    }

    /// An initial state is there and fits, or is not there.
    pub(crate) fn state(self, what: &str, found: Extents) -> Result<(), String> {
        optional(what, found, &[self.b, self.n])
    }

    /// The lengths are there and fit, or are not there.
    pub(crate) fn lengths(self, found: Extents) -> Result<(), String> {
        optional("the lengths", found, &[self.b])
    }
}

/// An input that has to be of these sizes.
pub(super) fn exactly(what: &str, found: Extents, wanted: &[usize]) -> Result<(), String> {
    if found[..] == *wanted { Ok(()) } else { Err(format!("{what} has to be {wanted:?}, not {found}")) }
}

/// An input that may be left out: `[0]` stands for none.
pub(super) fn optional(what: &str, found: Extents, wanted: &[usize]) -> Result<(), String> {
    if found[..] == [0] || found[..] == *wanted {
        return Ok(());
    }
    Err(format!("{what} has to be {wanted:?}, or [0] for none, not {found}"))
}

/// How many steps of sequence `row` are no padding: all `t` where nothing is said; none if what is said is no whole number
/// from 1 to `t`.
pub(crate) fn length<T: Scalar>(lengths: &[T], row: usize, t: usize) -> Option<usize> {
    let Some(length) = lengths.get(row) else { return Some(t) };
    let length = length.to_f64();
    let fits = 1.0 <= length && length <= t as f64 && length.fract() == 0.0;
    fits.then_some(length as usize)
}

/// Row `row` of a state `[b, n]`; zeros if there is none.
pub(super) fn initial<T: Scalar>(state: View<'_, T>, row: usize, n: usize) -> Vec<T> {
    state.get(row * n..(row + 1) * n).map_or_else(|| vec![T::ZERO; n], <[T]>::to_vec)
}

/// Piece `index` of a vector of pieces; nothing if the vector is empty.
pub(super) fn piece<T>(all: &mut [T], index: usize, len: usize) -> &mut [T] {
    all.get_mut(index * len..(index + 1) * len).unwrap_or_default()
}

/// `z += W x`, the rows of W as long as `x`; `z += x` without W.
pub(super) fn add_product<T: Scalar>(w: &[T], x: &[T], z: &mut [T]) {
    if w.is_empty() {
        return add(z, x);
    }
    for (row, z) in w.chunks_exact(x.len()).zip(z) {
        for (w, x) in row.iter().zip(x) {
            *z += *w * *x;
        }
    }
}

/// What `z = W x` passes back: `dw += dz x^T`, `dx += W^T dz`; an empty one is not wanted.
pub(super) fn product_backward<T: Scalar>(w: &[T], x: &[T], dz: &[T], dw: &mut [T], dx: &mut [T]) {
    if w.is_empty() {
        return add(dx, dz);
    }
    let k = x.len();
    for (j, dz) in dz.iter().enumerate() {
        for (dw, x) in piece(dw, j, k).iter_mut().zip(x) {
            *dw += *dz * *x;
        }
        for (dx, w) in dx.iter_mut().zip(&w[j * k..]) {
            *dx += *dz * *w;
        }
    }
}

/// `sum += more`; an empty sum is not wanted.
pub(super) fn add<T: Scalar>(sum: &mut [T], more: &[T]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += *more;
    }
}
