//! [`Layer`]: something that records its operations; what flows between layers is a [`Flow`].

use ann_autodiff::{Dyn, Rank1, Rank2, Rank3, Rank4, Shaped, Var};

use crate::weights::Weights;
use crate::{Recorder, Result};

/// A part of a network: it takes values, records what is to be done with them, and gives a value.
///
/// A layer holds no numbers that are learned: it asks for them while it records, by [`Recorder::parameter`], and the network
/// keeps them all in one vector.
///
/// To stand in `network!` by its path, a layer also has a [`Cost`] and, if it is written without parentheses, `Default`. It may hold
/// networks and record them ([`Recorder::layer`]).
///
/// ```
/// use ann_core::{Initial, Layer, Recorder, Result};
/// use ann_core::autodiff::{Rank1, Var};
///
/// /// `y = x * w`, a weight a feature.
/// #[derive(Clone, Debug, Default)]
/// struct Scale<const N: usize>;
///
/// impl<const N: usize> Layer for Scale<N> {
///     type Input = Rank1<N>;
///     type Output = Rank1<N>;
///
///     fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<N>>) -> Result<Var<'t, Rank1<N>>> {
///         let weight = tape.parameter("weight", &[N], &Initial::constant(1.0));
///         Ok((x * weight).typed())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer",
    label = "this type does not implement `ann::Layer`",
    note = "a layer is a built-in, a network, or a type of your own that implements `ann::Layer` (see its documentation)"
)]
pub trait Layer {
    /// What it takes: the shape of one example, or a tuple of such for a layer of several inputs.
    type Input: Flow;
    /// The shape of one example of what it gives.
    type Output: Shaped;

    /// Records what the layer does with `x`.
    fn record<'t>(
        &self,
        tape: &Recorder<'t>,
        x: <Self::Input as Flow>::Vars<'t>,
    ) -> Result<Var<'t, Self::Output>>;

    /// Tells the networks inside where their weights are. `network!` writes it.
    #[doc(hidden)]
    fn join(&mut self, _weights: &Weights) {}

    /// Where a network's weights are; none for a layer. `network!` writes it.
    #[doc(hidden)]
    fn joined(&self) -> Option<&Weights> {
        None
    }
}

/// What a layer costs, known while compiling. A layer that stands in `network!` by its path has it, so that the network's own
/// `PARAMETERS` and `FLOPS_PER_EXAMPLE` are constants.
#[diagnostic::on_unimplemented(
    message = "the macro cannot count the parameters of `{Self}`",
    label = "this layer does not implement `ann::Cost`",
    note = "`impl ann::Cost for {Self} {{ const PARAMETERS: usize = ..; const FLOPS: u64 = ..; }}`"
)]
pub trait Cost {
    /// How many parameters it learns.
    const PARAMETERS: usize;
    /// Floating-point operations forward for one example, a multiply-add counting two.
    const FLOPS: u64;
}

/// What flows into a layer: one value, or several.
pub trait Flow: 'static {
    /// The values on a tape.
    type Vars<'t>;

    /// Them in a list, their shapes known only at run time.
    fn list(vars: Self::Vars<'_>) -> Vec<Var<'_>>;

    /// From a list; an error of the tape if the shapes differ, nothing if their number does.
    fn from_list<'t>(list: &[Var<'t>]) -> Option<Self::Vars<'t>>;
}

/// Any number of inputs of any shapes, for layers of a network made at run time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Several;

impl Flow for Several {
    type Vars<'t> = Vec<Var<'t>>;

    fn list(vars: Self::Vars<'_>) -> Vec<Var<'_>> {
        vars
    }

    fn from_list<'t>(list: &[Var<'t>]) -> Option<Self::Vars<'t>> {
        Some(list.to_vec())
    }
}

macro_rules! one {
    ($shape:ty $(, $axis:ident)*) => {
        impl<$(const $axis: usize),*> Flow for $shape {
            type Vars<'t> = Var<'t, Self>;

            fn list(var: Self::Vars<'_>) -> Vec<Var<'_>> {
                vec![var.untyped()]
            }

            fn from_list<'t>(list: &[Var<'t>]) -> Option<Self::Vars<'t>> {
                if let [var] = list { Some(var.typed()) } else { None }
            }
        }
    };
}

one!(Dyn);
one!(Rank1<A>, A);
one!(Rank2<A, B>, A, B);
one!(Rank3<A, B, C>, A, B, C);
one!(Rank4<A, B, C, D>, A, B, C, D);

macro_rules! several {
    ($($shape:ident)+) => {
        impl<$($shape: Shaped),+> Flow for ($($shape,)+) {
            type Vars<'t> = ($(Var<'t, $shape>,)+);

            #[allow(non_snake_case, reason = "a value is called as its shape's parameter")]
            fn list(($($shape,)+): Self::Vars<'_>) -> Vec<Var<'_>> {
                vec![$($shape.untyped()),+]
            }

            #[allow(non_snake_case, reason = "a value is called as its shape's parameter")]
            fn from_list<'t>(list: &[Var<'t>]) -> Option<Self::Vars<'t>> {
                if let [$($shape),+] = list { Some(($($shape.typed(),)+)) } else { None }
            }
        }
    };
}

several!(A B);
several!(A B C);
several!(A B C D);
several!(A B C D E);
several!(A B C D E F);
several!(A B C D E F G);
several!(A B C D E F G H);
