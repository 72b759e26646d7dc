//! [`DynNetwork`]: a network made at run time, from calls or from JSON, of the same layers and to the same bits as a typed one.

mod assemble;
mod description;
mod layer;
mod lower;
mod value;

use ann_autodiff::{Dyn, STEPS, Var};
use ann_spec::table::Row;

pub use description::{Description, Part};
pub use value::Value;

use self::layer::AnyLayer;
use crate::layer::Layer;
use crate::weights::Weights;
use crate::{Builder, Network, Recorder, Result};

/// A network made at run time.
///
/// It is checked like any other before it is built, by the same rules and with the same messages; the data's shapes are checked when
/// it is used. Under the same seed it has the same parameters as the network that `network!` makes of the same layers, and computes
/// the same bits.
///
/// ```
/// use ann_core::{DynNetwork, Network};
///
/// let net = DynNetwork::from_json(r#"{
///     "name": "Iris", "input": [4], "output": [3],
///     "layers": [
///         {"layer": "Dense", "n": 5, "init": "He"},
///         {"layer": "Sigmoid"},
///         {"layer": "Dense", "n": 3, "label": "out"}
///     ]
/// }"#)?.seed(7).build();
/// assert_eq!(net.layout().segments()[0].name, "dense1.weight");
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Debug)]
pub struct DynNetwork {
    name: String,
    input: Vec<usize>,
    nodes: Vec<Node>,
    weights: Weights,
}

/// A layer in its place.
#[derive(Clone, Debug)]
struct Node {
    name: String,
    layer: AnyLayer,
    /// The numbers of the values it takes: 0 is the network's input, `i + 1` the output of node `i`.
    inputs: Vec<usize>,
    row: Row,
}

/// A network with weights of its own, as the copy of a network made by `network!` is.
impl Clone for DynNetwork {
    fn clone(&self) -> Self {
        let Self { name, input, nodes, weights } = self;
        Self { name: name.clone(), input: input.clone(), nodes: nodes.clone(), weights: weights.deep_copy() }
    }
}

impl DynNetwork {
    /// What builds the network that a JSON text [describes](Description::from_json).
    pub fn from_json(text: &str) -> Result<Builder<Self>> {
        Description::from_json(text)?.builder()
    }
}

impl Description {
    /// Checks the description; what builds its network.
    ///
    /// # Errors
    /// [`Error::Description`](crate::Error::Description) with all mistakes, each with its place.
    pub fn builder(&self) -> Result<Builder<DynNetwork>> {
        Ok(Builder::of(assemble::network(lower::graph(self)?)?))
    }
}

impl Layer for DynNetwork {
    type Input = Dyn;
    type Output = Dyn;

    fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t>) -> Result<Var<'t>> {
        let mut values = vec![x];
        for node in &self.nodes {
            let inputs = node.inputs.iter().map(|input| values[*input]).collect();
            values.push(node.layer.record(tape, &node.name, inputs)?);
        }
        Ok(values[values.len() - 1])
    }

    fn join(&mut self, weights: &Weights) {
        self.weights = weights.clone();
    }

    fn joined(&self) -> Option<&Weights> {
        Some(&self.weights)
    }
}

impl Network for DynNetwork {
    fn name(&self) -> &str {
        &self.name
    }

    fn rows(&self) -> Vec<Row> {
        self.nodes.iter().map(|node| node.row.clone()).collect()
    }

    fn weights(&self) -> &Weights {
        &self.weights
    }

    fn input_dims(&self) -> Vec<usize> {
        self.input.clone()
    }
}

/// A size as the shape types write it.
fn written(size: ann_spec::Dim) -> usize {
    size.value().unwrap_or(STEPS)
}

#[cfg(test)]
mod tests {
    use ann_spec::CATALOGUE;
    use ann_spec::doc::{DefaultValue, Doc, Parameter};

    use super::*;

    /// The layer with everything it needs, and what else is said of it.
    fn settings(doc: &Doc, other: &str) -> String {
        let is_needed = |parameter: &&Parameter| parameter.default == DefaultValue::Required;
        let needed = doc.arguments.iter().filter(is_needed);
        let needed: Vec<String> = needed.map(|parameter| format!(r#", "{}": 3"#, parameter.name)).collect();
        // Sequences are brought to their last step first.
        let (input, end) = match doc.from {
            "[t]" => ("[4]", r#"{"layer": "Last"}, "#),
            "[t, k]" => ("[4, 6]", r#"{"layer": "Last"}, "#),
            _ => ("[4, 6, 6]", ""),
        };
        let text = format!(
            r#"{{"name": "One", "input": {input}, "output": [2],
                "layers": [{{"layer": "{}"{}{other}}}, {end}{{"layer": "Dense", "n": 2}}]}}"#,
            doc.name,
            needed.concat()
        );
        let built = DynNetwork::from_json(&text).unwrap_or_else(|error| panic!("{text}: {error}")).build();
        format!("{:?}", built.nodes[0].layer)
    }

    /// What decides shapes is held to the documentation where it is read, in `ann-spec`.
    #[test]
    fn defaults_are_what_the_documentation_says() {
        let mut held = 0;
        // Machines stand in two-way networks only, which `network!` makes.
        for doc in CATALOGUE.iter().filter(|doc| doc.name != "Rbm") {
            for parameter in doc.arguments.iter().filter(|parameter| !parameter.kind.is_structural()) {
                let DefaultValue::Is(default) = parameter.default else { continue };
                let deviation =
                    default.strip_prefix("Gaussian::new(0.0, ").and_then(|rest| rest.strip_suffix(')'));
                let value = match deviation {
                    Some(deviation) => format!(r#"{{"Gaussian": {{"deviation": {deviation}}}}}"#),
                    None if default.parse::<f64>().is_ok() => default.to_owned(),
                    None => format!("\"{default}\""),
                };
                let said = settings(doc, &format!(r#", "{}": {value}"#, parameter.name));
                assert_eq!(said, settings(doc, ""), "{} of {}", parameter.name, doc.name);
                held += 1;
            }
        }
        assert!(10 <= held, "only {held} defaults were held to");
    }
}
