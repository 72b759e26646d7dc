//! The smooth rectifier.

use super::options::plain;

plain! {
    /// `ln(1 + e^x)`, without overflow.
    Softplus => |x| x.softplus()
}
