//! Laws that hold for every layer of the catalogue.

mod text;

use ann_spec::doc::{DefaultValue, Parameter, ParameterKind};
use ann_spec::{CATALOGUE, Doc, Field, LayerSpec, NodeLayer, Shape};
use text::{Text, network};

/// A value that an argument takes, as text.
fn sample(parameter: &Parameter) -> String {
    match parameter.kind {
        ParameterKind::Size | ParameterKind::Pair => "3".into(),
        ParameterKind::Count | ParameterKind::CountPair => "2".into(),
        ParameterKind::Sizes => "(3, 5)".into(),
        // The opposite of the default.
        ParameterKind::Flag => (parameter.default == DefaultValue::Is("false")).to_string(),
        ParameterKind::Choice(words) => (*words.last().expect("a choice has words")).into(),
        ParameterKind::Label => "other".into(),
        ParameterKind::Probability
        | ParameterKind::Fraction
        | ParameterKind::Number
        | ParameterKind::Positive
        | ParameterKind::NotNegative => "0.5".into(),
        ParameterKind::Expression | ParameterKind::Code(_) => "Tanh".into(),
    }
}

/// The layer as it is read with these arguments, as text.
fn read(doc: &Doc, arguments: &[String]) -> (LayerSpec, Vec<&'static str>) {
    let arrow = if doc.name == "Rbm" { "<->" } else { "->" };
    let text = format!("[4] {arrow} [4] {{ other: Identity, {}({}) }}", doc.name, arguments.join(", "));
    let lowered = network::<Text>(&text);
    let about_arguments = |message: &str| message.contains("argument") || message.contains("needs `");
    let complaint = lowered.errors.iter().find(|error| about_arguments(&error.message));
    assert!(complaint.is_none(), "{text}: {complaint:?}");
    let layer = lowered.graph.nodes.into_iter().nth(1).map(|node| node.layer);
    match layer {
        Some(NodeLayer::Built { spec, opaque, .. }) => {
            (spec, opaque.iter().map(|opaque| opaque.name).collect())
        }
        other => panic!("{text} was read as {other:?}"),
    }
}

fn given(parameters: &[&Parameter]) -> Vec<String> {
    parameters.iter().map(|parameter| format!("{} = {}", parameter.name, sample(parameter))).collect()
}

fn required(doc: &Doc) -> Vec<&'static Parameter> {
    doc.arguments.iter().filter(|parameter| parameter.default == DefaultValue::Required).collect()
}

fn field(spec: &LayerSpec, name: &str) -> Option<Field> {
    spec.fields().into_iter().find(|(field, _)| *field == name).map(|(_, value)| value)
}

#[test]
fn a_layer_has_a_field_for_every_argument_that_decides_its_shape() {
    for doc in CATALOGUE {
        let (spec, _) = read(doc, &given(&required(doc)));
        let fields: Vec<_> = spec.fields().into_iter().map(|(name, _)| name).collect();
        let documented: Vec<_> = doc
            .arguments
            .iter()
            .filter(|parameter| parameter.kind.is_structural())
            .map(|parameter| parameter.name)
            // Ties of convolutions are read and refused.
            .filter(|name| *name != "tied" || doc.name == "Dense")
            .collect();
        assert_eq!(fields, documented, "of {}", doc.name);
    }
}

#[test]
fn every_documented_argument_is_read() {
    for doc in CATALOGUE {
        for parameter in doc.arguments {
            let others: Vec<_> =
                required(doc).into_iter().filter(|other| other.name != parameter.name).collect();
            let mut arguments = given(&others);
            arguments.extend(given(&[parameter]));
            let (with, opaque) = read(doc, &arguments);
            if parameter.kind.is_structural() {
                if let Some(value) = field(&with, parameter.name)
                    && parameter.default != DefaultValue::Required
                {
                    let (without, _) = read(doc, &given(&others));
                    // Where the default is another argument's value, the sample is the same by chance.
                    let default = field(&without, parameter.name);
                    let copied =
                        matches!(parameter.default, DefaultValue::Is(name) if field(&with, name).is_some());
                    assert!(
                        copied || default != Some(value),
                        "{} does not read {}",
                        doc.name,
                        parameter.name
                    );
                }
            } else {
                assert!(opaque.contains(&parameter.name), "{} does not keep {}", doc.name, parameter.name);
            }
        }
    }
}

#[test]
fn defaults_are_what_the_documentation_says() {
    for doc in CATALOGUE {
        let (plain, _) = read(doc, &given(&required(doc)));
        for parameter in doc.arguments.iter().filter(|parameter| parameter.kind.is_structural()) {
            let DefaultValue::Is(default) = parameter.default else { continue };
            if let Some(other) = field(&plain, default) {
                assert_eq!(field(&plain, parameter.name), Some(other), "{} of {}", parameter.name, doc.name);
                continue;
            }
            let mut arguments = given(&required(doc));
            arguments.push(format!("{} = {default}", parameter.name));
            assert_eq!(read(doc, &arguments).0, plain, "{} = {default} of {}", parameter.name, doc.name);
        }
    }
}

#[test]
fn positional_arguments_come_first_and_names_differ() {
    for doc in CATALOGUE {
        let mut named = false;
        for (at, parameter) in doc.arguments.iter().enumerate() {
            assert!(!(named && parameter.positional), "{} of {}", parameter.name, doc.name);
            named |= !parameter.positional;
            assert!(
                doc.arguments[..at].iter().all(|other| other.name != parameter.name),
                "{}",
                parameter.name
            );
        }
        assert_eq!(CATALOGUE.iter().filter(|other| other.name == doc.name).count(), 1);
    }
}

/// Numbers without pattern (xorshift), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next(from.len())]
    }
}

const SIZES: [&str; 12] =
    ["1", "2", "3", "4", "5", "8", "0", "WIDE", "H", "18446744073709551614", "9223372036854775808", "-1"];
const SHAPES: [&str; 9] = [
    "[8]",
    "[4, 8, 8]",
    "[_, 8]",
    "[6, 8]",
    "[_]",
    "[H]",
    "[WIDE, 8, 8]",
    "[1, 18446744073709551614, 9]",
    "[2, 2, 2, 2]",
];

#[test]
fn no_network_makes_the_rules_panic_and_correct_ones_have_shapes() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut correct = 0;
    for _ in 0..20_000 {
        let mut body = Vec::new();
        for number in 0..=numbers.next(4) {
            let doc = &CATALOGUE[numbers.next(CATALOGUE.len())];
            let mut arguments = Vec::new();
            for parameter in doc.arguments {
                if parameter.default != DefaultValue::Required && numbers.next(3) != 0 {
                    continue;
                }
                let value = match parameter.kind {
                    ParameterKind::Sizes => format!("({}, {})", numbers.pick(&SIZES), numbers.pick(&SIZES)),
                    ParameterKind::Label => "l0".into(),
                    kind if kind.is_structural() && numbers.next(4) != 0 => numbers.pick(&SIZES).into(),
                    _ => sample(parameter),
                };
                arguments.push(format!("{} = {value}", parameter.name));
            }
            let source = ["", "", "", " <- input", " <- (l0, input)"][numbers.next(5)];
            body.push(format!("l{number}: {}({}){source}", doc.name, arguments.join(", ")));
        }
        let (input, output) = (numbers.pick(&SHAPES), numbers.pick(&SHAPES));
        let text = format!("Net<H>: {input} -> {output} {{ {} }}", body.join(", "));
        let lowered = network::<Text>(&text);
        if lowered.errors.is_empty() {
            correct += 1;
            let unknown = |shape: &Shape| shape.dims().iter().any(|dim| dim.is_unknown());
            assert!(
                lowered.graph.nodes.iter().all(|node| node.output.is_some_and(|shape| !unknown(&shape))),
                "{text}"
            );
        }
    }
    assert!(100 < correct, "only {correct} networks were correct");
}
