//! Labels, automatic names, and what stands behind `<-`.

use super::Lowering;
use super::repeat::{repetition_name, times};
use crate::graph::Input;
use crate::near::nearest;
use crate::written::{Item, Name, Sources};
use crate::{Diagnostic, Source};

impl<S: Source> Lowering<S> {
    /// Remembers all labels, for sentences about those who come too early.
    pub(super) fn announce(&mut self, items: &[Option<Item<S>>]) {
        for item in items.iter().flatten() {
            let Some(label) = &item.label else { continue };
            self.labels.push(label.text.clone());
            let count = item.times.as_ref().map_or(0, |term| times(term).unwrap_or(1));
            self.labels.extend((1..=count).map(|number| repetition_name(&label.text, number)));
        }
    }

    /// Checks a label; `None` if it cannot be one.
    pub(super) fn label(&mut self, label: Option<Name<S>>) -> Option<Name<S>> {
        let label = label?;
        let text = &label.text;
        let wrong = if text == "input" {
            "`input` names the network's input and cannot be a label".into()
        } else if text.starts_with("__") {
            format!("`{text}` cannot be a label: names that begin with `__` are kept for the network itself")
        } else if self.graph.nodes.iter().any(|node| node.label() == text)
            || self.repeated.iter().any(|repeated| repeated.label == *text)
        {
            format!("`{text}` labels two layers")
        } else {
            return Some(label);
        };
        self.error(label.at, wrong);
        None
    }

    /// The name of a layer without label: its kind in lower case and its number among all of its kind.
    pub(super) fn automatic_name(&mut self, kind: &str, at: &S::Location) -> String {
        let base = base_name(kind);
        let number = 1 + self.graph.nodes.iter().filter(|node| base_name(&node.kind) == base).count();
        let name = format!("{base}{number}");
        if self.labels.contains(&name) {
            let message = format!(
                "`{name}` is the name of this `{kind}`, which has no label, and the label of another layer; label it"
            );
            self.error(at.clone(), message);
        }
        name
    }

    /// What an item takes; `None` if that cannot be told.
    pub(super) fn inputs(&mut self, sources: Option<&Sources<S>>) -> Option<Vec<Input>> {
        let Some(sources) = sources else {
            return Some(vec![match self.graph.nodes.len() {
                0 => Input::Network,
                count => Input::Node(count - 1),
            }]);
        };
        if sources.names.is_empty() {
            self.error(sources.at.clone(), "no name stands behind `<-`");
        }
        let inputs: Vec<_> = sources.names.iter().map(|name| self.source(name)).collect();
        let inputs: Option<Vec<_>> = inputs.into_iter().collect();
        let inputs = inputs.filter(|inputs| !inputs.is_empty());
        self.lost |= inputs.is_none();
        inputs
    }

    fn source(&mut self, name: &Name<S>) -> Option<Input> {
        if name.text == "input" {
            return Some(Input::Network);
        }
        let found = self.graph.nodes.iter().position(|node| node.label() == name.text);
        // The label of a repeated item is its end.
        let repeated = self.repeated.iter().find(|repeated| repeated.label == name.text);
        let found = found.or(repeated.map(|repeated| repeated.first + repeated.times - 1));
        if found.is_none() {
            self.unknown_label(name, self.graph.nodes.len(), true);
        }
        found.map(Input::Node)
    }

    /// Says that none of the first `count` nodes has that label.
    pub(super) fn unknown_label(&mut self, name: &Name<S>, count: usize, with_input: bool) {
        let text = &name.text;
        if let Some(repeated) = self.repeated.iter().find(|repeated| repeated.label == *text) {
            let (first, last) = (repetition_name(text, 1), repetition_name(text, repeated.times));
            let message = format!("`{text}` is repeated; name one of its layers, `{first}` to `{last}`");
            return self.error(name.at.clone(), message);
        }
        if self.labels.contains(text) {
            let message = format!("`{text}` comes later; a layer takes only from those before it");
            return self.error(name.at.clone(), message);
        }
        if self.gap {
            return;
        }
        let input = with_input.then_some("input");
        let before = self.graph.nodes.iter().take(count);
        let labels = before.map(crate::Node::label).filter(|label| !label.is_empty());
        let known: Vec<&str> = input.into_iter().chain(labels).collect();
        let message = match known[..] {
            [] => format!("nothing is labelled `{text}`; there is no label before this point"),
            [only] => format!("nothing is labelled `{text}`; the only label before this point is {only}"),
            _ => {
                format!("nothing is labelled `{text}`; the labels before this point are {}", known.join(", "))
            }
        };
        let mut diagnostic = Diagnostic::new(name.at.clone(), message);
        if let Some(near) = nearest(text, known.iter().copied()) {
            diagnostic = diagnostic.note(format!("did you mean `{near}`?"));
        }
        self.errors.push(diagnostic);
    }

    /// Finds outputs that nothing uses.
    pub(super) fn unused(&mut self) {
        if self.lost {
            return;
        }
        let nodes = &self.graph.nodes;
        let used: Vec<usize> = nodes
            .iter()
            .flat_map(|node| &node.inputs)
            .filter_map(|input| match input {
                Input::Node(number) => Some(*number),
                Input::Network => None,
            })
            .collect();
        let idle: Vec<_> = (0..nodes.len().saturating_sub(1))
            .filter(|number| !used.contains(number))
            .filter_map(|number| nodes.get(number))
            .map(|node| (node.label.as_ref().map_or(&node.at, |label| &label.at).clone(), node.name.clone()))
            .collect();
        for (at, name) in idle {
            self.error(at, format!("nothing uses the output of `{name}`"));
        }
    }
}

/// A kind in lower case, without its path: `small` for `nets::Small`.
fn base_name(kind: &str) -> String {
    let plain = kind.split('<').next().unwrap_or(kind).trim();
    plain.rsplit("::").next().unwrap_or(plain).trim().to_lowercase()
}
