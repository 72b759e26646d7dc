//! From a checked graph to a [`DynNetwork`].

use std::sync::Arc;

use ann_spec::table::Row;
use ann_spec::{Graph, Input, NodeLayer, Opaque};

use super::layer::{AnyLayer, Refusal};
use super::lower::Described;
use super::value::Value;
use super::{DynNetwork, Node, written};
use crate::initializer::{
    Constant, FanInUniform, Gaussian, He, HeUniform, Initializer, Lecun, LecunUniform, Orthogonal, Uniform,
    Xavier, XavierNormal,
};
use crate::layers::options::Given;
use crate::weights::Weights;
use crate::{Error, Result};
use ann_spec::nearest;

/// The network, without values for its parameters.
pub(super) fn network(graph: Graph<Described>) -> Result<DynNetwork> {
    let nodes = (0..graph.nodes.len()).map(|number| node(&graph, number)).collect::<Result<_>>()?;
    let input =
        graph.input.map(|shape| shape.dims().iter().map(|dim| written(*dim)).collect()).unwrap_or_default();
    Ok(DynNetwork { name: graph.name, input, nodes, weights: Weights::empty() })
}

fn node(graph: &Graph<Described>, number: usize) -> Result<Node> {
    let node = &graph.nodes[number];
    let NodeLayer::Built { spec, opaque, tied } = &node.layer else {
        return Err(wrong(&node.at, format!("`{}` is no layer", node.kind)));
    };
    let mut settings = opaque.iter().map(setting).collect::<Result<Vec<_>>>()?;
    if let Some(tied) = tied {
        settings.push(("tied".to_owned(), Given::Label(graph.nodes[*tied].name.clone())));
    }
    let layer = AnyLayer::new(*spec, &settings).map_err(|refusal| match refusal {
        Refusal::TwoWay => wrong(
            &node.at,
            format!("`{}` stands only in a two-way network, which `network!` makes", node.kind),
        ),
        Refusal::Setting(number) => {
            let at = opaque.get(number).map_or(&node.at, |opaque| &opaque.at);
            wrong(at, format!("`{}` of `{}` cannot be this", settings[number].0, node.name))
        }
    })?;
    let row = Row {
        label: node.name.clone(),
        kind: node.kind.clone(),
        output: node.output.map(|shape| graph.shape_text(&shape)).unwrap_or_default(),
        parameters: graph.parameters(node).and_then(Result::ok),
    };
    let value = |input: &Input| match input {
        Input::Network => 0,
        Input::Node(number) => number + 1,
    };
    Ok(Node { name: node.name.clone(), layer, inputs: node.inputs.iter().map(value).collect(), row })
}

/// A setting that is no size.
fn setting(opaque: &Opaque<Described>) -> Result<(String, Given)> {
    let given = match &opaque.value {
        Value::Integer(number) => Given::Number(*number as f64),
        Value::Decimal(number) => Given::Number(*number),
        Value::Text(name) => Given::Initializer(initializer(&opaque.at, name, &mut Vec::new())?),
        Value::Object(entries) => match &entries[..] {
            [(name, Value::Object(settings))] => {
                let mut settings = settings.clone();
                let initializer = initializer(&opaque.at, name, &mut settings)?;
                if let Some((unused, _)) = settings.first() {
                    return Err(wrong(&opaque.at, format!("`{name}` has no `{unused}`")));
                }
                Given::Initializer(initializer)
            }
            _ => return Err(wrong(&opaque.at, "an initializer with settings is `{\"Gaussian\": {..}}`")),
        },
        other => return Err(wrong(&opaque.at, format!("`{}` cannot be {}", opaque.name, other.kind()))),
    };
    Ok((opaque.name.to_owned(), given))
}

const INITIALIZERS: [&str; 11] = [
    "Constant",
    "FanInUniform",
    "Gaussian",
    "He",
    "HeUniform",
    "Lecun",
    "LecunUniform",
    "Orthogonal",
    "Uniform",
    "Xavier",
    "XavierNormal",
];

/// An initializer by its name; takes the settings it has.
fn initializer(at: &str, name: &str, settings: &mut Vec<(String, Value)>) -> Result<Arc<dyn Initializer>> {
    let mut take = |key: &str, default: Option<f64>| {
        let found = settings.iter().position(|(other, _)| other == key).map(|place| settings.remove(place).1);
        match (found, default) {
            (Some(Value::Integer(number)), _) => Ok(number as f64),
            (Some(Value::Decimal(number)), _) => Ok(number),
            (Some(other), _) => {
                Err(wrong(at, format!("`{key}` of `{name}` is a number, not {}", other.kind())))
            }
            (None, Some(default)) => Ok(default),
            (None, None) => Err(wrong(at, format!("`{name}` needs `{key}`"))),
        }
    };
    Ok(match name {
        "Constant" => Arc::new(Constant(take("value", None)?)),
        "FanInUniform" => Arc::new(FanInUniform),
        "Gaussian" => Arc::new(Gaussian::new(take("mean", Some(0.0))?, take("deviation", None)?)),
        "He" => Arc::new(He),
        "HeUniform" => Arc::new(HeUniform),
        "Lecun" => Arc::new(Lecun),
        "LecunUniform" => Arc::new(LecunUniform),
        "Orthogonal" => Arc::new(Orthogonal::new().gain(take("gain", Some(1.0))?)),
        "Uniform" => Arc::new(Uniform::new(take("low", None)?, take("high", None)?)),
        "Xavier" => Arc::new(Xavier),
        "XavierNormal" => Arc::new(XavierNormal),
        _ => {
            let near = nearest(name, INITIALIZERS)
                .map(|near| format!("; did you mean `{near}`?"))
                .unwrap_or_default();
            let known = INITIALIZERS.join(", ");
            return Err(wrong(at, format!("there is no initializer `{name}`; there are {known}{near}")));
        }
    })
}

fn wrong(at: &str, message: impl Into<String>) -> Error {
    Error::Description { messages: vec![(at.to_owned(), message.into())] }
}
