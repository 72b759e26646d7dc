//! The mean of each channel.

use super::options::plain;

plain! {
    /// The mean of each channel, `[c, h, w] -> [c]` (Lin, Chen, Yan 2013).
    GlobalAvgPool2d => |x| x.global_avg_pool2d()
}
