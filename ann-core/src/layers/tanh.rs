//! The hyperbolic tangent.

use super::options::plain;

plain! {
    /// `tanh(x)`, element by element.
    Tanh => |x| x.tanh()
}
