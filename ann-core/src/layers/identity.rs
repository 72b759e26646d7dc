//! The identity.

use super::options::plain;

plain! {
    /// What comes in goes out.
    Identity => |x| x
}
