//! The rectifier.

use super::options::plain;

plain! {
    /// `max(x, 0)`, element by element (Nair and Hinton 2010). The gradient at 0 is 0.
    Relu => |x| x.relu()
}
