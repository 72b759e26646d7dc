//! [`Symbols`]: what the open sizes of one network stand for.

use crate::{Source, Symbol};

/// What a symbol stands for.
#[derive(Clone, Debug)]
pub enum Meaning<S: Source> {
    /// `_`, the steps of a sequence.
    Steps,
    /// A size that is unknown because of a mistake.
    Unknown,
    /// A constant or an expression that the front end will know the value of.
    Constant(S::Value),
    /// A const generic of the network.
    Generic(S::Value),
    /// A size of a layer's output that could not be computed yet.
    Output {
        /// The number of the node in its graph.
        node: usize,
        /// The axis of its output.
        axis: usize,
    },
}

/// The open sizes of one network, with their texts.
#[derive(Clone, Debug)]
pub struct Symbols<S: Source> {
    texts: Vec<String>,
    meanings: Vec<Meaning<S>>,
}

impl<S: Source> Symbols<S> {
    /// None but `_`.
    pub fn new() -> Self {
        // `Symbol::COMPUTED` stands only inside a rule, `Symbol::UNKNOWN` only in networks with errors.
        let texts = ["_", "?", "?"].map(String::from).into();
        Self { texts, meanings: vec![Meaning::Steps, Meaning::Unknown, Meaning::Unknown] }
    }

    /// The symbol of a constant or an expression, the same one for the same text.
    pub fn constant(&mut self, text: &str, value: S::Value) -> Symbol {
        let found = self.find(text, |meaning| matches!(meaning, Meaning::Constant(_)));
        Symbol::constant(found.unwrap_or_else(|| self.add(text, Meaning::Constant(value))))
    }

    /// The symbol of a const generic, the same one for the same text.
    pub fn generic(&mut self, text: &str, value: S::Value) -> Symbol {
        let found = self.find(text, |meaning| matches!(meaning, Meaning::Generic(_)));
        Symbol::generic(found.unwrap_or_else(|| self.add(text, Meaning::Generic(value))))
    }

    /// The symbol of a size that will be computed.
    pub(crate) fn output(&mut self, node: usize, axis: usize) -> Symbol {
        Symbol::constant(self.add("?", Meaning::Output { node, axis }))
    }

    /// The text of a symbol as the user wrote it; `?` for a computed size.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.number() as usize).map_or("?", String::as_str)
    }

    /// What a symbol stands for; nothing for one of another network.
    pub fn meaning(&self, symbol: Symbol) -> Option<&Meaning<S>> {
        self.meanings.get(symbol.number() as usize)
    }

    /// All texts by the number of their symbol.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }

    fn find(&self, text: &str, sort: impl Fn(&Meaning<S>) -> bool) -> Option<u32> {
        let first = Symbol::FIRST as usize;
        let mut found = self.texts.iter().zip(&self.meanings).skip(first);
        found.position(|(other, meaning)| other == text && sort(meaning)).map(|at| (at + first) as u32)
    }

    fn add(&mut self, text: &str, meaning: Meaning<S>) -> u32 {
        self.texts.push(text.into());
        self.meanings.push(meaning);
        (self.texts.len() - 1) as u32
    }
}

impl<S: Source> Default for Symbols<S> {
    fn default() -> Self {
        Self::new()
    }
}
