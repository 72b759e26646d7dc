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
        }
    };
}

mod add;
mod conv2d;
mod dense;
mod dropout;
mod elementwise;
mod max_pool2d;

pub use add::Add;
pub use conv2d::Conv2d;
pub use dense::Dense;
pub use dropout::Dropout;
pub use elementwise::{Elu, Gelu, Identity, LeakyRelu, Relu, Sigmoid, Silu, Softplus, Tanh};
pub use max_pool2d::MaxPool2d;
