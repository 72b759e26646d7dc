//! Tape-based reverse-mode automatic differentiation with compiled plans.
#![deny(unsafe_code)]

mod activation;
mod backend;
mod broadcast;
mod cpu;
mod definition_laws;
mod epilogue;
mod error;
mod extents;
mod functions;
mod gradient_check;
mod laws;
mod op;
pub mod ops;
mod parameters;
mod plan;
mod pointwise;
pub mod random;
mod scalar;
mod shape;
mod special;
mod tape;
mod value_and_grad;

pub use activation::Activation;
pub use backend::{
    Backend, Backward, Forward, Gradient, HandOver, Hold, Kernel, MAX_INPUTS, Operation, Reference,
};
pub use cpu::{Cpu, Domain, MatmulPrecision, Sweep, Taker, zeros};
pub use epilogue::Epilogue;
pub use error::Error;
pub use extents::{Extents, MAX_AXES};
pub use functions::concat;
pub use gradient_check::{TOLERANCE, check_gradient, check_op, check_recorded, check_slope};
pub use op::{AnyOp, Case, Definition, Draw, Fill, Moment, Op, Output, Role, Saved, Saves, View};
pub use ops::{OP_NAMES, OPS};
pub use parameters::{Layout, Parameters, Segment};
pub use plan::{Fault, Plan, Timing};
pub use scalar::{Dtype, Scalar};
pub use shape::{Dyn, Rank1, Rank2, Rank3, Rank4, STEPS, Shaped, fits, written};
pub use tape::{Tape, Var};
pub use value_and_grad::{value_and_grad, value_and_grads};
