//! The logistic function.

use super::options::plain;

plain! {
    /// `1 / (1 + e^-x)`, element by element.
    Sigmoid => |x| x.sigmoid()
}
