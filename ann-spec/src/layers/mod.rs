//! The layers, one file each: structural arguments, the record of all arguments, how they are read, and the rules of
//! shapes and cost.
//!
//! Every layer has the same inherent functions, all rules `const`: `DOC`, `read`, `output`, `parameters`, `flops`.
//! [`LayerSpec`](crate::LayerSpec) calls them by name, so that a layer that lacks one does not compile.
//!
//! FLOPs are those of the forward pass of one example, a multiplication with its addition counted as two; for a sequence
//! of unknown length those of one step.

/// Defines a layer's specification and the list of its fields for those who print it.
macro_rules! spec {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$about:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$about])* pub $field: $type,)*
        }

        impl $name {
            /// The fields with their values, in order.
            pub fn fields(&self) -> Vec<(&'static str, crate::Field)> {
                vec![$((stringify!($field), crate::Field::from(self.$field)),)*]
            }

            /// The same with the sizes of one argument unknown.
            pub(crate) fn without(self, _argument: &str) -> Self {
                $(let $field = match _argument {
                    stringify!($field) => crate::catalogue::Blur::blur(self.$field),
                    _ => self.$field,
                };)*
                Self { $($field,)* }
            }
        }
    };
}

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
mod prelu;
mod rbm;
mod reshape;
mod rnn;
mod slice;
mod softmax;

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
pub use rbm::{Rbm, Units};
pub use reshape::Reshape;
pub use rnn::{Rnn, RnnActivation};
pub use slice::Slice;
pub use softmax::Softmax;
