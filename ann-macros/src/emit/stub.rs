//! What stands in for a network with mistakes: the same names and signatures, so that the mistakes cause no others.

use ann_spec::written::Arrow;
use ann_spec::{Graph, NodeLayer};
use proc_macro2::TokenStream;
use quote::quote;

use super::generics;
use super::network::identifier;
use super::tokens::Writer;
use crate::ast::{Body, Network};
use crate::lower::Rust;

/// The stand-in; its graph is good for what the signature says and for the labels.
pub(crate) fn stub(network: &Network, graph: Option<&Graph<Rust>>) -> TokenStream {
    let Network { visibility, name, .. } = network;
    let (parameters, arguments) = generics(network);
    let dynamic = quote!(::ann::Dyn);
    let shape = |shape: Option<ann_spec::Shape>| match (graph, shape) {
        (Some(graph), Some(shape)) if shape.dims().iter().all(|dim| is_plain(*dim)) => {
            Writer { name, graph }.shape_type(Some(&shape), name.span())
        }
        _ => dynamic.clone(),
    };
    let (input, output) = (shape(graph.and_then(|g| g.input)), shape(graph.and_then(|g| g.output)));
    let fields = match (&network.body, graph) {
        (Body::Layers { .. }, Some(graph)) => fields(visibility, graph),
        _ => TokenStream::new(),
    };
    let two_way = graph.is_some_and(|graph| graph.arrow == Arrow::TwoWay).then(|| {
        quote! {
            impl #parameters ::ann::TwoWay for #name #arguments {
                const SIDES: &'static [[usize; 2]] = &[];
                fn structures(&self) -> ::std::vec::Vec<::ann::boltzmann::Structure> { ::core::unreachable!() }
            }
        }
    });
    quote! {
        #[allow(missing_docs, dead_code, reason = "it stands in for a network with mistakes, which alone are to be reported")]
        #visibility struct #name #parameters { #fields #[doc(hidden)] __weights: ::ann::__private::Weights }

        #[allow(
            missing_docs, dead_code, clippy::diverging_sub_expression, unused_variables,
            reason = "nothing in it ever runs: the network has mistakes",
        )]
        const _: () = {
            impl #parameters #name #arguments {
                #visibility const PARAMETERS: usize = 0;
                #visibility const FLOPS_PER_EXAMPLE: u64 = 0;
                #visibility fn new(seed: u64) -> Self { ::core::unreachable!() }
                #visibility fn builder() -> ::ann::Builder<Self> { ::core::unreachable!() }
            }
            impl #parameters ::ann::Layer for #name #arguments {
                type Input = #input;
                type Output = #output;
                fn record<'tape>(
                    &self,
                    tape: &::ann::Recorder<'tape>,
                    input: ::ann::Var<'tape, #input>,
                ) -> ::ann::Result<::ann::Var<'tape, #output>> { ::core::unreachable!() }
            }
            impl #parameters ::ann::Cost for #name #arguments {
                const PARAMETERS: usize = 0;
                const FLOPS: u64 = 0;
            }
            impl #parameters ::ann::Network for #name #arguments {
                fn name(&self) -> &str { ::core::unreachable!() }
                fn rows(&self) -> ::std::vec::Vec<::ann::__private::Row> { ::core::unreachable!() }
                fn weights(&self) -> &::ann::__private::Weights { ::core::unreachable!() }
            }
            impl #parameters ::ann::__private::Assemble for #name #arguments {
                fn assemble() -> Self { ::core::unreachable!() }
            }
            impl #parameters ::core::default::Default for #name #arguments {
                fn default() -> Self { ::core::unreachable!() }
            }
            impl #parameters ::core::clone::Clone for #name #arguments {
                fn clone(&self) -> Self { ::core::unreachable!() }
            }
            impl #parameters ::core::fmt::Debug for #name #arguments {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { ::core::unreachable!() }
            }
            #two_way
        };
    }
}

/// The labelled layers whose types are known.
fn fields(visibility: &syn::Visibility, graph: &Graph<Rust>) -> TokenStream {
    let mut fields = TokenStream::new();
    for node in &graph.nodes {
        // A label that was refused, for being there already, is none here.
        let Some(label) = &node.label else { continue };
        let layer = match &node.layer {
            NodeLayer::Own { path, .. } => path.clone(),
            NodeLayer::Built { spec, .. } => {
                let kind = quote::format_ident!("{}", spec.kind());
                quote!(::ann::layers::#kind)
            }
            NodeLayer::Wrong => continue,
        };
        let label = identifier(&label.text, label.at.first);
        fields.extend(quote!(#visibility #label: #layer,));
    }
    fields
}

/// A size that stands for itself, or is open: what types can say without computing.
fn is_plain(dim: ann_spec::Dim) -> bool {
    matches!(dim, ann_spec::Dim::Known(_)) || dim.is_steps()
}
