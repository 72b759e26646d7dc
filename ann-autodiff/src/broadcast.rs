//! Broadcasting as NumPy defines it: axes are aligned at the last, an axis of 1 or a missing one is repeated.

use crate::Extents;
use crate::extents::MAX_AXES;

/// The sizes of the result of two, or why they do not go together.
pub(crate) fn shape(a: Extents, b: Extents) -> Result<Extents, String> {
    let rank = a.len().max(b.len());
    let mut sizes = [1; MAX_AXES];
    for axis in 1..=rank {
        sizes[rank - axis] = match (size(a, axis), size(b, axis)) {
            (a, b) if a == b => a,
            (1, b) => b,
            (a, 1) => a,
            (a, b) => return Err(format!("axis {axis} from the last has {a} and {b} elements")),
        };
    }
    Extents::new(&sizes[..rank]).map_err(|error| error.to_string())
}

/// Which element of `part` stands at element `index` of `whole`.
pub(crate) fn index(index: usize, whole: Extents, part: Extents) -> usize {
    let (mut rest, mut at, mut stride) = (index, 0, 1);
    for axis in 1..=whole.len() {
        let coordinate = rest % size(whole, axis);
        rest /= size(whole, axis);
        let n = size(part, axis);
        if 1 < n {
            at += coordinate * stride;
        }
        stride *= n;
    }
    at
}

/// The size of an axis counted from the last, 1 if there is none.
fn size(extents: Extents, from_last: usize) -> usize {
    extents.len().checked_sub(from_last).map_or(1, |axis| extents[axis])
}
