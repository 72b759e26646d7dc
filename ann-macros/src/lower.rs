//! From the grammar to what `ann-spec` understands: every value by what it looks like, every size under a symbol.

use ann_spec::written::{self, Form, Name, Signature, Term, WrittenShape};
use ann_spec::{Lowered, Source, Symbols};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, ExprUnary, Ident, Lit, UnOp};

use crate::ast;
use crate::errors::Bag;
use crate::place::Place;

/// Rust as a front end of the language.
#[derive(Clone, Debug)]
pub(crate) struct Rust;

impl Source for Rust {
    type Location = Place;
    type Value = TokenStream;
    const OWN_LAYERS: bool = true;
}

/// The checked graph of a network; mistakes go into the bag.
pub(crate) fn lower(
    name: &Ident,
    generics: &[ast::Generic],
    (input, arrow, output): (&ast::Shape, &ast::Arrow, &ast::Shape),
    items: &[Option<ast::Item>],
    bag: &mut Bag,
) -> Lowered<Rust> {
    let generics: Vec<String> = generics.iter().map(|generic| generic.name.to_string()).collect();
    let mut reader = Reader { generics: &generics, symbols: Symbols::new(), bag };
    let signature = Signature {
        name: named(name),
        input: reader.shape(input),
        arrow: if arrow.is_two_way { written::Arrow::TwoWay } else { written::Arrow::Forward },
        arrow_at: Place::of(&arrow.at),
        output: reader.shape(output),
    };
    let items = items.iter().map(|item| Some(reader.item(item.as_ref()?))).collect();
    let symbols = reader.symbols;
    let mut lowered = ann_spec::lower(&signature, items, symbols);
    for error in lowered.errors.drain(..) {
        bag.add(&error);
    }
    lowered
}

struct Reader<'a> {
    generics: &'a [String],
    symbols: Symbols<Rust>,
    bag: &'a mut Bag,
}

impl Reader<'_> {
    fn shape(&mut self, shape: &ast::Shape) -> WrittenShape<Rust> {
        let at = Place::between(shape.bracket.span.open(), shape.bracket.span.close());
        WrittenShape { at, sizes: shape.sizes.iter().map(|size| self.term(size)).collect() }
    }

    fn item(&mut self, item: &ast::Item) -> written::Item<Rust> {
        let path = item.layer.to_token_stream();
        let layer = Name { at: Place::of(&path), text: path.to_string().replace(' ', "") };
        let arguments = item.arguments.as_ref().map(|arguments| {
            let argument = |argument: &ast::Argument| written::Argument {
                name: argument.name.as_ref().map(named),
                term: self.term(&argument.value),
            };
            arguments.iter().map(argument).collect()
        });
        written::Item {
            label: item.label.as_ref().map(named),
            layer,
            value: path,
            arguments,
            output: item.output.as_ref().map(|output| self.shape(output)),
            sources: item.sources.as_ref().map(|sources| written::Sources {
                at: Place::of(&sources.at),
                names: sources.names.iter().map(named).collect(),
            }),
            times: item.times.as_ref().map(|times| self.term(times)),
        }
    }

    fn term(&mut self, value: &Expr) -> Term<Rust> {
        Term { at: Place::of(value), form: self.form(value), value: value.to_token_stream() }
    }

    fn form(&mut self, value: &Expr) -> Form<Rust> {
        match value {
            Expr::Lit(ExprLit { lit, .. }) => literal(lit, ""),
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match &**expr {
                Expr::Lit(ExprLit { lit: lit @ (Lit::Int(_) | Lit::Float(_)), .. }) => literal(lit, "-"),
                _ => self.expression(value),
            },
            Expr::Infer(_) => Form::Steps,
            Expr::Paren(inner) => self.form(&inner.expr),
            Expr::Group(inner) => self.form(&inner.expr),
            Expr::Tuple(tuple) => Form::Tuple(tuple.elems.iter().map(|value| self.term(value)).collect()),
            Expr::Path(path) if path.path.get_ident().is_some() => {
                let tokens = value.to_token_stream();
                let text = tokens.to_string();
                let symbol = if self.generics.contains(&text) {
                    self.symbols.generic(&text, tokens)
                } else {
                    self.symbols.constant(&text, tokens)
                };
                Form::Word(text, Some(symbol))
            }
            _ => self.expression(value),
        }
    }

    /// An expression; if it may be a size, a constant. One that computes with a const generic cannot be.
    fn expression(&mut self, value: &Expr) -> Form<Rust> {
        let tokens = value.to_token_stream();
        let text = tokens.to_string();
        if let Some(generic) = mentioned(tokens.clone(), self.generics)
            && matches!(value, Expr::Binary(_) | Expr::Block(_))
        {
            let message = format!(
                "`{generic}` is a const generic; `{text}` computes with it. Write an integer, a `const`, or `{generic}` alone"
            );
            self.bag.push(Place::of(value).error(&message));
            return Form::Number("1".to_owned());
        }
        Form::Expression(Some(self.symbols.constant(&text, tokens)))
    }
}

fn literal(literal: &Lit, sign: &str) -> Form<Rust> {
    match literal {
        Lit::Int(number) => number_with(sign, number.base10_digits(), number.suffix(), "usize"),
        Lit::Float(number) => number_with(sign, number.base10_digits(), number.suffix(), "f64"),
        Lit::Bool(flag) => Form::Flag(flag.value),
        _ => Form::Expression(None),
    }
}

/// A number, with its suffix unless it is the one it would have anyway.
fn number_with(sign: &str, digits: &str, suffix: &str, natural: &str) -> Form<Rust> {
    let suffix = if suffix == natural { "" } else { suffix };
    Form::Number(format!("{sign}{digits}{suffix}"))
}

/// An identifier with its place.
fn named(ident: &Ident) -> Name<Rust> {
    Name { at: Place::at(ident.span()), text: ident.unraw().to_string() }
}

/// The first of the generics that occurs in an expression.
fn mentioned(tokens: TokenStream, generics: &[String]) -> Option<String> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => generics.iter().find(|generic| ident == generic.as_str()).cloned(),
        TokenTree::Group(group) => mentioned(group.stream(), generics),
        _ => None,
    })
}
