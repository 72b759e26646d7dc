//! The softmax.

use super::options::plain;

plain! {
    /// `e^x / sum of e^x` over the classes: the features of `[n]` and of each step of `[_, n]`, the channels of `[c, h, w]`.
    Softmax => |x| {
        let axes = x.extents().len();
        x.softmax(if axes == 4 { 1 } else { axes.saturating_sub(1) })
    }
}
