//! [`Bag`]: all mistakes of one network.

use ann_spec::Diagnostic;
use proc_macro2::TokenStream;

use crate::place::Place;

/// Mistakes, to be reported together.
#[derive(Default)]
pub(crate) struct Bag(Vec<syn::Error>);

impl Bag {
    /// A mistake with its place.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// A mistake that the language found.
    pub(crate) fn add(&mut self, diagnostic: &Diagnostic<Place>) {
        self.push(diagnostic.at.error(&diagnostic.to_string()));
    }

    /// All mistakes.
    #[cfg(test)]
    pub(crate) fn into_errors(self) -> Vec<syn::Error> {
        self.0
    }

    /// All mistakes as tokens that make rustc report them; none if there are none.
    pub(crate) fn finish(self) -> Option<TokenStream> {
        if self.0.is_empty() {
            return None;
        }
        Some(self.0.iter().map(syn::Error::to_compile_error).collect())
    }
}
