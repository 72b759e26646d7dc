//! Shapes, sizes and specifications as Rust.

use ann_spec::{Dim, Field, Graph, Input, LayerSpec, Meaning, Node, Shape};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::lower::Rust;

/// A network on its way to tokens.
pub(super) struct Writer<'a> {
    pub(super) name: &'a Ident,
    pub(super) graph: &'a Graph<Rust>,
}

impl Writer<'_> {
    /// A size where a `usize` is wanted: `28`, `HIDDEN`, `H`, `ann::STEPS`.
    fn size(&self, dim: Dim) -> TokenStream {
        match dim {
            Dim::Known(size) => Literal::usize_unsuffixed(size).into_token_stream_here(),
            Dim::Open(symbol) => match self.graph.symbols.meaning(symbol) {
                Some(Meaning::Constant(value) | Meaning::Generic(value)) => value.clone(),
                Some(Meaning::Output { node, axis }) => {
                    let shape = self.shape_const(*node);
                    quote!(::ann::spec::expand::dim(&#shape, #axis))
                }
                Some(Meaning::Steps | Meaning::Unknown) | None => quote!(::ann::STEPS),
            },
        }
    }

    /// The constant that holds a node's output where constant evaluation has to find it.
    pub(super) fn shape_const(&self, node: usize) -> Ident {
        format_ident!("__ANN_{}_{}", self.name, self.graph.nodes[node].name, span = Span::call_site())
    }

    /// `Rank3<1, 28, 28>`
    pub(super) fn shape_type(&self, shape: Option<&Shape>, span: Span) -> TokenStream {
        let Some(shape) = shape else { return quote_spanned!(span=> ::ann::Dyn) };
        let rank = format_ident!("Rank{}", shape.rank(), span = span);
        let sizes = shape.dims().iter().map(|dim| {
            let size = self.size(*dim);
            match dim {
                Dim::Known(_) => size,
                Dim::Open(_) => quote!({ #size }),
            }
        });
        quote_spanned!(span=> ::ann::#rank<#(#sizes),*>)
    }

    /// `Dim::Known(28)`
    fn dim(&self, dim: Dim) -> TokenStream {
        if dim.is_steps() {
            return quote!(::ann::spec::Dim::STEPS);
        }
        let size = self.size(dim);
        quote!(::ann::spec::Dim::Known(#size))
    }

    /// A shape as a value.
    pub(super) fn shape_value(&self, shape: &Shape) -> TokenStream {
        let dims = shape.dims().iter().map(|dim| self.dim(*dim));
        quote!(::ann::spec::Shape::of(&[#(#dims),*]))
    }

    /// A specification as a value of its own type: `Conv2d { n: .., kernel: .. }`.
    pub(super) fn spec(&self, spec: &LayerSpec) -> TokenStream {
        let kind = format_ident!("{}", spec.kind());
        let fields = spec.fields().into_iter().map(|(name, field)| {
            let name = format_ident!("{name}");
            let value = match field {
                Field::Size(dim) => self.dim(dim),
                Field::Pair([height, width]) => {
                    let (height, width) = (self.dim(height), self.dim(width));
                    quote!([#height, #width])
                }
                Field::Flag(flag) => quote!(#flag),
                Field::Shape(shape) => self.shape_value(&shape),
                Field::Word { of, word } => {
                    let (of, word) = (format_ident!("{of}"), format_ident!("{word}"));
                    quote!(::ann::spec::layers::#of::#word)
                }
            };
            quote!(#name: #value)
        });
        quote!(::ann::spec::layers::#kind { #(#fields),* })
    }

    /// The arguments by which constant evaluation looks at a node: its place, its specification, its inputs.
    pub(super) fn rule(&self, node: &Node<Rust>, spec: &LayerSpec) -> TokenStream {
        let (place, spec, inputs) = (self.place(node, spec), self.layer_spec(spec), self.input_values(node));
        quote!(#place, #spec, #inputs)
    }

    /// Where a node is, for sentences.
    pub(super) fn place(&self, node: &Node<Rust>, spec: &LayerSpec) -> TokenStream {
        let (kind, label) = (spec.kind(), node.label());
        let names = node.inputs.iter().map(|input| self.graph.input_name(*input));
        quote!(&::ann::spec::Place { kind: #kind, label: #label, inputs: &[#(#names),*], symbols: &[] })
    }

    /// A specification as one of the enum of all.
    pub(super) fn layer_spec(&self, spec: &LayerSpec) -> TokenStream {
        let (variant, value) = (format_ident!("{}", spec.kind()), self.spec(spec));
        quote!(&::ann::spec::LayerSpec::#variant(#value))
    }

    /// The shapes that come into a node, as a slice.
    pub(super) fn input_values(&self, node: &Node<Rust>) -> TokenStream {
        let shapes = node.inputs.iter().map(|input| self.input_value(*input));
        quote!(&[#(#shapes),*])
    }

    fn input_value(&self, input: Input) -> TokenStream {
        if let Input::Node(number) = input
            && self.graph.nodes[number].later.is_some()
            && !self.graph.is_generic(&self.graph.nodes[number])
        {
            let shape = self.shape_const(number);
            return quote!(#shape);
        }
        // A graph without mistakes knows the shapes of all inputs of the catalogue's layers.
        self.graph.input_shape(input).map(|shape| self.shape_value(&shape)).unwrap_or_default()
    }
}

/// Literals as token streams.
trait Here {
    fn into_token_stream_here(self) -> TokenStream;
}

impl Here for Literal {
    fn into_token_stream_here(self) -> TokenStream {
        TokenStream::from(proc_macro2::TokenTree::Literal(self))
    }
}
