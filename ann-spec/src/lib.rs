//! The language of ann's networks: what may be said, and what it means in shapes.
//!
//! # The way of a network
//!
//! A front end (the `network!` macro, a configuration file) reads its text into the neutral form of [`written`]: a
//! [`Signature`](written::Signature) and a list of [`Item`](written::Item)s, every piece with its place
//! ([`Source::Location`]) and, for values, with what the front end has for it ([`Source::Value`]). Each name or expression
//! that may stand for a size gets a [`Symbol`] from [`Symbols`]. Nothing is judged by the front end.
//!
//! [`lower()`] resolves labels and layers, reads arguments ([`Args`]), works out shapes and returns a [`Graph`] with
//! all errors and warnings as [`Diagnostic`]s at the user's text.
//!
//! ```
//! use ann_spec::written::{Argument, Arrow, Form, Item, Name, Signature, Term, WrittenShape};
//! use ann_spec::{Source, Symbols, lower};
//!
//! /// Places are numbers of lines; values stay text.
//! #[derive(Clone, Debug)]
//! struct Lines;
//!
//! impl Source for Lines {
//!     type Location = usize;
//!     type Value = String;
//!     const OWN_LAYERS: bool = false;
//! }
//!
//! let name = |text: &str| Name::<Lines> { at: 1, text: text.into() };
//! let number = |text: &str| Term::<Lines> { at: 1, form: Form::Number(text.into()), value: text.into() };
//! let shape = |size| WrittenShape { at: 1, sizes: vec![number(size)] };
//! let signature =
//!     Signature { name: name("Net"), input: shape("784"), arrow: Arrow::Forward, arrow_at: 1, output: shape("10") };
//! let dense = Item {
//!     label: None,
//!     layer: Name { at: 2, text: "Dense".into() },
//!     value: String::new(),
//!     arguments: Some(vec![Argument { name: None, term: number("12") }]),
//!     output: None,
//!     sources: None,
//!     times: None,
//! };
//! let lowered = lower(&signature, vec![dense], Symbols::new());
//! assert_eq!(lowered.errors[0].message, "the body ends in [12], but the signature promises [10]");
//! ```
//!
//! # Rules
//!
//! What a layer takes, gives, learns and costs is said once, in [`layers`]: `const fn` on plain data, so that the same
//! text serves the macro (integers), rustc's constant evaluation (named constants; see [`expand`]) and networks built at
//! run time.
//!
//! # Open sizes
//!
//! A [`Dim`] is known or open. Rules copy open sizes; where one must be known, the rule still checks all else and answers
//! [`Misfit::Open`] with a sketch of the output. For a constant, [`lower()`] marks the node ([`Node::later`]) and gives the
//! computed sizes symbols of their own ([`Meaning::Output`]): the front end has constant evaluation finish the rule
//! ([`expand::output`]). For a const generic or `_` it is a mistake.
#![forbid(unsafe_code)]
#![allow(
    clippy::result_large_err,
    reason = "constant evaluation cannot box, and a misfit ends the work anyway"
)]

pub mod args;
mod catalogue;
mod diagnostic;
mod dim;
pub mod doc;
pub mod expand;
pub mod extent;
mod graph;
pub mod layers;
mod lower;
mod misfit;
mod near;
mod rule;
mod shape;
mod symbols;
pub mod table;
mod text;
pub mod written;

pub use args::{Args, Opaque};
pub use catalogue::{CATALOGUE, Field, LayerSpec, find};
pub use diagnostic::{Diagnostic, Source};
pub use dim::{Dim, Symbol};
pub use doc::Doc;
pub use graph::{Graph, Input, Node, NodeLayer, Repetition};
pub use lower::{Lowered, PROTOTXT_NOT_BUILT, lower};
pub use misfit::{Misfit, Place, Wanted};
#[doc(hidden)]
pub use near::nearest;
pub use shape::{MAX_RANK, Shape};
pub use symbols::{Meaning, Symbols};
pub use text::Text;
