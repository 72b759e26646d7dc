//! What is legal but surely not meant.

use super::Lowering;
use crate::Source;

impl<S: Source> Lowering<S> {
    pub(super) fn advise(&mut self) {
        let _ = &self.warnings;
    }
}
