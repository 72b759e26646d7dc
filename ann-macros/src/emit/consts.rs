//! What is left to constant evaluation: rules on sizes that are constants or const generics, and costs that depend on them.

use ann_spec::{Dim, Node, NodeLayer};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::network::Emission;
use crate::lower::Rust;

impl Emission<'_> {
    /// What constant evaluation has to look at because sizes are constants: items beside the struct.
    pub(super) fn checks(&self) -> TokenStream {
        let mut checks = TokenStream::new();
        for (number, node) in self.graph().nodes.iter().enumerate() {
            if self.graph().is_generic(node) {
                continue;
            }
            let Some(output) = self.output(node) else { continue };
            let name = self.writer.shape_const(number);
            let further = self.further_checks(node, &quote!(#name));
            checks.extend(quote! {
                #[doc(hidden)]
                #[allow(non_upper_case_globals, reason = "named after the layer, as compile errors show it")]
                const #name: ::ann::spec::Shape = #output;
            });
            if !further.is_empty() {
                checks.extend(quote!(const _: () = { #further };));
            }
        }
        for shape in [self.graph().input, self.graph().output].into_iter().flatten() {
            let is_constant =
                |dim: &Dim| matches!(dim, Dim::Open(symbol) if !symbol.is_generic() && !symbol.is_steps());
            if shape.dims().iter().any(is_constant) && !shape.dims().iter().any(is_generic) {
                let value = self.writer.shape_value(&shape);
                checks.extend(quote!(const _: ::ann::spec::Shape = ::ann::spec::expand::signature(#value);));
            }
        }
        if !self.network.generics.is_empty() {
            return checks;
        }
        let end = self.end_check();
        if !end.is_empty() {
            checks.extend(quote!(const _: () = { #end };));
        }
        checks
    }

    /// The same where const generics are among the sizes: they are looked at when the network is used with some.
    pub(super) fn generic_checks(&self) -> TokenStream {
        if self.network.generics.is_empty() {
            return TokenStream::new();
        }
        let mut checks = TokenStream::new();
        for node in self.graph().nodes.iter().filter(|node| self.graph().is_generic(node)) {
            let Some(output) = self.output(node) else { continue };
            let further = self.further_checks(node, &quote!(output));
            checks.extend(quote!({ let output: ::ann::spec::Shape = #output; let _ = output; #further }));
        }
        let end = self.end_check();
        quote!(#checks #end)
    }

    /// The output of a node by its rule, where that has to be run again.
    fn output(&self, node: &Node<Rust>) -> Option<TokenStream> {
        let (Some(spec), Some(at)) = (node.spec(), node.later) else { return None };
        let rule = self.writer.rule(node, spec);
        Some(quote_spanned!(at.first=> ::ann::spec::expand::output(#rule)))
    }

    fn further_checks(&self, node: &Node<Rust>, output: &TokenStream) -> TokenStream {
        let declared = node.declared.as_ref().map(|(shape, at)| {
            let (shape, label) = (self.writer.shape_value(shape), &node.name);
            quote_spanned!(at.first=> ::ann::spec::expand::require_declared(#label, &#output, &#shape);)
        });
        let tied = self.tied_check(node);
        quote!(#declared #tied)
    }

    /// That the body ends in the shape which is promised, where that depends on constants.
    fn end_check(&self) -> TokenStream {
        let graph = self.graph();
        let (Some(at), Some(number), Some(promised)) =
            (graph.end_later, graph.nodes.len().checked_sub(1), graph.output)
        else {
            return TokenStream::new();
        };
        let last = &graph.nodes[number];
        let body = if last.later.is_some() && !graph.is_generic(last) {
            let name = self.writer.shape_const(number);
            quote!(#name)
        } else {
            last.output.map(|shape| self.writer.shape_value(&shape)).unwrap_or_default()
        };
        let promised = self.writer.shape_value(&promised);
        quote_spanned!(at.first=> ::ann::spec::expand::require_end(&#body, &#promised);)
    }

    fn tied_check(&self, node: &Node<Rust>) -> Option<TokenStream> {
        let NodeLayer::Built { spec, tied: Some(other), .. } = &node.layer else { return None };
        let owner = &self.graph().nodes[*other];
        let owner_spec = owner.spec()?;
        let (place, tied, inputs) =
            (self.writer.place(node, spec), self.writer.layer_spec(spec), self.writer.input_values(node));
        let (other, owner_inputs) = (self.writer.layer_spec(owner_spec), self.writer.input_values(owner));
        let name = &owner.name;
        Some(quote! {
            ::ann::spec::expand::require_tied(#place, (#tied, #inputs), (#name, #other, #owner_inputs));
        })
    }

    /// How many numbers a node learns, as a constant expression.
    pub(super) fn parameters(&self, node: &Node<Rust>) -> TokenStream {
        if let NodeLayer::Own { path, .. } = &node.layer {
            return quote!(<#path as ::ann::Cost>::PARAMETERS);
        }
        let count = self.graph().parameters(node).and_then(Result::ok);
        self.cost(node, count.map(|count| count as u64), "parameters")
    }

    pub(super) fn flops(&self, node: &Node<Rust>) -> TokenStream {
        if let NodeLayer::Own { path, .. } = &node.layer {
            return quote!(<#path as ::ann::Cost>::FLOPS);
        }
        self.cost(node, self.graph().flops(node).and_then(Result::ok), "flops")
    }

    /// A count that is known here, or what has constant evaluation find it.
    fn cost(&self, node: &Node<Rust>, known: Option<u64>, function: &str) -> TokenStream {
        if let Some(count) = known {
            let count = Literal::u64_unsuffixed(count);
            return quote!(#count);
        }
        let Some(spec) = node.spec() else { return quote!(0) };
        let (function, rule) = (format_ident!("{function}"), self.writer.rule(node, spec));
        quote_spanned!(node.at.first=> ::ann::spec::expand::#function(#rule))
    }
}

/// Whether a size is a const generic.
fn is_generic(dim: &Dim) -> bool {
    matches!(dim, Dim::Open(symbol) if symbol.is_generic())
}
