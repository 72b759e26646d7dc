//! The operations, one file each: the file is the definition, and all of them the `Reference` backend.
//!
//! The list at the end is the registry: what is not in it is dead, what is in it is checked ([`OPS`]).

mod abs;
mod activate;
mod add;
mod affine;
mod avg_pool2d;
mod batch_norm;
mod bernoulli;
mod binary_cross_entropy;
mod clamp;
mod concat;
mod conv2d;
mod conv_transpose2d;
mod copy;
mod cos;
mod detach;
mod div;
mod dropout;
mod elu;
mod embedding;
mod exp;
mod gaussian_noise;
mod gelu;
mod global_avg_pool2d;
mod gru;
mod huber;
mod last_step;
mod layer_norm;
mod leaky_relu;
mod linear;
mod ln;
mod log_softmax;
mod lrn;
mod lrn_within;
mod lstm;
mod matmul;
mod max_axis;
mod max_pool2d;
mod maximum;
mod mean_absolute_error;
mod mean_squared_error;
mod minimum;
mod mul;
mod normalize;
mod permute;
mod power;
mod prelu;
mod recurrent;
mod relu;
mod reshape;
mod rnn;
mod sigmoid;
mod silu;
mod sin;
mod slice;
mod softmax;
mod softmax_cross_entropy;
mod softplus;
mod sqrt;
mod step_weights;
mod sub;
mod sum;
mod sum_axis;
mod tanh;
mod unless_padding;

pub use conv2d::Windows;
pub(crate) use embedding::row;
pub use lstm::LstmOutput;
pub use max_pool2d::Pooling;
pub use recurrent::Direction;
pub(crate) use recurrent::{Sizes, length};

use crate::Error;

/// One operation of the registry.
#[derive(Clone, Copy, Debug)]
pub struct OpEntry {
    /// Its name in messages.
    pub name: &'static str,
    /// Checks its gradient on each of its cases against finite differences, in `f64`.
    pub check_gradients: fn() -> Result<(), Error>,
    /// The laws that hold for every operation on each of its cases.
    pub check_laws: fn() -> Result<(), String>,
    /// How many cases there are.
    pub n_cases: usize,
}

macro_rules! ops {
    ($($module:ident :: $op:ident / [$($n:literal),+]),+ $(,)?) => {
        $(pub use $module::$op;)+

        $($(const _: () = assert!(
            !<$op as crate::Op<$n>>::CASES.is_empty(),
            concat!("`", stringify!($op), "` has no case to check its gradient on"),
        );)+)+

        /// The name of every operation, once for each number of inputs it takes. Unlike [`OPS`] it brings no checks along.
        pub const OP_NAMES: &[&str] = &[$($(<$op as crate::Op<$n>>::NAME),+),+];

        /// Every operation, once for each number of inputs it takes.
        pub const OPS: &[OpEntry] = &[$($(OpEntry {
            name: <$op as crate::Op<$n>>::NAME,
            check_gradients: crate::gradient_check::check_cases::<$op, $n>,
            check_laws: crate::gradient_check::check_laws::<$op, $n>,
            n_cases: <$op as crate::Op<$n>>::CASES.len(),
        }),+),+];
    };
}

// Module, operation, numbers of inputs.
ops! {
    abs::Abs / [1],
    activate::Activate / [1],
    add::Add / [2],
    affine::Affine / [1],
    avg_pool2d::AvgPool2d / [1],
    batch_norm::BatchNorm / [5],
    bernoulli::Bernoulli / [1],
    binary_cross_entropy::BinaryCrossEntropy / [2, 3],
    clamp::Clamp / [1],
    concat::Concat / [2, 3, 4, 5, 6, 7, 8],
    conv2d::Conv2d / [2],
    conv2d::Conv2dBias / [3],
    conv_transpose2d::ConvTranspose2d / [2],
    conv_transpose2d::ConvTranspose2dBias / [3],
    copy::Copy / [1],
    cos::Cos / [1],
    detach::Detach / [1],
    div::Div / [2],
    dropout::Dropout / [1],
    elu::Elu / [1],
    embedding::Embedding / [2],
    exp::Exp / [1],
    gaussian_noise::GaussianNoise / [1],
    gelu::Gelu / [1],
    global_avg_pool2d::GlobalAvgPool2d / [1],
    gru::Gru / [7],
    huber::Huber / [2, 3],
    last_step::LastStep / [2],
    layer_norm::LayerNorm / [1],
    leaky_relu::LeakyRelu / [1],
    linear::Linear / [3],
    ln::Ln / [1],
    log_softmax::LogSoftmax / [1],
    lrn::Lrn / [1],
    lrn_within::LrnWithin / [1],
    lstm::Lstm / [8],
    matmul::MatMul / [2],
    max_axis::MaxAxis / [1],
    max_pool2d::MaxPool2d / [1],
    maximum::Maximum / [2],
    mean_absolute_error::MeanAbsoluteError / [2, 3],
    mean_squared_error::MeanSquaredError / [2, 3],
    minimum::Minimum / [2],
    mul::Mul / [2],
    normalize::Normalize / [5],
    permute::Permute / [1],
    power::Power / [1],
    prelu::PRelu / [2],
    relu::Relu / [1],
    reshape::Reshape / [1],
    rnn::Rnn / [6],
    sigmoid::Sigmoid / [1],
    silu::Silu / [1],
    sin::Sin / [1],
    slice::Slice / [1],
    softmax::Softmax / [1],
    softmax_cross_entropy::SoftmaxCrossEntropy / [2, 3, 4],
    softplus::Softplus / [1],
    sqrt::Sqrt / [1],
    step_weights::StepWeights / [2],
    sub::Sub / [2],
    sum::Sum / [1],
    sum_axis::SumAxis / [1],
    tanh::Tanh / [1],
    unless_padding::UnlessPadding / [3],
}
