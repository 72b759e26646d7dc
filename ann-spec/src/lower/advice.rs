//! What is legal but surely not meant.

use super::Lowering;
use crate::graph::{Graph, Input, Node};
use crate::{Diagnostic, LayerSpec, Source};

impl<S: Source> Lowering<S> {
    /// Looks for what is surely not meant.
    pub(super) fn advise(&mut self) {
        let graph = &self.graph;
        for node in &graph.nodes {
            // Of more than two repetitions, the second stands for all.
            if let Some(before) = activation_before(graph, node)
                && node.repetition.is_none_or(|repetition| repetition.number <= 2)
            {
                let message = format!(
                    "`{}` straight after `{}`: two activations in a row, one of them is probably left over",
                    node.kind, before.kind
                );
                self.warnings.push(Diagnostic::new(node.at.clone(), message));
            }
        }
        let Some(last) = graph.nodes.last() else { return };
        let message = match last.spec() {
            Some(LayerSpec::Dropout(_)) => {
                "`Dropout` straight before the output: it switches predictions off, not features"
            }
            Some(LayerSpec::Softmax(_)) => {
                "`Softmax` at the end: the cross-entropies take logits and apply it themselves; \
                 leave it out, or train with another loss"
            }
            _ => return,
        };
        self.warnings.push(Diagnostic::new(last.at.clone(), message));
    }
}

/// The activation from which an activation takes its input.
fn activation_before<'a, S: Source>(graph: &'a Graph<S>, node: &Node<S>) -> Option<&'a Node<S>> {
    let [Input::Node(before)] = node.inputs[..] else { return None };
    let before = graph.nodes.get(before)?;
    (is_activation(node.spec()?) && is_activation(before.spec()?)).then_some(before)
}

/// Whether a layer bends its input and does nothing else.
fn is_activation(spec: &LayerSpec) -> bool {
    matches!(
        spec,
        LayerSpec::Relu(_)
            | LayerSpec::LeakyRelu(_)
            | LayerSpec::PRelu(_)
            | LayerSpec::Elu(_)
            | LayerSpec::Gelu(_)
            | LayerSpec::Silu(_)
            | LayerSpec::Sigmoid(_)
            | LayerSpec::Tanh(_)
            | LayerSpec::Softplus(_)
            | LayerSpec::Softmax(_)
            | LayerSpec::LogSoftmax(_)
            | LayerSpec::Activation(_)
    )
}
