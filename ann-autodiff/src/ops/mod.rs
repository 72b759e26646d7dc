//! The operations, one file each: the file is the definition, and all of them the `Reference` backend.
//!
//! The list at the end is the registry: what is not in it is dead, what is in it is checked ([`OPS`]).

mod add;
mod conv2d;
mod copy;
mod linear;
mod mul;
mod relu;
mod reshape;
mod sigmoid;
mod sum;
mod tanh;

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
    add::Add / [2],
    conv2d::Conv2d / [2],
    conv2d::Conv2dBias / [3],
    copy::Copy / [1],
    linear::Linear / [3],
    mul::Mul / [2],
    relu::Relu / [1],
    reshape::Reshape / [1],
    sigmoid::Sigmoid / [1],
    sum::Sum / [1],
    tanh::Tanh / [1],
}
