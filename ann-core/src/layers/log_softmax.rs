//! The logarithm of the softmax.

use super::options::plain;

plain! {
    /// `x - ln(sum of e^x)` over the classes: the features of `[n]` and of each step of `[_, n]`, the channels of `[c, h, w]`.
    LogSoftmax => |x| {
        let axes = x.extents().len();
        x.log_softmax(if axes == 4 { 1 } else { axes.saturating_sub(1) })
    }
}
