//! A front end for tests: the language as plain text, places as byte ranges. It reads well-formed text only.
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::ops::Range;

use ann_spec::written::{Argument, Arrow, Form, Item, Name, Signature, Sources, Term, WrittenShape};
use ann_spec::{Diagnostic, Graph, Lowered, Source, Symbol, Symbols, lower};

/// Places are byte ranges, values stay text.
#[derive(Clone, Debug)]
pub(crate) struct Text;

impl Source for Text {
    type Location = Range<usize>;
    type Value = String;
    const OWN_LAYERS: bool = true;
}

/// The same as read from a file, where there are no layers of the user's own.
#[derive(Clone, Debug)]
pub(crate) struct File;

impl Source for File {
    type Location = Range<usize>;
    type Value = String;
    const OWN_LAYERS: bool = false;
}

/// Reads `Net<H>: [784] -> [10] { Dense(H), Dense(10) }`; the name may be left out.
pub(crate) fn network<S: Source<Location = Range<usize>, Value = String>>(text: &str) -> Lowered<S> {
    let mut reader = Reader::<S> { text, at: 0, symbols: Symbols::new(), generics: Vec::new() };
    let name = if reader.peek() == Some('[') { reader.name_here("Net") } else { reader.name() };
    if reader.eat("<") {
        let generic = reader.name();
        reader.symbols.generic(&generic.text, generic.text.clone());
        reader.generics.push(generic.text);
        reader.expect(">");
    }
    reader.eat(":");
    let input = reader.shape();
    reader.space();
    let from = reader.at;
    let arrow = if reader.eat("<->") {
        Arrow::TwoWay
    } else {
        reader.expect("->");
        Arrow::Forward
    };
    let arrow_at = from..reader.at;
    let output = reader.shape();
    reader.expect("{");
    let mut items = Vec::new();
    while !reader.eat("}") {
        items.push(reader.item());
        reader.eat(",");
    }
    lower(&Signature { name, input, arrow, arrow_at, output }, items, reader.symbols)
}

/// The graph of a correct network without warnings.
pub(crate) fn graph(text: &str) -> Graph<Text> {
    let lowered = network::<Text>(text);
    assert_eq!(shown(text, &lowered.errors), Vec::<String>::new(), "in {text}");
    assert_eq!(shown(text, &lowered.warnings), Vec::<String>::new(), "in {text}");
    lowered.graph
}

/// Asserts that a network has exactly these errors, each as the text it points at and the sentence (with its notes on
/// further lines).
#[track_caller]
pub(crate) fn check(text: &str, expected: &[(&str, &str)]) {
    let lowered = network::<Text>(text);
    compare(text, &lowered.errors, expected);
}

/// Asserts that a correct network has exactly these warnings.
#[track_caller]
pub(crate) fn check_warnings(text: &str, expected: &[(&str, &str)]) {
    let lowered = network::<Text>(text);
    assert_eq!(shown(text, &lowered.errors), Vec::<String>::new(), "in {text}");
    compare(text, &lowered.warnings, expected);
}

#[track_caller]
pub(crate) fn compare(text: &str, found: &[Diagnostic<Range<usize>>], expected: &[(&str, &str)]) {
    let expected: Vec<String> = expected.iter().map(|(at, message)| format!("{at} => {message}")).collect();
    assert_eq!(shown(text, found).join("\n"), expected.join("\n"), "\nin {text}");
}

fn shown(text: &str, diagnostics: &[Diagnostic<Range<usize>>]) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| format!("{} => {diagnostic}", &text[diagnostic.at.clone()])).collect()
}

struct Reader<'a, S: Source> {
    text: &'a str,
    at: usize,
    symbols: Symbols<S>,
    generics: Vec<String>,
}

impl<S: Source<Location = Range<usize>, Value = String>> Reader<'_, S> {
    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn peek(&mut self) -> Option<char> {
        self.space();
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        let found = self.text[self.at..].starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    #[track_caller]
    fn expect(&mut self, token: &str) {
        assert!(self.eat(token), "`{token}` expected at: {}", &self.text[self.at..]);
    }

    fn name_here(&self, text: &str) -> Name<S> {
        Name { at: self.at..self.at, text: text.into() }
    }

    fn name(&mut self) -> Name<S> {
        self.space();
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
        // `label: Layer` ends before its colon, `path::Layer` does not.
        let end = rest[..end].find(": ").map_or(end, |colon| colon.min(end));
        let text = rest[..end].trim_end_matches(':');
        assert!(!text.is_empty(), "a name expected at: {rest}");
        let at = self.at..self.at + text.len();
        self.at = at.end;
        Name { at, text: text.into() }
    }

    fn term(&mut self) -> Term<S> {
        self.space();
        let from = self.at;
        let form = self.form();
        Term { at: from..self.at, form, value: self.text[from..self.at].into() }
    }

    fn form(&mut self) -> Form<S> {
        if self.eat("(") {
            let mut terms = Vec::new();
            while !self.eat(")") {
                terms.push(self.term());
                self.eat(",");
            }
            return Form::Tuple(terms);
        }
        let rest = &self.text[self.at..];
        let mut depth = 0;
        let end = rest.find(|c: char| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' if 0 < depth => {
                depth -= 1;
                false
            }
            _ => depth == 0 && ",)]}".contains(c),
        });
        let word = rest[..end.unwrap_or(rest.len())].trim_end();
        self.at += word.len();
        match word {
            "_" => Form::Steps,
            "true" | "false" => Form::Flag(word == "true"),
            _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => Form::Number(word.into()),
            _ if word.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                Form::Word(word.into(), Some(self.symbol(word)))
            }
            _ => Form::Expression(Some(self.symbol(word))),
        }
    }

    fn symbol(&mut self, word: &str) -> Symbol {
        if self.generics.iter().any(|generic| generic == word) {
            self.symbols.generic(word, word.into())
        } else {
            self.symbols.constant(word, word.into())
        }
    }

    fn shape(&mut self) -> WrittenShape<S> {
        self.space();
        let from = self.at;
        self.expect("[");
        let mut sizes = Vec::new();
        while !self.eat("]") {
            sizes.push(self.term());
            self.eat(",");
        }
        WrittenShape { at: from..self.at, sizes }
    }

    fn item(&mut self) -> Item<S> {
        let first = self.name();
        let (label, layer) = if self.eat(":") { (Some(first), self.name()) } else { (None, first) };
        let arguments = self.eat("(").then(|| {
            let mut arguments = Vec::new();
            while !self.eat(")") {
                arguments.push(self.argument());
                self.eat(",");
            }
            arguments
        });
        let output = self.eat("->").then(|| self.shape());
        let times = self.eat("*").then(|| self.times());
        let sources = self.eat("<-").then(|| self.sources());
        let value = layer.text.clone();
        Item { label, layer, value, arguments, output, sources, times }
    }

    fn times(&mut self) -> Term<S> {
        self.space();
        let from = self.at;
        let rest = &self.text[from..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_.-".contains(c))).unwrap_or(rest.len());
        self.at += end;
        let word = &rest[..end];
        let form = if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            Form::Number(word.into())
        } else {
            Form::Word(word.into(), None)
        };
        Term { at: from..self.at, form, value: word.into() }
    }

    fn argument(&mut self) -> Argument<S> {
        self.space();
        let rest = &self.text[self.at..];
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(0);
        let named = 0 < word && rest[word..].trim_start().starts_with('=');
        let name = named.then(|| self.name());
        if named {
            self.expect("=");
        }
        Argument { name, term: self.term() }
    }

    fn sources(&mut self) -> Sources<S> {
        self.space();
        let from = self.at;
        let mut names = Vec::new();
        if self.eat("(") {
            while !self.eat(")") {
                names.push(self.name());
                self.eat(",");
            }
        } else {
            names.push(self.name());
        }
        Sources { at: from..self.at, names }
    }
}
