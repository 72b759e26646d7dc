//! Weights that two layers share.

use super::Lowering;
use crate::Source;
use crate::args::Arguments;

impl<S: Source> Lowering<S> {
    /// Finds the layer whose weight a tied one uses.
    pub(super) fn tie(&mut self, _number: usize, _arguments: Arguments<S>) {}
}
