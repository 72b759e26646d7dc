//! [`Graph`]: a network with its layers resolved and its shapes worked out, as far as they can be without the compiler.

use crate::args::Opaque;
use crate::written::{Argument, Arrow, Name};
use crate::{Dim, LayerSpec, Misfit, Shape, Source, Symbols};

/// A network.
#[derive(Clone, Debug)]
pub struct Graph<S: Source> {
    /// Its name.
    pub name: String,
    /// Which way it runs.
    pub arrow: Arrow,
    /// The shape of its input; `None` if that was wrong.
    pub input: Option<Shape>,
    /// The shape of its output, as promised by the signature; `None` if that was wrong.
    pub output: Option<Shape>,
    /// Its layers in the order of the text, each after those it takes from. The last one's output is the network's.
    pub nodes: Vec<Node<S>>,
    /// What its open sizes stand for.
    pub symbols: Symbols<S>,
    /// Where to point at if whether the body ends in the promised shape depends on constants:
    /// [`expand::require_end`](crate::expand::require_end) has to look.
    pub end_later: Option<S::Location>,
}

/// Where a layer takes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The network's input.
    Network,
    /// The output of the node with this number.
    Node(usize),
}

/// A layer in its place.
#[derive(Clone, Debug)]
pub struct Node<S: Source> {
    /// Its name: the label, or its kind and number.
    pub name: String,
    /// The label, if the user gave one.
    pub label: Option<Name<S>>,
    /// Its kind as written: `Conv2d`, `encoders::Small`.
    pub kind: String,
    /// Where its kind stands.
    pub at: S::Location,
    /// What it is.
    pub layer: NodeLayer<S>,
    /// What it takes.
    pub inputs: Vec<Input>,
    /// The shape behind `->` in the text.
    pub declared: Option<(Shape, S::Location)>,
    /// The shape of its output; `None` after a mistake, or where only the type system knows.
    pub output: Option<Shape>,
    /// Where to point at if its rule has to be run again by constant evaluation, all sizes known:
    /// [`expand::output`](crate::expand::output), and for tied weights
    /// [`expand::require_tied`](crate::expand::require_tied). See also [`Graph::is_generic`].
    pub later: Option<S::Location>,
    /// Which repetition it is, if its item is repeated.
    pub repetition: Option<Repetition>,
}

/// One of the layers that a repeated item stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repetition {
    /// Which one, from 1.
    pub number: usize,
    /// Of how many.
    pub times: usize,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum NodeLayer<S: Source> {
    /// A layer of the catalogue.
    Built {
        /// Which one.
        spec: LayerSpec,
        /// Its arguments that are none of the language's business, by the names of the layer's methods for them.
        opaque: Vec<Opaque<S>>,
        /// The number of the node whose weight it uses, transposed.
        tied: Option<usize>,
    },
    /// Another network, or a type of the user's own.
    Own {
        /// The path.
        path: S::Value,
        /// The arguments as written; `None` without parentheses.
        arguments: Option<Vec<Argument<S>>>,
    },
    /// None: it could not be read.
    Wrong,
}

impl<S: Source> Node<S> {
    /// The specification, if it is a layer of the catalogue.
    pub fn spec(&self) -> Option<&LayerSpec> {
        match &self.layer {
            NodeLayer::Built { spec, .. } => Some(spec),
            NodeLayer::Own { .. } | NodeLayer::Wrong => None,
        }
    }

    /// The text of its label, empty if there is none.
    pub fn label(&self) -> &str {
        self.label.as_ref().map_or("", |label| &label.text)
    }
}

impl<S: Source> Graph<S> {
    /// The name of an input as sentences say it.
    pub fn input_name(&self, input: Input) -> &str {
        match input {
            Input::Network => "input",
            Input::Node(number) => self.nodes.get(number).map_or("?", |node| &node.name),
        }
    }

    /// The shape of an input, if it is known.
    pub fn input_shape(&self, input: Input) -> Option<Shape> {
        match input {
            Input::Network => self.input,
            Input::Node(number) => self.nodes.get(number)?.output,
        }
    }

    /// The shapes of all that a node takes, if they are known.
    pub fn input_shapes(&self, node: &Node<S>) -> Option<Vec<Shape>> {
        node.inputs.iter().map(|input| self.input_shape(*input)).collect()
    }

    /// How many numbers a node learns; `None` if it is no layer of the catalogue or one of its inputs is unknown.
    /// [`Misfit::Open`] where that depends on a constant or a const generic.
    pub fn parameters(&self, node: &Node<S>) -> Option<Result<usize, Misfit>> {
        Some(node.spec()?.parameters(&self.input_shapes(node)?))
    }

    /// The cost of a node, forward, for one example. As [`Graph::parameters`].
    pub fn flops(&self, node: &Node<S>) -> Option<Result<u64, Misfit>> {
        Some(node.spec()?.flops(&self.input_shapes(node)?))
    }

    /// Whether a node's rule depends on a const generic: constant evaluation of it needs the generic in scope.
    pub fn is_generic(&self, node: &Node<S>) -> bool {
        let fields = node.spec().into_iter().flat_map(LayerSpec::fields).flat_map(|(_, field)| field.sizes());
        let shapes = node.inputs.iter().filter_map(|input| self.input_shape(*input));
        let mut sizes = fields.chain(shapes.flat_map(|shape| shape.dims().to_vec()));
        sizes.any(|size| matches!(size, Dim::Open(symbol) if symbol.is_generic()))
    }

    /// A shape with the texts of its open sizes: `[_, WIDTH]`.
    pub fn shape_text(&self, shape: &Shape) -> String {
        crate::Text::new().shape(shape, &self.symbols.texts()).as_str().into()
    }

    /// How the data got to an input: `input [1, 28, 28] -> conv1 [20, 24, 24]`.
    pub fn chain(&self, to: Input) -> String {
        let mut parts = Vec::new();
        let mut at = to;
        loop {
            let shape = self.input_shape(at).map_or("?".into(), |shape| self.shape_text(&shape));
            parts.push(format!("{} {shape}", self.input_name(at)));
            // An input that was not found ends the chain.
            let Input::Node(number) = at else { break };
            let Some(before) = self.nodes.get(number).and_then(|node| node.inputs.first()) else { break };
            at = *before;
        }
        parts.reverse();
        parts.join(" -> ")
    }
}
