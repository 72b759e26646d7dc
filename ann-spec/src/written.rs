//! A network as it stands in the user's text, in the one form that every front end brings it into.
//!
//! Nothing is judged here: a front end fills these in even where the text is wrong (a size of `-3`, three kernels), and
//! [`lower`](crate::lower) says what is wrong with it, alike for all front ends.

use crate::{Source, Symbol};

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Term<S: Source> {
    /// Where it stands.
    pub at: S::Location,
    /// What it looks like to the language.
    pub form: Form<S>,
    /// The same as the front end has it, for arguments that are none of the language's business.
    pub value: S::Value,
}

/// What a value looks like.
#[derive(Clone, Debug)]
pub enum Form<S: Source> {
    /// A number as written, without `_` between digits: `5`, `-3`, `0.5`, `1e-4`. With a suffix (`5u8`) it is no size.
    Number(String),
    /// `true` or `false`.
    Flag(bool),
    /// A single name: a constant, a label, or one of the words an argument takes (`Gaussian`). If it may stand for a
    /// size, the symbol of that size.
    Word(String, Option<Symbol>),
    /// `_`.
    Steps,
    /// `(1, 2)`.
    Tuple(Vec<Term<S>>),
    /// Anything else; if it may stand for a size, the symbol of that size.
    Expression(Option<Symbol>),
}

/// A name with its place.
#[derive(Clone, Debug)]
pub struct Name<S: Source> {
    /// Where it stands.
    pub at: S::Location,
    /// The name.
    pub text: String,
}

/// A value between the parentheses of a layer.
#[derive(Clone, Debug)]
pub struct Argument<S: Source> {
    /// Its name, if it was given by name.
    pub name: Option<Name<S>>,
    /// The value.
    pub term: Term<S>,
}

/// A shape in brackets.
#[derive(Clone, Debug)]
pub struct WrittenShape<S: Source> {
    /// The whole of it.
    pub at: S::Location,
    /// The sizes: numbers, words, expressions, `_`.
    pub sizes: Vec<Term<S>>,
}

/// What stands behind `<-`.
#[derive(Clone, Debug)]
pub struct Sources<S: Source> {
    /// The whole of it, without the arrow.
    pub at: S::Location,
    /// The names.
    pub names: Vec<Name<S>>,
}

/// One item of a network's body.
#[derive(Clone, Debug)]
pub struct Item<S: Source> {
    /// The label.
    pub label: Option<Name<S>>,
    /// The layer's path as written: `Conv2d`, `encoders::Small`.
    pub layer: Name<S>,
    /// The path as the front end has it, for layers of the user's own.
    pub value: S::Value,
    /// The arguments; `None` if there are no parentheses.
    pub arguments: Option<Vec<Argument<S>>>,
    /// The shape behind `->`.
    pub output: Option<WrittenShape<S>>,
    /// The names behind `<-`.
    pub sources: Option<Sources<S>>,
    /// The number behind `*`: how often the layer is repeated, each taking the output of the one before.
    pub times: Option<Term<S>>,
}

/// Which way data passes a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrow {
    /// `->`: feed-forward, trained by back-propagation.
    Forward,
    /// `<->`: two ways, trained by contrastive divergence.
    TwoWay,
}

/// A network's name and what it promises.
#[derive(Clone, Debug)]
pub struct Signature<S: Source> {
    /// Its name.
    pub name: Name<S>,
    /// The shape of its input.
    pub input: WrittenShape<S>,
    /// Which way it runs.
    pub arrow: Arrow,
    /// Where the arrow stands.
    pub arrow_at: S::Location,
    /// The shape of its output.
    pub output: WrittenShape<S>,
}
