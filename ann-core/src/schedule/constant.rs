//! No change.

use super::{Progress, Schedule};

/// The full learning rate throughout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Constant;

impl Schedule for Constant {
    fn factor(&self, _at: Progress) -> f64 {
        1.0
    }
}
