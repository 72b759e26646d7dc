//! [`AnyLayer`]: a layer whose kind is known only at run time.

use std::fmt::Debug;
use std::sync::Arc;

use ann_autodiff::{Dyn, Var};
use ann_spec::LayerSpec;

use crate::layer::{Layer, Several};
use crate::layers::options::{Configure, Given};
use crate::{Recorder, Result, layers};

/// A layer of any kind.
#[derive(Clone, Debug)]
pub(super) struct AnyLayer(Arc<dyn Record>);

/// A layer that takes any inputs.
trait Record: Debug + Send + Sync {
    fn record<'t>(&self, tape: &Recorder<'t>, label: &str, x: Vec<Var<'t>>) -> Result<Var<'t>>;
}

impl<L: Layer<Input = Several, Output = Dyn> + Debug + Send + Sync> Record for L {
    fn record<'t>(&self, tape: &Recorder<'t>, label: &str, x: Vec<Var<'t>>) -> Result<Var<'t>> {
        tape.layer(label, self, x)
    }
}

/// Why there is no layer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The kind stands only in two-way networks, which are made by `network!`.
    TwoWay,
    /// A setting by its number in the list cannot be of that value.
    Setting(usize),
}

/// A layer by its description, with settings by name.
macro_rules! any {
    ($spec:expr, $settings:expr; $($built:ident)+; $($two_way:ident)+) => {
        match $spec {
            $(LayerSpec::$built(spec) => {
                let mut layer = layers::$built::<Several, Dyn>::from_spec(spec);
                for (number, (name, value)) in $settings.iter().enumerate() {
                    layer = layer.configure(name, value).map_err(|_| Refusal::Setting(number))?;
                }
                Ok(AnyLayer(Arc::new(layer)))
            })+
            $(LayerSpec::$two_way(_) => Err(Refusal::TwoWay),)+
        }
    };
}

impl AnyLayer {
    /// The layer of a description; the match is exhaustive, so that no layer of the language is forgotten.
    pub(super) fn new(spec: LayerSpec, settings: &[(String, Given)]) -> Result<Self, Refusal> {
        any!(spec, settings;
            Dense Conv2d ConvTranspose2d MaxPool2d AvgPool2d GlobalAvgPool2d Lrn BatchNorm LayerNorm Dropout GaussianNoise
            Relu LeakyRelu PRelu Elu Gelu Silu Sigmoid Tanh Softplus Softmax LogSoftmax Activation Identity
            Rnn Lstm Gru Last Embedding Flatten Reshape Add Mul Concat Slice Auxiliary;
            Rbm
        )
    }

    pub(super) fn record<'t>(&self, tape: &Recorder<'t>, label: &str, x: Vec<Var<'t>>) -> Result<Var<'t>> {
        self.0.record(tape, label, x)
    }
}
