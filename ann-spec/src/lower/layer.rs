//! One item: which layer it is, its arguments, its place in the graph.

use super::Lowering;
use crate::args::{Args, Arguments, given_twice, positional_after_named};
use crate::catalogue::{CATALOGUE, find};
use crate::doc::Doc;
use crate::graph::{Node, NodeLayer, Repetition};
use crate::near::nearest;
use crate::written::{Argument, Arrow, Item, Name, Signature};
use crate::{Diagnostic, LayerSpec, Source};

impl<S: Source> Lowering<S> {
    /// Adds an item that could not be read: a node of which nothing is known.
    pub(super) fn gap(&mut self, signature: &Signature<S>) {
        (self.gap, self.lost) = (true, true);
        self.graph.nodes.push(Node {
            name: String::new(),
            label: None,
            kind: String::new(),
            at: signature.name.at.clone(),
            layer: NodeLayer::Wrong,
            inputs: Vec::new(),
            output: None,
            declared: None,
            later: None,
            repetition: None,
        });
    }

    /// Adds one layer to the graph; of an item that is repeated, that repetition.
    pub(super) fn item(&mut self, item: Item<S>, repetition: Option<Repetition>) {
        let kind = item.layer.text.clone();
        let at = item.layer.at.clone();
        let inputs = self.inputs(item.sources.as_ref());
        let label = self.label(item.label);
        let name = match &label {
            Some(label) => label.text.clone(),
            None => self.automatic_name(&kind, &at),
        };
        let declared = item.output.and_then(|written| {
            let shape = self.shape(&written, &format!("`{name}`'s output"))?;
            Some((shape, written.at))
        });
        let known = inputs.is_some();
        let node = Node {
            name,
            label,
            kind,
            at,
            layer: NodeLayer::Wrong,
            inputs: inputs.unwrap_or_default(),
            output: declared.as_ref().map(|(shape, _)| *shape),
            declared,
            later: None,
            repetition,
        };
        let number = self.graph.nodes.len();
        self.graph.nodes.push(node);
        let Some(doc) = find(&item.layer.text) else {
            if self.is_own(&item.layer, number) {
                self.order(&item.layer, item.arguments.as_deref().unwrap_or_default());
                let layer = NodeLayer::Own { path: item.value, arguments: item.arguments };
                self.graph.nodes[number].layer = layer;
            }
            return;
        };
        let arguments = self.built(doc, number, item.arguments.unwrap_or_default());
        if known && self.sound(number) {
            self.infer(number, &arguments.places, item.sources.as_ref());
            let at = item.sources.as_ref().and_then(|sources| Some(sources.names.get(1)?.at.clone()));
            self.compare_head(number, &at.unwrap_or(item.layer.at.clone()));
        }
        self.check_machine(number, &arguments, item.sources.as_ref());
        self.tie(number, arguments);
    }

    /// Whether a name outside the catalogue may be a layer of the user's own; says so if not.
    fn is_own(&mut self, layer: &Name<S>, number: usize) -> bool {
        let kind = &layer.text;
        let plain = !kind.contains("::");
        let declared = self.graph.nodes[number].declared.is_some();
        let near = nearest(kind, CATALOGUE.iter().map(|doc| doc.name));
        match near {
            Some(near) if plain && (!S::OWN_LAYERS || !declared) => {
                let message = format!("`{kind}` is no layer here; did you mean `{near}`?");
                let mut diagnostic = Diagnostic::new(layer.at.clone(), message);
                if S::OWN_LAYERS {
                    diagnostic = diagnostic.note(format!("a type of your own: write `self::{kind}`"));
                }
                self.errors.push(diagnostic);
                false
            }
            _ if !S::OWN_LAYERS => {
                let names = CATALOGUE.iter().map(|doc| doc.name).collect::<Vec<_>>().join(", ");
                let message = format!("`{kind}` is no layer here");
                self.errors
                    .push(Diagnostic::new(layer.at.clone(), message).note(format!("there are {names}")));
                false
            }
            _ if self.graph.arrow == Arrow::TwoWay => {
                self.misplaced(layer);
                false
            }
            _ => true,
        }
    }

    /// Holds the arguments of a layer of the user's own to the order that all layers keep.
    fn order(&mut self, layer: &Name<S>, arguments: &[Argument<S>]) {
        let mut names: Vec<&str> = Vec::new();
        for Argument { name, term } in arguments {
            match name {
                Some(name) if names.contains(&&*name.text) => {
                    self.error(name.at.clone(), given_twice(&name.text, &layer.text));
                }
                Some(name) => names.push(&name.text),
                None if !names.is_empty() => {
                    self.error(term.at.clone(), positional_after_named(&layer.text));
                }
                None => {}
            }
        }
    }

    /// Reads the arguments of a layer of the catalogue.
    fn built(&mut self, doc: &'static Doc, number: usize, written: Vec<Argument<S>>) -> Arguments<S> {
        let node = &self.graph.nodes[number];
        let who = if node.label().is_empty() { doc.name } else { node.label() };
        let mut args = Args::new(doc, who, node.at.clone(), written);
        let spec = LayerSpec::read(doc.name, &mut args);
        let mut arguments = args.finish();
        self.errors.append(&mut arguments.errors);
        let misplaced = (doc.name == "Rbm") != (self.graph.arrow == Arrow::TwoWay);
        if misplaced {
            let layer = Name { at: self.graph.nodes[number].at.clone(), text: doc.name.into() };
            self.misplaced(&layer);
        }
        if let Some(spec) = spec
            && arguments.sound
            && !misplaced
        {
            let opaque = std::mem::take(&mut arguments.opaque);
            self.graph.nodes[number].layer = NodeLayer::Built { spec, opaque, tied: None };
        }
        arguments
    }

    /// Says that a layer and the network's arrow do not go together.
    fn misplaced(&mut self, layer: &Name<S>) {
        let kind = &layer.text;
        let message = match self.graph.arrow {
            Arrow::Forward if !S::OWN_LAYERS => {
                format!(
                    "`{kind}` stands only in a two-way network (`<->`); one described at run time goes one way, `network!` makes both"
                )
            }
            Arrow::Forward => {
                format!("`{kind}` stands only in a two-way network, whose signature is written `<->`")
            }
            Arrow::TwoWay => {
                format!("`{kind}` cannot stand in a two-way network (`<->`); it is made of `Rbm` only")
            }
        };
        self.error(layer.at.clone(), message);
    }
}
