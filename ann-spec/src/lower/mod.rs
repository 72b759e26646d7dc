//! [`lower`]: from the text of a network to its [`Graph`], with all that is wrong with it.
//!
//! Every mistake gives one diagnostic. After a mistake the layer's output is its declared shape, or unknown, which
//! silences everything that depends on it and nothing else.

mod advice;
mod head;
mod infer;
mod layer;
mod names;
mod repeat;
mod signature;
mod tied;
mod two_way;

use crate::graph::{Graph, NodeLayer};
use crate::written::{Item, Signature};
use crate::{Diagnostic, Source, Symbols};

/// A network as far as it could be understood.
#[derive(Clone, Debug)]
pub struct Lowered<S: Source> {
    /// The network; where there are errors, only good for a stub.
    pub graph: Graph<S>,
    /// What is wrong with it.
    pub errors: Vec<Diagnostic<S::Location>>,
    /// What is legal but surely not meant.
    pub warnings: Vec<Diagnostic<S::Location>>,
}

/// Resolves the layers of a network, reads their arguments, works out all shapes.
///
/// `None` stands for an item of which the front end could not read even the layer, and has said so: what could follow from
/// that is not reported. `symbols` are those that the front end allotted to the open sizes in the text.
pub fn lower<S: Source>(
    signature: &Signature<S>,
    items: Vec<impl Into<Option<Item<S>>>>,
    symbols: Symbols<S>,
) -> Lowered<S> {
    let items: Vec<Option<Item<S>>> = items.into_iter().map(Into::into).collect();
    let mut lowering = Lowering::new(signature, symbols);
    lowering.announce(&items);
    for item in items {
        match item {
            Some(item) => lowering.items(item),
            None => lowering.gap(signature),
        }
    }
    lowering.end(signature);
    lowering.advise();
    Lowered { graph: lowering.graph, errors: lowering.errors, warnings: lowering.warnings }
}

/// What is said of a network that is read from a Caffe file.
pub const PROTOTXT_NOT_BUILT: &str = "networks from Caffe files (`= prototxt`) are not built yet";

/// A network on its way.
struct Lowering<S: Source> {
    graph: Graph<S>,
    errors: Vec<Diagnostic<S::Location>>,
    warnings: Vec<Diagnostic<S::Location>>,
    /// All labels of the network, for those who name one too early.
    labels: Vec<String>,
    /// The items before this point that were repeated under a label.
    repeated: Vec<repeat::Repeated>,
    /// A name behind `<-` was not found: which outputs go unused cannot be told.
    lost: bool,
    /// An item could not be read: what it was labelled cannot be told.
    gap: bool,
}

impl<S: Source> Lowering<S> {
    fn new(signature: &Signature<S>, symbols: Symbols<S>) -> Self {
        let graph = Graph {
            name: signature.name.text.clone(),
            arrow: signature.arrow,
            input: None,
            output: None,
            nodes: Vec::new(),
            symbols,
            end_later: None,
        };
        let mut lowering = Self {
            graph,
            errors: Vec::new(),
            warnings: Vec::new(),
            labels: Vec::new(),
            repeated: Vec::new(),
            lost: false,
            gap: false,
        };
        lowering.graph.input = lowering.shape(&signature.input, "the input");
        lowering.graph.output = lowering.shape(&signature.output, "the output");
        lowering
    }

    fn error(&mut self, at: S::Location, message: impl Into<String>) {
        self.errors.push(Diagnostic::new(at, message));
    }

    /// Whether a node's layer could be read.
    fn sound(&self, number: usize) -> bool {
        self.graph.nodes.get(number).is_some_and(|node| !matches!(node.layer, NodeLayer::Wrong))
    }
}
