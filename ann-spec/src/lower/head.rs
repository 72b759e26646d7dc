//! Heads beside the output: what is compared with the same target has the same shape.

use super::Lowering;
use super::signature::{Agreement, agreement};
use crate::{LayerSpec, Source};

impl<S: Source> Lowering<S> {
    /// Compares the head of an `Auxiliary` with the network's output. Where constants decide, recording looks again.
    pub(super) fn compare_head(&mut self, number: usize, at: &S::Location) {
        let node = &self.graph.nodes[number];
        let (Some(LayerSpec::Auxiliary(_)), [_, head]) = (node.spec(), &node.inputs[..]) else { return };
        let (Some(shape), Some(promised)) = (self.graph.input_shape(*head), self.graph.output) else {
            return;
        };
        if agreement(&shape, &promised) == Agreement::No {
            let who = if node.label().is_empty() { &node.kind } else { node.label() };
            let message = format!(
                "the head of `{who}` is to have the shape of the network's output, {}; `{}` is {}",
                self.graph.shape_text(&promised),
                self.graph.input_name(*head),
                self.graph.shape_text(&shape),
            );
            self.error(at.clone(), message);
        }
    }
}
