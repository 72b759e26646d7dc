//! The grammar: nothing but syntax, every token kept that a message may point at.
//!
//! Parsing is lenient: after an item that is no layer it goes on behind the next comma, after a network that is none behind its
//! body, so that one slip does not hide the others. What may fail is tried on a fork: `syn` holds tokens left over between
//! delimiters against the whole call.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, Path, PathArguments, Token, UnOp, Visibility,
    braced, bracketed, parenthesized, token,
};

/// All networks of one call, and what was no network.
pub(crate) struct Networks {
    pub(crate) networks: Vec<Network>,
    pub(crate) errors: Vec<syn::Error>,
}

/// `struct Name: [..] -> [..] { .. }`
pub(crate) struct Network {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) generics: Vec<Generic>,
    pub(crate) body: Body,
    /// What was no signature and no item of the body.
    pub(crate) errors: Vec<syn::Error>,
}

/// `const H: usize`
pub(crate) struct Generic {
    pub(crate) name: Ident,
}

/// What follows a network's name.
pub(crate) enum Body {
    /// A signature and layers; `None` for an item that could not be read.
    Layers { input: Shape, arrow: Arrow, output: Shape, items: Vec<Option<Item>> },
    /// `= prototxt "file";`
    Prototxt { at: Span },
    /// It could not be read.
    Unread,
}

/// `->` or `<->`.
pub(crate) struct Arrow {
    pub(crate) at: TokenStream,
    pub(crate) is_two_way: bool,
}

/// `[1, 28, 28]`
pub(crate) struct Shape {
    pub(crate) bracket: token::Bracket,
    pub(crate) sizes: Vec<Expr>,
}

/// `label: Layer(arguments) -> [shape] * times <- (sources)`
pub(crate) struct Item {
    pub(crate) label: Option<Ident>,
    pub(crate) layer: Path,
    pub(crate) arguments: Option<Vec<Argument>>,
    pub(crate) output: Option<Shape>,
    pub(crate) sources: Option<Sources>,
    pub(crate) times: Option<Expr>,
}

/// `value` or `name = value`
pub(crate) struct Argument {
    pub(crate) name: Option<Ident>,
    pub(crate) value: Expr,
}

/// What stands behind `<-`.
pub(crate) struct Sources {
    pub(crate) at: TokenStream,
    pub(crate) names: Vec<Ident>,
}

impl Parse for Networks {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut all = Self { networks: Vec::new(), errors: Vec::new() };
        while !input.is_empty() {
            match attempt(input, Network::parse) {
                Ok(network) => all.networks.push(network),
                Err(error) => {
                    all.errors.push(error);
                    skip_body(input)?;
                }
            }
        }
        Ok(all)
    }
}

/// Reads, or says why not and stays where it was.
fn attempt<T>(
    input: ParseStream<'_>,
    read: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let ahead = input.fork();
    let found = read(&ahead)?;
    input.advance_to(&ahead);
    Ok(found)
}

/// Goes on behind the next body or semicolon.
fn skip_body(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() {
        let ends = input.peek(token::Brace) || input.peek(Token![;]);
        input.parse::<proc_macro2::TokenTree>()?;
        if ends {
            break;
        }
    }
    Ok(())
}

impl Parse for Network {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![struct]>()?;
        let name = input.parse()?;
        let generics = if input.peek(Token![<]) { generics(input)? } else { Vec::new() };
        let mut errors = Vec::new();
        let body =
            attempt(
                input,
                |input| {
                    if input.peek(Token![=]) { prototxt(input) } else { layers(input, &mut errors) }
                },
            );
        let body = match body {
            Ok(body) => body,
            Err(error) => {
                errors.push(error);
                skip_body(input)?;
                Body::Unread
            }
        };
        Ok(Self { attributes, visibility, name, generics, body, errors })
    }
}

fn generics(input: ParseStream<'_>) -> syn::Result<Vec<Generic>> {
    input.parse::<Token![<]>()?;
    let mut generics = Vec::new();
    while !input.peek(Token![>]) {
        if !input.peek(Token![const]) {
            return Err(input.error("a network's generics are sizes: `const H: usize`"));
        }
        input.parse::<Token![const]>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let kind: Ident = input.parse()?;
        if kind != "usize" {
            return Err(syn::Error::new(kind.span(), "a network's generics are sizes: `const H: usize`"));
        }
        generics.push(Generic { name });
        if !input.peek(Token![>]) {
            input.parse::<Token![,]>()?;
        }
    }
    input.parse::<Token![>]>()?;
    Ok(generics)
}

fn prototxt(input: ParseStream<'_>) -> syn::Result<Body> {
    input.parse::<Token![=]>()?;
    let word: Ident = input.parse()?;
    if word != "prototxt" {
        return Err(syn::Error::new(word.span(), "expected `prototxt \"file\"` behind `=`"));
    }
    let file: LitStr = input.parse()?;
    input.parse::<Token![;]>()?;
    Ok(Body::Prototxt { at: file.span() })
}

fn layers(input: ParseStream<'_>, errors: &mut Vec<syn::Error>) -> syn::Result<Body> {
    if !input.peek(Token![:]) {
        return Err(input.error("expected the signature, `: [input] -> [output]`"));
    }
    input.parse::<Token![:]>()?;
    let from = input.parse()?;
    let arrow = input.parse()?;
    let output = input.parse()?;
    let content;
    braced!(content in input);
    let mut items = Vec::new();
    while !content.is_empty() {
        match attempt(&content, item) {
            Ok(item) => items.push(Some(item)),
            Err(error) => {
                errors.push(error);
                items.push(None);
                while !content.is_empty() && !content.peek(Token![,]) {
                    content.parse::<proc_macro2::TokenTree>()?;
                }
            }
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(Body::Layers { input: from, arrow, output, items })
}

/// An item with its end: a comma, or nothing more.
fn item(content: ParseStream<'_>) -> syn::Result<Item> {
    let item = content.parse()?;
    if content.is_empty() || content.peek(Token![,]) {
        return Ok(item);
    }
    Err(content.error("expected `,` behind a layer; `->` declares its shape, `<-` says where it takes from, `* 3` repeats it"))
}

impl Parse for Arrow {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // `<->` is read as `<-` and `>`.
        if input.peek(Token![<-]) {
            let left: Token![<-] = input.parse()?;
            let right: Token![>] = input.parse()?;
            return Ok(Self { at: quote::quote!(#left #right), is_two_way: true });
        }
        if input.peek(Token![->]) {
            let arrow: Token![->] = input.parse()?;
            return Ok(Self { at: arrow.to_token_stream(), is_two_way: false });
        }
        Err(input.error("expected `->`, or `<->` for a Boltzmann machine"))
    }
}

impl Parse for Shape {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(token::Bracket) {
            return Err(input.error("expected a shape in brackets: `[1, 28, 28]`"));
        }
        let content;
        let bracket = bracketed!(content in input);
        let sizes = content.parse_terminated(Expr::parse, Token![,])?.into_iter().collect();
        Ok(Self { bracket, sizes })
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let label = if input.peek(Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
            let label = input.parse()?;
            input.parse::<Token![:]>()?;
            Some(label)
        } else {
            None
        };
        if !(input.peek(Ident)
            || input.peek(Token![::])
            || input.peek(Token![crate])
            || input.peek(Token![self])
            || input.peek(Token![super]))
        {
            return Err(input.error("expected a layer: `Dense(10)`, `label: Relu`"));
        }
        let layer = layer_path(input)?;
        let arguments = if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            Some(content.parse_terminated(Argument::parse, Token![,])?.into_iter().collect())
        } else {
            None
        };
        let (mut output, mut sources, mut times) = (None, None, None);
        // Any order is understood.
        loop {
            if output.is_none() && input.peek(Token![->]) {
                input.parse::<Token![->]>()?;
                output = Some(input.parse()?);
            } else if sources.is_none() && input.peek(Token![<-]) {
                input.parse::<Token![<-]>()?;
                sources = Some(input.parse()?);
            } else if times.is_none() && input.peek(Token![*]) {
                input.parse::<Token![*]>()?;
                times = Some(repetitions(input)?);
            } else {
                return Ok(Self { label, layer, arguments, output, sources, times });
            }
        }
    }
}

/// What stands behind `*`: a number, perhaps negative, or what is not one. No operator is read, so that `<-` may follow.
fn repetitions(input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.peek(Token![-]) && input.peek2(Lit) {
        let (sign, number): (Token![-], ExprLit) = (input.parse()?, input.parse()?);
        let (attrs, op, expr) = (Vec::new(), UnOp::Neg(sign), Box::new(Expr::Lit(number)));
        return Ok(Expr::Unary(ExprUnary { attrs, op, expr }));
    }
    if input.peek(Lit) {
        return Ok(Expr::Lit(input.parse()?));
    }
    if input.peek(Ident) {
        return Ok(Expr::Path(input.parse()?));
    }
    Err(input.error("expected the number of repetitions behind `*`: `Block * 3`"))
}

/// A path whose `<` opens generics, unless it is the arrow `<-`.
fn layer_path(input: ParseStream<'_>) -> syn::Result<Path> {
    let mut path = Path::parse_mod_style(input)?;
    if input.peek(Token![<])
        && !input.peek(Token![<-])
        && let Some(last) = path.segments.last_mut()
    {
        last.arguments = PathArguments::AngleBracketed(input.parse()?);
    }
    Ok(path)
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name = input.parse()?;
            input.parse::<Token![=]>()?;
            Some(name)
        } else {
            None
        };
        Ok(Self { name, value: input.parse()? })
    }
}

impl Parse for Sources {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Paren) {
            let content;
            let paren = parenthesized!(content in input);
            let names = content.parse_terminated(Ident::parse, Token![,])?.into_iter().collect();
            let (open, close) = (paren.span.open(), paren.span.close());
            let (first, last) = (Ident::new("a", open), Ident::new("z", close));
            return Ok(Self { at: quote::quote!(#first #last), names });
        }
        let name: Ident = input.parse()?;
        Ok(Self { at: name.to_token_stream(), names: vec![name] })
    }
}
