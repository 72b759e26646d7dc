//! The built-in layers, a file each; their sizes and costs are described in [`ann_spec::layers`] under the same names.
//!
//! `network!` makes them; in a network made at run time they stand in a [`DynNetwork`](crate::DynNetwork). Each is made by
//! `from_spec` and has a method for each setting that is no size.

mod activation;
mod add;
mod auxiliary;
mod avg_pool2d;
mod batch_norm;
mod concat;
mod conv2d;
mod conv_transpose2d;
mod dense;
mod dropout;
mod elementwise;
mod embedding;
mod flatten;
mod gaussian_noise;
mod global_avg_pool2d;
mod gru;
mod last;
mod layer_norm;
mod log_softmax;
mod lrn;
mod lstm;
mod max_pool2d;
mod mul;
pub(crate) mod options;
mod prelu;
mod rbm;
pub(crate) mod recurrent;
mod reshape;
mod rnn;
mod slice;
mod softmax;

use ann_autodiff::Var;
use ann_autodiff::ops::Pooling;
use ann_spec::Dim;

pub use activation::Activation;
pub use add::Add;
pub use auxiliary::Auxiliary;
pub use avg_pool2d::AvgPool2d;
pub use batch_norm::BatchNorm;
pub use concat::Concat;
pub use conv_transpose2d::ConvTranspose2d;
pub use conv2d::Conv2d;
pub use dense::Dense;
pub use dropout::Dropout;
pub use elementwise::{Elu, Gelu, Identity, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
pub use embedding::Embedding;
pub use flatten::Flatten;
pub use gaussian_noise::GaussianNoise;
pub use global_avg_pool2d::GlobalAvgPool2d;
pub use gru::Gru;
pub use last::Last;
pub use layer_norm::LayerNorm;
pub use log_softmax::LogSoftmax;
pub use lrn::Lrn;
pub use lstm::Lstm;
pub use max_pool2d::MaxPool2d;
pub use mul::Mul;
pub use prelu::PRelu;
pub use rbm::Rbm;
pub use reshape::Reshape;
pub use rnn::Rnn;
pub use slice::Slice;
pub use softmax::Softmax;

pub use crate::scan::{Cell, Scan, Step};

use crate::{Error, Result};

/// A size that has to be known by now.
fn size(dim: Dim) -> Result<usize> {
    dim.value().ok_or_else(|| Error::shape("the size of a layer", "a number", "one that is open"))
}

/// Height and width.
fn pair([height, width]: [Dim; 2]) -> Result<[usize; 2]> {
    Ok([size(height)?, size(width)?])
}

/// The axis, batch included, that counts features or channels.
fn features(x: Var<'_>) -> usize {
    if x.extents().len() == 3 { 2 } else { 1 }
}

/// The windows of a pooling.
fn pooling(kernel: [Dim; 2], stride: [Dim; 2], pad: [Dim; 2], ceil: bool) -> Result<Pooling> {
    Ok(Pooling { kernel: pair(kernel)?, stride: pair(stride)?, pad: pair(pad)?, ceil })
}
