//! All axes in one.

use super::options::plain;

plain! {
    /// The same elements in one axis: `[c, h, w] -> [c h w]`. Nothing is computed or copied.
    Flatten => |x| {
        let extents = x.extents();
        x.reshape(&[extents.first().copied().unwrap_or_default(), extents.iter().skip(1).product()])
    }
}
