//! [`Place`]: a piece of the user's text, from its first token to its last.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

/// From the first token to the last. Stable Rust cannot join two spans into one; an error may have both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Place {
    /// Of one token.
    pub(crate) fn at(span: Span) -> Self {
        Self { first: span, last: span }
    }

    /// From an opening to a closing delimiter.
    pub(crate) fn between(first: Span, last: Span) -> Self {
        Self { first, last }
    }

    /// Of all tokens of a piece of syntax.
    pub(crate) fn of(tokens: &impl ToTokens) -> Self {
        let mut spans = tokens.to_token_stream().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        Self { first, last: spans.last().unwrap_or(first) }
    }

    /// An error that underlines it.
    pub(crate) fn error(self, message: &str) -> syn::Error {
        let (first, last) = (Ident::new("a", self.first), Ident::new("z", self.last));
        let tokens: TokenStream = quote::quote!(#first #last);
        syn::Error::new_spanned(tokens, message)
    }
}
