//! Weights that two layers share.

use super::Lowering;
use super::signature::{Agreement, agreement};
use crate::args::Arguments;
use crate::graph::{Node, NodeLayer};
use crate::layers::Dense;
use crate::written::Name;
use crate::{LayerSpec, Shape, Source};

/// Arguments about a weight of one's own.
const ABOUT_THE_WEIGHT: [&str; 5] = ["init", "l1", "l2", "max_norm", "regularizer"];

impl<S: Source> Lowering<S> {
    /// Finds the layer whose weight a tied one uses, and refuses arguments about weights and biases that are not there.
    pub(super) fn tie(&mut self, number: usize, arguments: Arguments<S>) {
        self.refuse_idle_arguments(number, &arguments);
        let Some(name) = arguments.tied else { return };
        let Some(spec) = self.graph.nodes[number].spec().copied() else { return };
        let kind = spec.kind();
        let LayerSpec::Dense(dense) = spec else {
            return self.error(name.at, format!("`tied` is for `Dense` alone, not for `{kind}`"));
        };
        if self.graph.nodes[number].label() == name.text {
            return self.error(name.at, format!("`{}` cannot be tied to itself", name.text));
        }
        let before = &self.graph.nodes[..number];
        let Some(other) = before.iter().position(|node| node.label() == name.text) else {
            return self.unknown_label(&name, number, false);
        };
        if let Some(other_dense) = self.weight_owner(other, &name) {
            self.compare_weights(number, dense, other, other_dense, &name);
        }
    }

    /// The layer with that number, if it has a weight to share; says so if not.
    fn weight_owner(&mut self, other: usize, name: &Name<S>) -> Option<Dense> {
        let Node { layer, kind, .. } = &self.graph.nodes[other];
        let text = &name.text;
        let message = match layer {
            NodeLayer::Wrong => return None,
            NodeLayer::Built { spec: LayerSpec::Dense(dense), .. } if dense.tied => {
                format!("`{text}` is tied itself and has no weight of its own")
            }
            NodeLayer::Built { spec: LayerSpec::Dense(dense), .. } => return Some(*dense),
            _ => format!("`{text}` is a `{kind}`; weights can be tied to those of a `Dense` only"),
        };
        self.error(name.at.clone(), message);
        None
    }

    /// Compares the weight a layer needs with the transpose of the other's.
    fn compare_weights(&mut self, number: usize, dense: Dense, other: usize, owner: Dense, name: &Name<S>) {
        let input = |number: usize| self.graph.input_shapes(self.graph.nodes.get(number)?)?.first().copied();
        let (Some(own_input), Some(other_input)) = (input(number), input(other)) else { return };
        let (Ok(needed), Ok([n, k])) = (dense.weight(&[own_input]), owner.weight(&[other_input])) else {
            return;
        };
        let (needed, offered) = (Shape::of(&needed), Shape::of(&[k, n]));
        match agreement(&needed, &offered) {
            Agreement::Yes => {}
            Agreement::Later => {
                let node = &mut self.graph.nodes[number];
                node.later.get_or_insert_with(|| name.at.clone());
            }
            Agreement::No => {
                let node = &self.graph.nodes[number];
                let who = if node.label().is_empty() { &node.kind } else { node.label() };
                let message = format!(
                    "`{who}` needs a weight of {}; that of `{}` is {} when transposed",
                    self.graph.shape_text(&needed),
                    name.text,
                    self.graph.shape_text(&offered)
                );
                return self.error(name.at.clone(), message);
            }
        }
        if let NodeLayer::Built { tied, .. } = &mut self.graph.nodes[number].layer {
            *tied = Some(other);
        }
    }

    /// Refuses what would have no effect: arguments about the weight of a tied layer, the initial bias of none.
    fn refuse_idle_arguments(&mut self, number: usize, arguments: &Arguments<S>) {
        let node = &self.graph.nodes[number];
        let who = if node.label().is_empty() { node.kind.clone() } else { node.label().to_owned() };
        let without_bias = match node.spec() {
            Some(LayerSpec::Dense(dense)) => !dense.bias,
            Some(LayerSpec::Conv2d(conv)) => !conv.bias,
            Some(LayerSpec::ConvTranspose2d(conv)) => !conv.bias,
            _ => false,
        };
        for (name, at) in &arguments.places {
            if arguments.tied.is_some() && ABOUT_THE_WEIGHT.contains(name) {
                let message = format!("`{who}` is tied and has no weight of its own for `{name}`");
                self.error(at.clone(), message);
            }
            if without_bias && *name == "bias_init" {
                self.error(at.clone(), format!("`{who}` has no bias for `bias_init`"));
            }
        }
    }
}
