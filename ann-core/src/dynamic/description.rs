//! [`Description`] and [`Part`]: a network as calls or a JSON text describe it, before it is checked.

use super::value::Value;
use crate::{Error, Result};

/// A network to be made at run time: name, shapes of input and output, layers in the order in which data pass them.
///
/// ```
/// use ann_core::dynamic::{Description, Part};
///
/// let net = Description::new("Iris", [4], [3])
///     .layer(Part::new("Dense").with("n", 5))
///     .layer(Part::new("Sigmoid"))
///     .layer(Part::new("Dense").label("out").with("n", 3))
///     .builder()?
///     .seed(7)
///     .build();
/// # use ann_core::Network;
/// assert_eq!(net.parameter("out.bias")?, [0.0; 3]);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    pub(super) name: String,
    pub(super) input: Value,
    pub(super) output: Value,
    pub(super) layers: Vec<Part>,
}

/// A layer of a description: its kind, and what else is said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub(super) layer: String,
    pub(super) label: Option<String>,
    pub(super) inputs: Option<Vec<String>>,
    pub(super) output: Option<Value>,
    pub(super) times: Option<Value>,
    pub(super) arguments: Vec<(String, Value)>,
}

impl Part {
    /// A layer of this kind: `Conv2d`.
    pub fn new(layer: impl Into<String>) -> Self {
        Self {
            layer: layer.into(),
            label: None,
            inputs: None,
            output: None,
            times: None,
            arguments: Vec::new(),
        }
    }

    /// Its label: the prefix of its parameters' names, and what other layers call it by.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), ..self }
    }

    /// Takes these layers' outputs instead of that of the layer before; `input` is the network's input.
    #[must_use]
    pub fn inputs<const N: usize>(self, inputs: [&str; N]) -> Self {
        Self { inputs: Some(inputs.iter().map(ToString::to_string).collect()), ..self }
    }

    /// So many of them one after the other. Under a label they are called `label_1`, `label_2`, ..; the label itself is the last.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { times: Some(times.into()), ..self }
    }

    /// An argument by its name in the [catalogue](ann_spec::CATALOGUE).
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.arguments.push((name.into(), value.into()));
        self
    }
}

impl Description {
    /// A network without layers yet. The shapes are those of one example.
    pub fn new<const I: usize, const O: usize>(
        name: impl Into<String>,
        input: [usize; I],
        output: [usize; O],
    ) -> Self {
        Self { name: name.into(), input: input.into(), output: output.into(), layers: Vec::new() }
    }

    /// With another layer at its end.
    #[must_use]
    pub fn layer(mut self, part: Part) -> Self {
        self.layers.push(part);
        self
    }

    /// From a JSON text:
    ///
    /// ```json
    /// {
    ///   "name": "Block", "input": [8, 6, 6], "output": [8, 6, 6],
    ///   "layers": [
    ///     {"layer": "Conv2d", "label": "body", "n": 8, "kernel": 3, "pad": 1, "init": "He"},
    ///     {"layer": "Add", "inputs": ["body", "input"]},
    ///     {"layer": "Relu"}
    ///   ]
    /// }
    /// ```
    ///
    /// `layer`, `label`, `inputs` and `output` (the shape that is promised) are what they are called, `times` repeats the layer;
    /// every other key is an argument of the layer. `"_"` is the length of a sequence, `[3, 5]` are height and width; an initializer is a number, a
    /// name, or a name with its settings: `{"Gaussian": {"mean": 0, "deviation": 0.01}}`.
    pub fn from_json(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text).map_err(|error| wrong("", error.to_string()))?;
        let mut object = Object::new("", value)?;
        let name = object.text("name")?;
        let input = object.need("input")?;
        let output = object.need("output")?;
        let Value::List(parts) = object.need("layers")? else {
            return Err(wrong("layers", "it is to be a list"));
        };
        object.finish(&["name", "input", "output", "layers"])?;
        let parts = parts.into_iter().enumerate();
        let layers = parts.map(|(number, part)| Part::from_value(&format!("layers[{number}]"), part));
        Ok(Self { name, input, output, layers: layers.collect::<Result<_>>()? })
    }
}

impl Part {
    fn from_value(at: &str, value: Value) -> Result<Self> {
        let mut object = Object::new(at, value)?;
        let layer = object.text("layer")?;
        let label = match object.take("label") {
            None => None,
            Some(Value::Text(label)) => Some(label),
            Some(other) => {
                return Err(wrong(format!("{at}.label"), format!("it is a text, not {}", other.kind())));
            }
        };
        let inputs = match object.take("inputs") {
            None => None,
            Some(Value::Text(name)) => Some(vec![name]),
            Some(Value::List(names)) => {
                let name = |(number, name)| match name {
                    Value::Text(name) => Ok(name),
                    other => {
                        let place = format!("{at}.inputs[{number}]");
                        Err(wrong(place, format!("it is the label of a layer, not {}", Value::kind(&other))))
                    }
                };
                Some(names.into_iter().enumerate().map(name).collect::<Result<_>>()?)
            }
            Some(other) => {
                return Err(wrong(
                    format!("{at}.inputs"),
                    format!("it is a list of labels, not {}", other.kind()),
                ));
            }
        };
        let (output, times) = (object.take("output"), object.take("times"));
        Ok(Self { layer, label, inputs, output, times, arguments: object.entries })
    }
}

/// The entries of an object that nobody has taken yet.
struct Object {
    at: String,
    entries: Vec<(String, Value)>,
}

impl Object {
    fn new(at: &str, value: Value) -> Result<Self> {
        match value {
            Value::Object(entries) => Ok(Self { at: at.to_owned(), entries }),
            other => Err(wrong(at, format!("it is an object, not {}", other.kind()))),
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let place = self.entries.iter().position(|(other, _)| other == key)?;
        Some(self.entries.remove(place).1)
    }

    fn need(&mut self, key: &str) -> Result<Value> {
        self.take(key).ok_or_else(|| wrong(self.at.clone(), format!("`{key}` is missing")))
    }

    fn text(&mut self, key: &str) -> Result<String> {
        match self.need(key)? {
            Value::Text(text) => Ok(text),
            other => Err(wrong(place(&self.at, key), format!("it is a text, not {}", other.kind()))),
        }
    }

    /// Refuses what is left.
    fn finish(self, known: &[&str]) -> Result<()> {
        match self.entries.first() {
            None => Ok(()),
            Some((key, _)) => {
                Err(wrong(place(&self.at, key), format!("nobody reads it; there are {}", known.join(", "))))
            }
        }
    }
}

/// Where a key is.
fn place(at: &str, key: &str) -> String {
    if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") }
}

fn wrong(at: impl Into<String>, message: impl Into<String>) -> Error {
    Error::Description { messages: vec![(at.into(), message.into())] }
}
