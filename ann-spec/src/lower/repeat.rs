//! `* 3`: an item that stands for several layers alike, one after the other.

use super::Lowering;
use super::signature::{Agreement, agreement};
use crate::args::dim;
use crate::graph::{NodeLayer, Repetition};
use crate::written::{Form, Item, Name, Term};
use crate::{Diagnostic, Dim, Source};

/// Most repetitions of one item: each is a field of its own.
const MOST: usize = 1000;

/// An item that was repeated, for those who name it by its label.
#[derive(Clone, Debug)]
pub(super) struct Repeated {
    pub(super) label: String,
    /// The number of its first node.
    pub(super) first: usize,
    pub(super) times: usize,
}

/// The name of one repetition of a labelled item: `layer2_1`, counted from 1.
pub(super) fn repetition_name(label: &str, number: usize) -> String {
    format!("{label}_{number}")
}

/// How often an item is repeated, or what is wrong with that number.
pub(super) fn times<S: Source>(term: &Term<S>) -> Result<usize, String> {
    let why = match &term.form {
        Form::Word(..) | Form::Expression(_) => {
            "is an integer written out: each repetition is a layer of its own, made before constants are known".into()
        }
        form => match dim(form, false) {
            Ok(Dim::Known(count)) if count <= MOST => return Ok(count),
            Ok(Dim::Known(count)) => format!("is {count}; it is at most {MOST}"),
            Ok(Dim::Open(_)) => "is an integer written out".into(),
            Err(why) => why.replace("a size ", "it "),
        },
    };
    Err(format!("the number of repetitions {why}"))
}

impl<S: Source> Lowering<S> {
    /// Adds an item of the body to the graph, as often as it is repeated.
    pub(super) fn items(&mut self, mut item: Item<S>) {
        let Some(term) = item.times.take() else { return self.item(item, None) };
        let times = times(&term).unwrap_or_else(|message| {
            self.error(term.at.clone(), message);
            1
        });
        let label = item.label.take().and_then(|label| self.label(Some(label)));
        let mut labels: Vec<Option<Name<S>>> = Vec::new();
        for number in 1..=times {
            labels.push(label.as_ref().and_then(|label| self.repetition_label(label, number)));
        }
        let turn = |number: usize| Item {
            label: labels.get(number - 1).cloned().flatten(),
            sources: item.sources.clone().filter(|_| number == 1),
            ..item.clone()
        };
        let first = self.graph.nodes.len();
        for number in 1..=times {
            let errors = self.errors.len();
            self.item(turn(number), Some(Repetition { number, times }));
            if 1 < times {
                self.keep_shape(first, number);
            }
            if errors == self.errors.len() {
                continue;
            }
            for error in self.errors.iter_mut().skip(errors).filter(|_| 1 < number) {
                error.notes.push(format!("this is repetition {number} of {times}"));
            }
            // What is wrong with one is wrong with the next; they stand there for those who name them.
            let known = self.errors.len();
            for rest in number + 1..=times {
                self.item(turn(rest), Some(Repetition { number: rest, times }));
            }
            self.errors.truncate(known);
            break;
        }
        if let Some(label) = label {
            self.repeated.push(Repeated { label: label.text, first, times });
        }
    }

    /// The label of one repetition; `None` if another layer is called so.
    fn repetition_label(&mut self, label: &Name<S>, number: usize) -> Option<Name<S>> {
        let name = repetition_name(&label.text, number);
        let count = |text: &str| self.labels.iter().filter(|other| *other == text).count();
        // Each layer of this label brings the name along; any more are another's.
        if count(&label.text) < count(&name) {
            let message = format!(
                "repetition {number} of `{}` is called `{name}`, which is the label of another layer",
                label.text
            );
            self.error(label.at.clone(), message);
            return None;
        }
        Some(Name { at: label.at.clone(), text: name })
    }

    /// A layer of the user's own that is repeated gives what it takes: each repetition has one type, and so one input.
    fn keep_shape(&mut self, first: usize, number: usize) {
        let Some(node) = self.graph.nodes.last() else { return };
        if !matches!(node.layer, NodeLayer::Own { .. }) {
            return;
        }
        let [input] = node.inputs[..] else { return };
        let Some(input) = self.graph.input_shape(input) else { return };
        let Some((declared, at)) = node.declared.clone() else {
            let node = &mut self.graph.nodes[first + number - 1];
            node.declared = Some((input, node.at.clone()));
            node.output = Some(input);
            return;
        };
        if number == 1 && agreement(&input, &declared) == Agreement::No {
            let who = if node.label().is_empty() { node.kind.clone() } else { node.label().to_owned() };
            let (takes, gives) = (self.graph.shape_text(&input), self.graph.shape_text(&declared));
            let message = format!(
                "`{who}` takes {takes} and gives {gives}, which repetition 2 cannot take; \
                 what is repeated gives what it takes"
            );
            self.errors.push(Diagnostic::new(at, message));
        }
    }
}
