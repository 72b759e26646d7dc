//! The kinds of values, each with what is said when it is something else.

use super::number::{NoCount, count, has_suffix};
use super::{Args, Given};
use crate::doc::{Parameter, ParameterKind};
use crate::near::nearest;
use crate::written::{Form, Term};
use crate::{Dim, MAX_RANK, Shape, Source};

/// Stands where a size could not be read: the layer's shape is worked out as far as it does not depend on it.
const STAND_IN: Dim = Dim::UNKNOWN;

impl<S: Source> Args<S> {
    /// A size, which must be given.
    pub fn size(&mut self, name: &'static str) -> Dim {
        self.size_or(name, STAND_IN)
    }

    /// A size, or this.
    pub fn size_or(&mut self, name: &'static str, default: Dim) -> Dim {
        let Some((parameter, term)) = self.take(name) else { return default };
        self.dim(parameter, &term)
    }

    /// A pair of sizes, height and width, which must be given.
    pub fn pair(&mut self, name: &'static str) -> [Dim; 2] {
        self.pair_or(name, [STAND_IN; 2])
    }

    /// A pair of sizes, or this.
    pub fn pair_or(&mut self, name: &'static str, default: [Dim; 2]) -> [Dim; 2] {
        let Some((parameter, term)) = self.take(name) else { return default };
        let Form::Tuple(terms) = &term.form else { return [self.dim(parameter, &term); 2] };
        if let [height, width] = &terms[..] {
            return [self.dim(parameter, height), self.dim(parameter, width)];
        }
        let (count, who) = (terms.len(), &self.who);
        let values = if count == 1 { "value" } else { "values" };
        let message =
            format!("`{name}` of `{who}` is one size or a pair (height, width); here are {count} {values}");
        self.error(term.at.clone(), message);
        [STAND_IN; 2]
    }

    /// As many sizes as are given, as a shape.
    pub fn sizes(&mut self, name: &'static str) -> Shape {
        let Some(parameter) = self.parameter(name) else { return Shape::known(&[]) };
        let Some(Given { terms, .. }) = self.given.iter().find(|given| given.name == name) else {
            self.missing(parameter);
            self.broken = true;
            return Shape::known(&[]);
        };
        let terms = terms.clone();
        if let Some(surplus) = terms.get(MAX_RANK) {
            let message = format!("a shape has at most {MAX_RANK} sizes; `{}` has {}", self.who, terms.len());
            self.error(surplus.at.clone(), message);
            self.broken = true;
        }
        let dims: Vec<Dim> = terms.iter().take(MAX_RANK).map(|term| self.dim(parameter, term)).collect();
        Shape::of(&dims)
    }

    /// `true` or `false`, or this.
    pub fn flag_or(&mut self, name: &'static str, default: bool) -> bool {
        let Some((_, term)) = self.take(name) else { return default };
        if let Form::Flag(flag) = term.form {
            return flag;
        }
        let message = format!("`{name}` of `{}` is `true` or `false`", self.who);
        self.error(term.at, message);
        default
    }

    /// One of the words that the argument takes, by its number in the list; or this.
    pub fn choice_or(&mut self, name: &'static str, default: usize) -> usize {
        let Some((parameter, term)) = self.take(name) else { return default };
        let ParameterKind::Choice(words) = parameter.kind else { return default };
        let mut message = format!("`{name}` of `{}` is {}", self.who, words.join(" or "));
        if let Form::Word(text, _) = &term.form {
            if let Some(found) = words.iter().position(|word| word == text) {
                return found;
            }
            message = format!("{message}, not `{text}`");
            if let Some(near) = nearest(text, words.iter().copied()) {
                message = format!("{message}; did you mean `{near}`?");
            }
        }
        self.error(term.at, message);
        default
    }

    /// Whether the label of another layer is given.
    pub fn label(&mut self, name: &'static str) -> bool {
        self.given.iter().any(|given| given.name == name)
    }

    /// Whether the value of an argument that is none of the language's business may stand, as far as can be seen.
    pub(super) fn check_opaque(&mut self, parameter: &Parameter, term: &Term<S>) -> bool {
        let wanted = match parameter.kind {
            ParameterKind::Probability => "a probability is at least 0 and less than 1",
            ParameterKind::Fraction => "it is at least 0 and at most 1",
            ParameterKind::Positive => "it is greater than 0",
            ParameterKind::NotNegative => "it is at least 0",
            ParameterKind::Number => "it is a number",
            _ => "",
        };
        let (name, who) = (parameter.name, &self.who);
        if let ParameterKind::Code(what) = parameter.kind
            && !S::OWN_LAYERS
        {
            let message = format!(
                "`{name}` of `{who}` is {what}, a value of Rust code, which a description cannot hold; write the network with `network!`"
            );
            self.error(term.at.clone(), message);
            return false;
        }
        let message = match &term.form {
            Form::Steps => format!("`_` is no value for `{name}` of `{who}`"),
            _ if wanted.is_empty() => return true,
            Form::Number(text) => {
                let whole = || count(text).map_or(f64::NAN, |count| count as f64);
                let number = text.parse::<f64>().unwrap_or_else(|_| whole());
                if has_suffix(text) {
                    let message = format!("`{name}` of `{who}` is {text}; a number has no suffix here");
                    self.error(term.at.clone(), message);
                    return false;
                }
                let fits = number.is_finite()
                    && match parameter.kind {
                        ParameterKind::Probability => (0.0..1.0).contains(&number),
                        ParameterKind::Fraction => (0.0..=1.0).contains(&number),
                        ParameterKind::Positive => 0.0 < number,
                        ParameterKind::NotNegative => 0.0 <= number,
                        _ => true,
                    };
                if fits {
                    return true;
                }
                format!("`{name}` of `{who}` is {text}; {wanted}")
            }
            Form::Flag(flag) => format!("`{name}` of `{who}` is a number, not `{flag}`"),
            Form::Word(text, None) => format!("`{name}` of `{who}` is a number, not `{text}`"),
            Form::Tuple(_) => format!("`{name}` of `{who}` is one number"),
            Form::Word(_, Some(_)) | Form::Expression(_) => return true,
        };
        self.error(term.at.clone(), message);
        false
    }

    fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.doc.arguments.iter().find(|parameter| parameter.name == name)
    }

    fn take(&mut self, name: &str) -> Option<(&'static Parameter, Term<S>)> {
        let parameter = self.parameter(name)?;
        Some((parameter, self.single(parameter)?))
    }

    /// Reads one size.
    fn dim(&mut self, parameter: &Parameter, term: &Term<S>) -> Dim {
        let may_be_zero = matches!(parameter.kind, ParameterKind::Count | ParameterKind::CountPair);
        match dim(&term.form, may_be_zero) {
            Ok(dim) => dim,
            Err(why) => {
                let message = format!("`{}` of `{}` {why}", parameter.name, self.who);
                self.error(term.at.clone(), message);
                STAND_IN
            }
        }
    }
}

/// The size that a value spells; `_` is none.
pub(crate) fn dim<S: Source>(form: &Form<S>, may_be_zero: bool) -> Result<Dim, String> {
    match form {
        Form::Number(text) => match count(text) {
            Ok(0) if !may_be_zero => Err("is 0; it is at least 1".into()),
            Ok(count) => Ok(Dim::Known(count)),
            Err(NoCount::Negative) => Err(format!("is {text}; a size cannot be negative")),
            Err(NoCount::Fraction) => Err(format!("is {text}; a size is a whole number")),
            Err(NoCount::Suffix) => Err(format!("is {text}; a size has no suffix")),
            Err(NoCount::TooLarge) => Err(format!("is {text}, which is too large for a `usize`")),
        },
        Form::Word(_, Some(symbol)) | Form::Expression(Some(symbol)) => Ok(Dim::Open(*symbol)),
        Form::Steps => Err("must be known; `_` stands only first in a shape of the signature".into()),
        Form::Flag(flag) => Err(format!("is a whole number, not `{flag}`")),
        Form::Word(text, None) => Err(format!("is a whole number, not `{text}`")),
        Form::Tuple(_) => Err("is one size, not several".into()),
        Form::Expression(None) => Err("is a whole number".into()),
    }
}
