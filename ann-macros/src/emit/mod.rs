//! From a checked graph to a struct: full paths, no cleverness, every token at the place it speaks of.

mod consts;
mod network;
mod stub;
mod tokens;

pub(crate) use network::network;
pub(crate) use stub::stub;

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Network;

/// `<const H: usize>` for an impl, `<H>` for the type.
fn generics(network: &Network) -> (TokenStream, TokenStream) {
    if network.generics.is_empty() {
        return (TokenStream::new(), TokenStream::new());
    }
    let names: Vec<_> = network.generics.iter().map(|generic| &generic.name).collect();
    (quote!(<#(const #names: usize),*>), quote!(<#(#names),*>))
}
