//! Shapes as types: what one example looks like, known to the compiler.

use std::fmt::Debug;

/// The size of an axis whose length is known only at run time: the steps of a sequence, `_` in a network.
pub const STEPS: usize = usize::MAX;

/// The shape of one example, as a type. Implemented by [`Rank1`] to [`Rank4`] and by [`Dyn`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the shape of an example",
    label = "write `Rank1<10>`, `Rank3<1, 28, 28>` or the like here",
    note = "see the documentation of `ann::Shaped`"
)]
pub trait Shaped: Copy + Debug + Default + Send + Sync + 'static {
    /// The sizes, [`STEPS`] where open; `None` if nothing is known before run time.
    const DIMS: Option<&'static [usize]>;
}

/// A shape known only at run time; checks that a typed network makes while compiling are then made while recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dyn;

impl Shaped for Dyn {
    const DIMS: Option<&'static [usize]> = None;
}

macro_rules! rank {
    ($name:ident, $example:literal, $($axis:ident)+) => {
        #[doc = concat!("Examples of shape `", $example, "`.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name<$(const $axis: usize),+>;

        impl<$(const $axis: usize),+> Shaped for $name<$($axis),+> {
            const DIMS: Option<&'static [usize]> = Some(&[$($axis),+]);
        }
    };
}

rank!(Rank1, "[a]", A);
rank!(Rank2, "[a, b]", A B);
rank!(Rank3, "[a, b, c]", A B C);
rank!(Rank4, "[a, b, c, d]", A B C D);

/// Whether an example has the sizes `wanted`: equal, but for axes that those leave [open](STEPS).
pub fn fits(wanted: &[usize], dims: &[usize]) -> bool {
    wanted.len() == dims.len() && wanted.iter().zip(dims).all(|(w, d)| *w == STEPS || w == d)
}

/// Sizes as a network has them, `_` for an [open](STEPS) one.
///
/// ```
/// use ann_autodiff::{STEPS, written};
///
/// assert_eq!(written(&[STEPS, 3]), "[_, 3]");
/// ```
pub fn written(dims: &[usize]) -> String {
    let size = |size: &usize| if *size == STEPS { "_".to_owned() } else { size.to_string() };
    format!("[{}]", dims.iter().map(size).collect::<Vec<_>>().join(", "))
}
