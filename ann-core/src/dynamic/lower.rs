//! From a [`Description`] to the graph of `ann-spec`, which checks it as it checks `network!`.

use ann_spec::written::{Argument, Arrow, Form, Item, Name, Signature, Sources, Term, WrittenShape};
use ann_spec::{Diagnostic, Graph, Source, Symbols, lower};

use super::description::{Description, Part};
use super::value::Value;
use crate::{Error, Result};

/// Descriptions as a front end of the language: places are `layers[2].kernel`.
#[derive(Clone, Debug)]
pub(super) struct Described;

impl Source for Described {
    type Location = String;
    type Value = Value;
    const OWN_LAYERS: bool = false;
}

/// The graph, or all mistakes.
pub(super) fn graph(description: &Description) -> Result<Graph<Described>> {
    let name = |at: &str, text: &str| Name { at: at.to_owned(), text: text.to_owned() };
    let signature = Signature {
        name: name("name", &description.name),
        input: shape("input", &description.input),
        arrow: Arrow::Forward,
        arrow_at: "output".to_owned(),
        output: shape("output", &description.output),
    };
    let items = description.layers.iter().enumerate().map(|(number, part)| item(number, part)).collect();
    let lowered = lower(&signature, items, Symbols::new());
    if lowered.errors.is_empty() {
        return Ok(lowered.graph);
    }
    Err(Error::Description { messages: lowered.errors.into_iter().map(message).collect() })
}

fn message(diagnostic: Diagnostic<String>) -> (String, String) {
    let message = diagnostic.to_string();
    (diagnostic.at, message)
}

fn item(number: usize, part: &Part) -> Item<Described> {
    let at = format!("layers[{number}]");
    let name = |key: &str, text: &String| Name { at: format!("{at}.{key}"), text: text.clone() };
    let argument = |(key, value): &(String, Value)| {
        let place = format!("{at}.{key}");
        Argument { name: Some(Name { at: place.clone(), text: key.clone() }), term: term(&place, value) }
    };
    Item {
        label: part.label.as_ref().map(|label| name("label", label)),
        layer: name("layer", &part.layer),
        value: Value::Text(part.layer.clone()),
        arguments: Some(part.arguments.iter().map(argument).collect()),
        output: part.output.as_ref().map(|output| shape(&format!("{at}.output"), output)),
        sources: part.inputs.as_ref().map(|inputs| Sources {
            at: format!("{at}.inputs"),
            names: inputs.iter().enumerate().map(|(i, input)| name(&format!("inputs[{i}]"), input)).collect(),
        }),
        times: part.times.as_ref().map(|times| term(&format!("{at}.times"), times)),
    }
}

fn shape(at: &str, value: &Value) -> WrittenShape<Described> {
    let sizes = match value {
        Value::List(sizes) => {
            sizes.iter().enumerate().map(|(i, size)| term(&format!("{at}[{i}]"), size)).collect()
        }
        single => vec![term(at, single)],
    };
    WrittenShape { at: at.to_owned(), sizes }
}

fn term(at: &str, value: &Value) -> Term<Described> {
    let form = match value {
        Value::Integer(number) => Form::Number(number.to_string()),
        Value::Decimal(number) => Form::Number(number.to_string()),
        Value::Bool(flag) => Form::Flag(*flag),
        Value::Text(text) if text == "_" => Form::Steps,
        Value::Text(text) => Form::Word(text.clone(), None),
        Value::List(values) => Form::Tuple(
            values.iter().enumerate().map(|(i, value)| term(&format!("{at}[{i}]"), value)).collect(),
        ),
        Value::Null | Value::Object(_) => Form::Expression(None),
    };
    Term { at: at.to_owned(), form, value: value.clone() }
}
