//! [`Args`]: reads the arguments of a layer, whichever front end they come from, and says all that is wrong with them.

mod number;
mod read;

pub(crate) use read::dim;

use crate::doc::{DefaultValue, Doc, Parameter, ParameterKind};
use crate::near::nearest;
use crate::written::{Argument, Form, Name, Term};
use crate::{Diagnostic, Source};

/// The arguments of one layer, sorted under the names its [`Doc`] knows.
///
/// A layer's reader asks for each of its structural arguments once. A value that cannot be read gives one diagnostic and
/// a stand-in, so that the reader goes on and finds the other mistakes.
#[derive(Debug)]
pub struct Args<S: Source> {
    doc: &'static Doc,
    /// The layer as sentences speak of it: label or kind.
    who: String,
    at: S::Location,
    given: Vec<Given<S>>,
    errors: Vec<Diagnostic<S::Location>>,
    /// Not even the number of axes of the output can be told.
    broken: bool,
    /// Names for which a misspelt one was given: they are not missing as well.
    excused: Vec<&'static str>,
}

/// The values given for one argument; several only where the argument takes as many as are given.
#[derive(Debug)]
struct Given<S: Source> {
    name: &'static str,
    terms: Vec<Term<S>>,
}

/// An argument that is none of the language's business, as the front end has it.
#[derive(Clone, Debug)]
pub struct Opaque<S: Source> {
    /// Its name in the catalogue, which is also that of the layer's method for it.
    pub name: &'static str,
    /// Where it stands.
    pub at: S::Location,
    /// The value.
    pub value: S::Value,
}

/// What was read beside the layer's specification.
#[derive(Clone, Debug)]
pub struct Arguments<S: Source> {
    /// Whether the specification is of use; sizes in it are [`Dim::UNKNOWN`](crate::Dim::UNKNOWN) where there are errors.
    pub sound: bool,
    /// The arguments that are none of the language's business.
    pub opaque: Vec<Opaque<S>>,
    /// The label of the layer whose weights are used.
    pub tied: Option<Name<S>>,
    /// Where each argument stands.
    pub places: Vec<(&'static str, S::Location)>,
    /// What is wrong.
    pub errors: Vec<Diagnostic<S::Location>>,
}

impl<S: Source> Args<S> {
    /// Sorts the arguments of a layer under the names it knows.
    pub fn new(doc: &'static Doc, who: &str, at: S::Location, arguments: Vec<Argument<S>>) -> Self {
        let mut args = Self {
            doc,
            who: who.into(),
            at,
            given: Vec::new(),
            errors: Vec::new(),
            broken: false,
            excused: Vec::new(),
        };
        let mut position = 0;
        let mut named = false;
        for Argument { name, term } in arguments {
            match name {
                Some(name) => {
                    named = true;
                    args.take_named(&name, term);
                }
                None if named => {
                    args.error(term.at, positional_after_named(doc.name));
                    // Which one it was meant for cannot be told: none of them is called missing.
                    args.excused.extend(doc.arguments.iter().filter(|p| p.positional).map(|p| p.name));
                }
                None => {
                    args.take_positional(position, term);
                    position += 1;
                }
            }
        }
        args
    }

    /// Ends the reading: what is missing, what rides beside the specification, what is wrong.
    pub fn finish(mut self) -> Arguments<S> {
        let mut opaque = Vec::new();
        for parameter in self.doc.arguments.iter().filter(|p| !p.kind.is_structural()) {
            let Some(term) = self.single(parameter) else { continue };
            if self.check_opaque(parameter, &term) {
                opaque.push(Opaque { name: parameter.name, at: term.at, value: term.value });
            }
        }
        let tied = self.doc.arguments.iter().find(|p| p.kind == ParameterKind::Label).and_then(|parameter| {
            let term = self.single(parameter)?;
            if let Form::Word(text, _) = term.form {
                return Some(Name { at: term.at, text });
            }
            let message = format!("`{}` of `{}` is the label of a layer", parameter.name, self.who);
            self.error(term.at, message);
            None
        });
        let places = self.given.iter().filter_map(|g| Some((g.name, g.terms.first()?.at.clone()))).collect();
        Arguments { sound: !self.broken, opaque, tied, places, errors: self.errors }
    }

    fn take_named(&mut self, name: &Name<S>, term: Term<S>) {
        let Some(parameter) = self.doc.arguments.iter().find(|p| p.name == name.text) else {
            return self.unknown(name);
        };
        if self.given.iter().any(|given| given.name == parameter.name) {
            return self.error(name.at.clone(), given_twice(parameter.name, self.doc.name));
        }
        let terms = match (parameter.kind, term) {
            (ParameterKind::Sizes, Term { form: Form::Tuple(terms), .. }) => terms,
            (_, term) => vec![term],
        };
        self.given.push(Given { name: parameter.name, terms });
    }

    fn take_positional(&mut self, position: usize, term: Term<S>) {
        let mut places = self.doc.arguments.iter().filter(|p| p.positional);
        if let Some(parameter) = places.clone().find(|p| p.kind == ParameterKind::Sizes) {
            match self.given.iter_mut().find(|given| given.name == parameter.name) {
                Some(given) => given.terms.push(term),
                None => self.given.push(Given { name: parameter.name, terms: vec![term] }),
            }
        } else if let Some(parameter) = places.nth(position) {
            self.given.push(Given { name: parameter.name, terms: vec![term] });
        } else if position == self.doc.arguments.iter().filter(|p| p.positional).count() {
            // Said once, at the first that is too many.
            self.error(term.at, self.doc.takes_by_position());
        }
    }

    fn unknown(&mut self, name: &Name<S>) {
        let kind = self.doc.name;
        if self.doc.arguments.is_empty() {
            return self.error(name.at.clone(), format!("`{kind}` takes no arguments"));
        }
        let text = &name.text;
        let takes = format!("it takes {}", self.doc.takes());
        match nearest(text, self.doc.arguments.iter().map(|p| p.name)) {
            Some(near) => {
                self.excused.push(near);
                let message = format!("`{kind}` has no argument `{text}`; did you mean `{near}`?");
                self.errors.push(Diagnostic::new(name.at.clone(), message).note(takes));
            }
            None => self.error(name.at.clone(), format!("`{kind}` has no argument `{text}`; {takes}")),
        }
    }

    /// The one value given for an argument; says so if it is missing and must not be.
    fn single(&mut self, parameter: &Parameter) -> Option<Term<S>> {
        let given = self.given.iter().find(|given| given.name == parameter.name);
        let found = given.and_then(|given| given.terms.first()).cloned();
        if found.is_none() {
            self.missing(parameter);
        }
        found
    }

    fn missing(&mut self, parameter: &Parameter) {
        if parameter.default != DefaultValue::Required {
            return;
        }
        if self.excused.contains(&parameter.name) {
            return;
        }
        let Parameter { name, line, .. } = parameter;
        let how = if parameter.positional {
            format!("write `{}`", self.doc.call())
        } else {
            format!("write `{name} = ..`")
        };
        let message = format!("`{}` needs `{name}`, {line}; {how}", self.who);
        self.error(self.at.clone(), message);
    }

    fn error(&mut self, at: S::Location, message: String) {
        self.errors.push(Diagnostic::new(at, message));
    }
}

/// What is said of an argument that has a value already.
pub(crate) fn given_twice(name: &str, kind: &str) -> String {
    format!("`{name}` is given twice to `{kind}`")
}

/// What is said of a value without name behind one with a name.
pub(crate) fn positional_after_named(kind: &str) -> String {
    format!("a positional value may not follow a named one in `{kind}`")
}
