//! The `network!` macro of `ann`.
//!
//! `parse | lower | emit`: tokens to the grammar (`ast`), the grammar to a checked graph (`lower`), the graph to a struct
//! (`emit`). What layers there are, what they take and what they refuse is in `ann-spec`; nothing here knows any of them.
#![forbid(unsafe_code)]

mod ast;
mod emit;
mod errors;
mod lower;
mod place;
#[cfg(test)]
mod tests;

use ann_spec::PROTOTXT_NOT_BUILT;
use proc_macro2::TokenStream;

use crate::errors::Bag;

/// Describes networks; makes a statically typed struct of each.
///
/// ```text
/// network! {
///     /// LeNet for 28x28 grey images.
///     pub struct LeNet: [1, 28, 28] -> [10] {
///         conv1: Conv2d(20, kernel = 5),
///         MaxPool2d(2),
///         conv2: Conv2d(50, kernel = 5),
///         MaxPool2d(2),
///         fc1: Dense(500), Relu,
///         fc2: Dense(10),
///     }
/// }
/// ```
///
/// The grammar:
///
/// ```text
/// networks  := network*
/// network   := attr* vis "struct" Name generics? ":" shape arrow shape "{" item ("," item)* ","? "}"
///            | attr* vis "struct" Name "=" "prototxt" STRING ";"
/// arrow     := "->" | "<->"
/// shape     := "[" dim ("," dim)* "]"          one example, without the batch
/// dim       := INTEGER | CONST | GENERIC | "_"     "_": known at run time, the steps of a sequence; first only
/// item      := (label ":")? layer source?
/// layer     := Path ("(" args ")")? ("->" shape)? ("*" INTEGER)?      "* 3": three of them, one after the other
/// source    := "<-" name | "<-" "(" name ("," name)* ")"
/// args      := positional values first, then  name = value
/// ```
///
/// What follows a layer (`->`, `*`, `<-`) may stand in any order. The repetitions of a labelled layer are called `label_1`, `label_2`
/// and so on; the label itself, behind `<-`, is the last. The first repetition takes what stands behind `<-`.
///
/// Every mistake is reported at the words that are at fault, all of a network together. The chapter `ann::guide::language` tells
/// more.
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into()).into()
}

fn expand(input: TokenStream) -> TokenStream {
    let parsed: ast::Networks = match syn::parse2(input) {
        Ok(parsed) => parsed,
        Err(error) => return error.to_compile_error(),
    };
    let errors = parsed.errors.iter().map(syn::Error::to_compile_error);
    errors.chain(parsed.networks.iter().map(network_tokens)).collect()
}

/// One network: a struct, or its mistakes and a stand-in that keeps them from causing others.
fn network_tokens(network: &ast::Network) -> TokenStream {
    let mut bag = Bag::default();
    for error in &network.errors {
        bag.push(error.clone());
    }
    let lowered = match &network.body {
        ast::Body::Layers { input, arrow, output, items } => {
            let signature = (input, arrow, output);
            Some(lower::lower(&network.name, &network.generics, signature, items, &mut bag))
        }
        ast::Body::Prototxt { at } => {
            bag.push(syn::Error::new(*at, PROTOTXT_NOT_BUILT));
            None
        }
        ast::Body::Unread => None,
    };
    match (bag.finish(), lowered) {
        (None, Some(lowered)) => emit::network(network, &lowered),
        (errors, lowered) => {
            let stub = emit::stub(network, lowered.as_ref().map(|lowered| &lowered.graph));
            errors.into_iter().chain([stub]).collect()
        }
    }
}
