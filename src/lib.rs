#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod guide;

pub use ann_core::{
    Builder, Cost, DynNetwork, Error, Flow, Initial, Layer, Loss, Mode, Network, Predictor, Recorder, Result,
    Several, autodiff, data, dynamic, initializer, layers, loss, metric, optimizer, regularizer, save,
    schedule, spec, train,
};
/// Describes networks and makes types of them. See [`guide::language`].
pub use ann_macros::network;

pub use ann_core::autodiff::{Dtype, Dyn, Rank1, Rank2, Rank3, Rank4, STEPS, Scalar, Shaped, Var};

/// What nine programs of ten need: `use ann::prelude::*`.
pub mod prelude {
    pub use crate::data::{Class, Dataset, Examples, InMemory, Values};
    pub use crate::initializer::{Gaussian, He, Initializer, Uniform, Xavier};
    pub use crate::loss::{BinaryCrossEntropy, CrossEntropy, Huber, MeanAbsoluteError, MeanSquaredError};
    pub use crate::metric::{Accuracy, Metric};
    pub use crate::optimizer::{Adam, AdamW, Clip, Optimizer, RmsProp, Sgd};
    pub use crate::schedule::Cosine;
    pub use crate::train::{EarlyStopping, Trainer};
    pub use crate::{Layer, Loss, Network, Rank1, Rank2, Rank3, Rank4, Result, Shaped, network};
}

/// What `network!` emits refers to. Not for use by hand; it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use ann_core::__private::*;
}
