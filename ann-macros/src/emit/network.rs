//! The struct of a network and what it implements.

use ann_spec::table::{self, Row};
use ann_spec::written::Arrow;
use ann_spec::{Graph, Input, Lowered, Node, NodeLayer};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::generics;
use super::tokens::Writer;
use crate::ast::Network;
use crate::lower::Rust;

/// A network without mistakes.
pub(crate) fn network(network: &Network, lowered: &Lowered<Rust>) -> TokenStream {
    let emission = Emission { network, writer: Writer { name: &network.name, graph: &lowered.graph } };
    let warnings = lowered.warnings.iter().map(|warning| {
        let note = warning.to_string();
        let name = quote_spanned!(warning.at.first=> network);
        quote! {
            const _: () = {
                #[deprecated(note = #note)]
                #[allow(non_upper_case_globals, reason = "a warning names it: `network`")]
                const network: () = ();
                #name
            };
        }
    });
    let (checks, definition, inherent) = (emission.checks(), emission.definition(), emission.inherent());
    let implementations = emission.implementations();
    quote!(#checks #definition #inherent #implementations #(#warnings)*)
}

/// A network on its way to a struct.
pub(super) struct Emission<'a> {
    pub(super) network: &'a Network,
    pub(super) writer: Writer<'a>,
}

impl<'a> Emission<'a> {
    pub(super) fn graph(&self) -> &'a Graph<Rust> {
        self.writer.graph
    }

    /// The nodes with the identifiers of their fields.
    fn fields(&self) -> impl Iterator<Item = (&'a Node<Rust>, Ident)> + '_ {
        self.graph().nodes.iter().map(|node| {
            let at = node.label.as_ref().map_or(node.at, |label| label.at);
            (node, identifier(&node.name, at.first))
        })
    }

    /// The type of a node's field.
    fn layer_type(&self, node: &Node<Rust>) -> TokenStream {
        match &node.layer {
            NodeLayer::Own { path, .. } => path.clone(),
            NodeLayer::Built { spec, .. } => {
                let span = node.at.first;
                let kind = Ident::new(spec.kind(), span);
                let output = self.writer.shape_type(node.output.as_ref(), span);
                let inputs: Vec<TokenStream> = node
                    .inputs
                    .iter()
                    .map(|input| self.writer.shape_type(self.graph().input_shape(*input).as_ref(), span))
                    .collect();
                let input = match &inputs[..] {
                    [one] => one.clone(),
                    several => quote!((#(#several),*)),
                };
                quote_spanned!(span=> ::ann::layers::#kind<#input, #output>)
            }
            NodeLayer::Wrong => TokenStream::new(),
        }
    }

    fn definition(&self) -> TokenStream {
        let Network { attributes, visibility, name, .. } = self.network;
        let (parameters, _) = generics(self.network);
        let table = format!("\n\n{}", table::markdown(&self.rows()));
        let fields = self.fields().map(|(node, field)| {
            let layer = self.layer_type(node);
            let output = node.output.map(|shape| self.graph().shape_text(&shape)).unwrap_or_default();
            if node.label.is_some() {
                let doc = format!("`{}`, output `{output}`", node.kind);
                quote!(#[doc = #doc] #visibility #field: #layer)
            } else {
                quote!(#field: #layer)
            }
        });
        quote! {
            #(#attributes)*
            #[doc = #table]
            #[allow(clippy::struct_field_names, reason = "fields are called as the layers' labels")]
            #visibility struct #name #parameters {
                #(#fields,)*
                #[doc(hidden)]
                __weights: ::ann::__private::Weights,
            }
        }
    }

    fn rows(&self) -> Vec<Row> {
        let row = |node: &Node<Rust>| Row {
            label: node.name.clone(),
            kind: node.kind.clone(),
            output: node.output.map(|shape| self.graph().shape_text(&shape)).unwrap_or_default(),
            parameters: self.graph().parameters(node).and_then(Result::ok),
        };
        self.graph().nodes.iter().map(row).collect()
    }

    fn inherent(&self) -> TokenStream {
        let Network { visibility, name, .. } = self.network;
        let (parameters, arguments) = generics(self.network);
        let counts = self.graph().nodes.iter().map(|node| self.parameters(node));
        let flops = self.graph().nodes.iter().map(|node| self.flops(node));
        let checks = self.generic_checks();
        quote! {
            #[automatically_derived]
            #[allow(dead_code, reason = "a program need not ask for any of it")]
            impl #parameters #name #arguments {
                /// How many parameters it learns.
                #visibility const PARAMETERS: usize = { #checks 0 #(+ #counts)* };
                /// Floating-point operations forward for one example, a multiply-add counting two; for a sequence, for one step.
                #visibility const FLOPS_PER_EXAMPLE: u64 = 0 #(+ #flops)*;

                /// The network with first values drawn by a seed, in 32 bits. The same seed gives the same bits.
                ///
                /// # Panics
                /// If an initializer or a layer of the user's own refuses; `builder().try_build()` gives the error instead.
                #visibility fn new(seed: u64) -> Self {
                    ::ann::Builder::new().seed(seed).build()
                }

                /// What builds the network where more is to be chosen than the seed.
                #visibility fn builder() -> ::ann::Builder<Self> {
                    ::ann::Builder::new()
                }
            }
        }
    }

    /// How a field's layer is made.
    fn construction(&self, node: &Node<Rust>) -> TokenStream {
        match &node.layer {
            NodeLayer::Built { spec, opaque, tied } => {
                let kind = Ident::new(spec.kind(), node.at.first);
                let value = self.writer.spec(spec);
                let settings = opaque.iter().map(|opaque| {
                    let (method, value) = (Ident::new(opaque.name, opaque.at.first), &opaque.value);
                    quote_spanned!(opaque.at.first=> .#method(#value))
                });
                let tied = tied.map(|other| {
                    let label = &self.graph().nodes[other].name;
                    quote!(.tied(#label))
                });
                quote!(::ann::layers::#kind::from_spec(#value) #(#settings)* #tied)
            }
            NodeLayer::Own { path, arguments: None } => {
                quote!(<#path as ::core::default::Default>::default())
            }
            NodeLayer::Own { path, arguments: Some(arguments) } => {
                let by_position =
                    arguments.iter().filter(|argument| argument.name.is_none()).map(|a| &a.term.value);
                let by_name = arguments.iter().filter_map(|argument| {
                    let name = argument.name.as_ref()?;
                    let (method, value) = (identifier(&name.text, name.at.first), &argument.term.value);
                    Some(quote!(.#method(#value)))
                });
                quote!(<#path>::new(#(#by_position),*) #(#by_name)*)
            }
            NodeLayer::Wrong => TokenStream::new(),
        }
    }

    /// The statements that record the layers, and the value they end in.
    fn recording(&self) -> TokenStream {
        // Names of the emission's own, at the place of the layer that uses them.
        let variable = |number: usize, at: Span| {
            format_ident!("value{number}", span = Span::mixed_site().located_at(at))
        };
        let mut statements = TokenStream::new();
        for (number, (node, field)) in self.fields().enumerate() {
            let span = node.at.first;
            let inputs: Vec<Ident> = node
                .inputs
                .iter()
                .map(|input| match input {
                    Input::Network => Ident::new("input", Span::call_site().located_at(span)),
                    Input::Node(other) => variable(*other, span),
                })
                .collect();
            let inputs = match &inputs[..] {
                [one] => quote!(#one),
                several => quote_spanned!(span=> (#(#several),*)),
            };
            let (value, label) = (variable(number, span), &node.name);
            let is_last = number + 1 == self.graph().nodes.len();
            let annotation = match (&node.layer, &node.declared) {
                (NodeLayer::Own { .. }, Some((shape, at))) => {
                    let shape = self.writer.shape_type(Some(shape), at.first);
                    Some(quote_spanned!(at.first=> : ::ann::Var<'tape, #shape>))
                }
                (NodeLayer::Own { .. }, None) if is_last => {
                    let shape = self.writer.shape_type(self.graph().output.as_ref(), span);
                    Some(quote_spanned!(span=> : ::ann::Var<'tape, #shape>))
                }
                _ => None,
            };
            statements.extend(quote_spanned! {span=>
                let #value #annotation = tape.layer(#label, &self.#field, #inputs)?;
            });
        }
        let end = self.graph().nodes.len().checked_sub(1).map_or_else(
            || quote!(input),
            |last| {
                let last = variable(last, self.graph().nodes[last].at.first);
                quote!(#last)
            },
        );
        // Where constants decide whether the body ends as promised, their check speaks, not the types.
        let end = if self.graph().end_later.is_some() { quote!(#end.typed()) } else { end };
        quote!(#statements ::core::result::Result::Ok(#end))
    }

    fn implementations(&self) -> TokenStream {
        let name = &self.network.name;
        let text = name.to_string();
        let (parameters, arguments) = generics(self.network);
        let span = name.span();
        let input = self.writer.shape_type(self.graph().input.as_ref(), span);
        let output = self.writer.shape_type(self.graph().output.as_ref(), span);
        let recording = self.recording();
        let fields: Vec<_> = self.fields().collect();
        let names: Vec<_> = fields.iter().map(|(_, field)| field).collect();
        let makings = fields.iter().map(|(node, _)| self.construction(node));
        let joins = fields.iter().filter(|(node, _)| matches!(node.layer, NodeLayer::Own { .. })).map(
            |(node, field)| {
                let label = &node.name;
                quote!(::ann::Layer::join(&mut self.#field, &weights.part(#label));)
            },
        );
        // A network that was put in another's place keeps its own parameters, so that its use is an error, not a surprise.
        let own = fields.iter().filter(|(node, _)| matches!(node.layer, NodeLayer::Own { .. }));
        let rejoins = own.map(|(node, field)| {
            let label = &node.name;
            quote! {
                if self.__weights.holds(::ann::Layer::joined(&self.#field), #label) {
                    ::ann::Layer::join(&mut copy.#field, &weights.part(#label));
                }
            }
        });
        let two_way = self.two_way(&fields);
        let rows = self.graph().nodes.iter().zip(self.rows()).map(|(node, row)| {
            let Row { label, kind, output, .. } = row;
            let count = self.parameters(node);
            quote! {
                ::ann::__private::Row {
                    label: #label.into(), kind: #kind.into(), output: #output.into(),
                    parameters: ::core::option::Option::Some(#count),
                }
            }
        });
        quote! {
            #[automatically_derived]
            impl #parameters ::ann::Layer for #name #arguments {
                type Input = #input;
                type Output = #output;

                fn record<'tape>(
                    &self,
                    tape: &::ann::Recorder<'tape>,
                    input: ::ann::Var<'tape, #input>,
                ) -> ::ann::Result<::ann::Var<'tape, #output>> {
                    #recording
                }

                fn join(&mut self, weights: &::ann::__private::Weights) {
                    #(#joins)*
                    self.__weights = ::core::clone::Clone::clone(weights);
                }

                fn joined(&self) -> ::core::option::Option<&::ann::__private::Weights> {
                    ::core::option::Option::Some(&self.__weights)
                }
            }

            #[automatically_derived]
            impl #parameters ::ann::Cost for #name #arguments {
                const PARAMETERS: usize = Self::PARAMETERS;
                const FLOPS: u64 = Self::FLOPS_PER_EXAMPLE;
            }

            #[automatically_derived]
            impl #parameters ::ann::Network for #name #arguments {
                fn name(&self) -> &str {
                    #text
                }

                fn rows(&self) -> ::std::vec::Vec<::ann::__private::Row> {
                    ::std::vec![#(#rows),*]
                }

                fn weights(&self) -> &::ann::__private::Weights {
                    &self.__weights
                }
            }

            #[automatically_derived]
            impl #parameters ::ann::__private::Assemble for #name #arguments {
                fn assemble() -> Self {
                    Self { #(#names: #makings,)* __weights: ::ann::__private::Weights::empty() }
                }
            }

            #[automatically_derived]
            impl #parameters ::core::default::Default for #name #arguments {
                /// The layers without values; a network around this one, or `new`, gives them.
                fn default() -> Self {
                    ::ann::__private::Assemble::assemble()
                }
            }

            #[automatically_derived]
            impl #parameters ::core::clone::Clone for #name #arguments {
                /// A network of the same values in a vector of its own.
                fn clone(&self) -> Self {
                    let weights = self.__weights.deep_copy();
                    #[allow(unused_mut, reason = "changed only where layers are the user's own")]
                    let mut copy = Self {
                        #(#names: ::core::clone::Clone::clone(&self.#names),)*
                        __weights: ::core::clone::Clone::clone(&weights),
                    };
                    #(#rejoins)*
                    copy
                }
            }

            #[automatically_derived]
            impl #parameters ::core::fmt::Debug for #name #arguments {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.write_str(&::ann::Network::summary(self))
                }
            }

            #two_way
        }
    }

    /// What a network with `<->` implements besides: the list of its machines.
    fn two_way(&self, fields: &[(&Node<Rust>, Ident)]) -> TokenStream {
        if self.graph().arrow == Arrow::Forward {
            return TokenStream::new();
        }
        let name = &self.network.name;
        let (parameters, arguments) = generics(self.network);
        let types = fields.iter().map(|(node, _)| self.layer_type(node));
        let machines = fields.iter().map(|(node, field)| {
            let label = &node.name;
            quote!(::ann::__private::Stage::structure(&self.#field, #label))
        });
        quote! {
            #[automatically_derived]
            impl #parameters ::ann::TwoWay for #name #arguments {
                const SIDES: &'static [[usize; 2]] = &[#(<#types as ::ann::__private::Stage>::SIDES),*];

                fn structures(&self) -> ::std::vec::Vec<::ann::boltzmann::Structure> {
                    ::std::vec![#(#machines),*]
                }
            }
        }
    }
}

/// A name as an identifier, raw if it is a keyword.
pub(super) fn identifier(name: &str, span: Span) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(_) => Ident::new(name, span),
        Err(_) => Ident::new_raw(name, span),
    }
}
