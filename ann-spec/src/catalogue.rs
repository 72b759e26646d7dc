//! [`LayerSpec`]: every built-in layer with its structural arguments; [`CATALOGUE`]: what is to be said of each.

use crate::args::Args;
use crate::doc::Doc;
use crate::{Dim, Misfit, Shape, Source, layers};

/// The value of one field of a layer's specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// A size.
    Size(Dim),
    /// Height and width.
    Pair([Dim; 2]),
    /// `true` or `false`.
    Flag(bool),
    /// A shape.
    Shape(Shape),
    /// A word of an enum in [`layers`](crate::layers): `Units::Gaussian`.
    Word {
        /// The enum.
        of: &'static str,
        /// Its variant.
        word: &'static str,
    },
}

impl From<Dim> for Field {
    fn from(size: Dim) -> Self {
        Self::Size(size)
    }
}

impl From<[Dim; 2]> for Field {
    fn from(pair: [Dim; 2]) -> Self {
        Self::Pair(pair)
    }
}

impl From<bool> for Field {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Shape> for Field {
    fn from(shape: Shape) -> Self {
        Self::Shape(shape)
    }
}

/// A field whose sizes can be made unknown, after a mistake in it.
pub(crate) trait Blur: Copy {
    /// The same without its sizes.
    fn blur(self) -> Self;
}

impl Blur for Dim {
    fn blur(self) -> Self {
        Self::UNKNOWN
    }
}

impl Blur for [Dim; 2] {
    fn blur(self) -> Self {
        [Dim::UNKNOWN; 2]
    }
}

impl Blur for bool {
    fn blur(self) -> Self {
        self
    }
}

impl Blur for Shape {
    fn blur(self) -> Self {
        // A length known at run time stays one: it decides along which axis sequences are joined.
        (0..self.rank()).fold(self, |shape, axis| {
            if shape.dim(axis).is_steps() { shape } else { shape.with(axis, Dim::UNKNOWN) }
        })
    }
}

impl Field {
    /// The sizes in it.
    pub fn sizes(&self) -> Vec<Dim> {
        match self {
            Self::Size(size) => vec![*size],
            Self::Pair(pair) => pair.to_vec(),
            Self::Shape(shape) => shape.dims().to_vec(),
            Self::Flag(_) | Self::Word { .. } => Vec::new(),
        }
    }
}

/// Makes the enum of all layers, the functions that pass on to them, and the list of their records.
macro_rules! catalogue {
    ($($name:ident,)*) => {
        /// A built-in layer with all that decides shapes, counts of parameters and cost.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum LayerSpec {
            $(
                #[doc = concat!("[`", stringify!($name), "`](layers::", stringify!($name), ").")]
                $name(layers::$name),
            )*
        }

        /// What is to be said of every built-in layer.
        pub const CATALOGUE: &[Doc] = &[$(layers::$name::DOC,)*];

        impl LayerSpec {
            /// The record of its kind.
            pub const fn doc(&self) -> &'static Doc {
                match self {
                    $(Self::$name(_) => const { &layers::$name::DOC },)*
                }
            }

            /// Its fields with their values, in order: `Conv2d { n: 20, .. }` is printed from them.
            pub fn fields(&self) -> Vec<(&'static str, Field)> {
                match self {
                    $(Self::$name(layer) => layer.fields(),)*
                }
            }

            /// The shape of its output.
            pub const fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
                match self {
                    $(Self::$name(layer) => layer.output(inputs),)*
                }
            }

            /// How many numbers it learns.
            pub const fn parameters(&self, inputs: &[Shape]) -> Result<usize, Misfit> {
                match self {
                    $(Self::$name(layer) => layer.parameters(inputs),)*
                }
            }

            /// Its cost, forward, for one example; for a sequence of unknown length, for one step.
            pub const fn flops(&self, inputs: &[Shape]) -> Result<u64, Misfit> {
                match self {
                    $(Self::$name(layer) => layer.flops(inputs),)*
                }
            }

            /// The same with the sizes of one argument unknown.
            pub(crate) fn without(self, argument: &str) -> Self {
                match self {
                    $(Self::$name(layer) => Self::$name(layer.without(argument)),)*
                }
            }

            /// Reads the arguments of the layer with this name.
            pub fn read<S: Source>(name: &str, args: &mut Args<S>) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name(layers::$name::read(args))),)*
                    _ => None,
                }
            }
        }

        $(
            impl From<layers::$name> for LayerSpec {
                fn from(layer: layers::$name) -> Self {
                    Self::$name(layer)
                }
            }
        )*
    };
}

catalogue! {
    Dense,
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    AvgPool2d,
    GlobalAvgPool2d,
    Lrn,
    BatchNorm,
    LayerNorm,
    Dropout,
    GaussianNoise,
    Relu,
    LeakyRelu,
    PRelu,
    Elu,
    Gelu,
    Silu,
    Sigmoid,
    Tanh,
    Softplus,
    Softmax,
    LogSoftmax,
    Activation,
    Identity,
    Rnn,
    Lstm,
    Gru,
    Last,
    Embedding,
    Flatten,
    Reshape,
    Add,
    Mul,
    Concat,
    Slice,
    Auxiliary,
    Rbm,
}

impl LayerSpec {
    /// The name of its kind: `Conv2d`.
    pub const fn kind(&self) -> &'static str {
        self.doc().name
    }
}

/// The record of the layer with this name.
pub fn find(name: &str) -> Option<&'static Doc> {
    CATALOGUE.iter().find(|doc| doc.name == name)
}
