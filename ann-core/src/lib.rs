//! Layers, networks, losses, training, data and saving. Users take it through the crate `ann`, which adds `network!`.
#![forbid(unsafe_code)]

pub mod boltzmann;
pub mod check;
pub mod data;
mod difference;
pub mod dynamic;
mod error;
pub mod initializer;
mod layer;
pub mod layers;
pub mod loss;
pub mod metric;
mod network;
pub mod optimizer;
mod precision;
mod predictor;
mod recorder;
pub mod regularizer;
pub mod save;
mod scan;
pub mod schedule;
pub mod train;
mod weights;

pub use ann_autodiff as autodiff;
pub use ann_spec as spec;

pub use ann_autodiff::Activation;
pub use boltzmann::TwoWay;
pub use difference::Difference;
pub use dynamic::DynNetwork;
pub use error::{Error, Result};
pub use layer::{Cost, Flow, Layer, Several};
pub use loss::Loss;
pub use network::{Builder, Network};
pub use predictor::Predictor;
pub use recorder::{Initial, Mode, Recorder};

/// What `network!` emits refers to.
#[doc(hidden)]
pub mod __private {
    pub use crate::boltzmann::{Stage, Structure};
    pub use crate::network::Assemble;
    pub use crate::weights::Weights;
    pub use ann_spec::table::Row;
}
