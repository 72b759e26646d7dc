//! Neural networks as ordinary compiled Rust: a network is a `struct` that [`network!`] makes of a description of its layers, and
//! every shape in it is checked while it compiles, data, labels and loss included.
//!
//! ```
//! use ann::prelude::*;
//!
//! network! {
//!     /// One hidden layer.
//!     pub struct Xor: [2] -> [2] { Dense(8), Tanh, Dense(2) }
//! }
//!
//! let x = Examples::from_vec(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])?;
//! let data: InMemory<Rank1<2>, Class<2>> = InMemory::classes(x, &[0, 1, 1, 0])?;
//! let mut net = Xor::new(1);
//! Trainer::new(CrossEntropy::new(), Adam::new(0.05)).epochs(200).batch(4).fit(&mut net, &data)?;
//! let y = net.predict(&data.inputs)?;
//! assert!(y.as_slice()[2] < y.as_slice()[3], "0 and 1 differ");
//! # Ok::<(), ann::Error>(())
//! ```
//!
//! Where to read on:
//!
//! | what | where |
//! |---|---|
//! | the language of `network!` | [`guide::language`] |
//! | layers, and layers of your own | [`layers`], [`Layer`] |
//! | training, checkpoints, early stopping, history | [`train`] |
//! | activations, layers, losses, regularizers of your own, and checks of their gradients | [`guide::your_own`], [`check`] |
//! | losses, optimizers, schedules, regularizers, initializers, metrics | [`loss`], [`optimizer`], [`schedule`], [`regularizer`], [`initializer`], [`metric`] |
//! | data: IDX, CSV, memory | [`data`] |
//! | weights as files | [`Network::save`], [`save`] |
//! | Boltzmann machines and belief nets | [`boltzmann`], [`guide::boltzmann_machines`] |
//! | networks described at run time | [`DynNetwork`] |
//! | the tape, without networks | [`autodiff`] |
#![forbid(unsafe_code)]

/// The README's code, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod guide;

pub use ann_core::{
    Activation, Builder, Cost, DynNetwork, Error, Flow, Initial, Layer, Loss, Mode, Network, Predictor,
    Recorder, Result, Several, TwoWay, autodiff, boltzmann, check, data, dynamic, initializer, layers, loss,
    metric, optimizer, regularizer, save, schedule, spec, train,
};
/// Describes networks and makes types of them. See [`guide::language`].
pub use ann_macros::network;

pub use ann_core::autodiff::{
    Dtype, Dyn, MatmulPrecision, Rank1, Rank2, Rank3, Rank4, STEPS, Scalar, Shaped, Var,
};

/// What nine programs of ten need: `use ann::prelude::*`.
pub mod prelude {
    pub use crate::boltzmann::ContrastiveDivergence;
    pub use crate::data::{Class, Dataset, Examples, InMemory, Values};
    pub use crate::initializer::{Gaussian, He, Initializer, Uniform, Xavier};
    pub use crate::loss::{BinaryCrossEntropy, CrossEntropy, Huber, MeanAbsoluteError, MeanSquaredError};
    pub use crate::metric::{Accuracy, Metric};
    pub use crate::optimizer::{Adam, AdamW, Clip, Optimizer, RmsProp, Sgd};
    pub use crate::schedule::Cosine;
    pub use crate::train::{EarlyStopping, Trainer};
    pub use crate::{Layer, Loss, Network, Rank1, Rank2, Rank3, Rank4, Result, Shaped, TwoWay, network};
}

/// What `network!` emits refers to. Not for use by hand; it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use ann_core::__private::*;
}
