//! [`Dataset`]: examples by number, each an input and a target, copied straight into a plan.

use ann_autodiff::{Scalar, Shaped};

use crate::Error;

/// What a loss compares a network's output with: the type that makes a wrong kind of label a compile error.
pub trait Target: Copy + std::fmt::Debug + Default + Send + Sync + 'static {
    /// Sizes of one example's target as it lies in a plan; empty for one number; `None` if known only at run time.
    const DIMS: Option<&'static [usize]>;
    /// How many classes the number is one of, where it is one.
    const CLASSES: Option<usize>;
}

/// One of `N` classes, numbered from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Class<const N: usize>;

/// One of a number of classes known only at run time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnyClass;

/// Values of shape `S`, as in regression and in reconstruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values<S>(std::marker::PhantomData<S>);

impl<const N: usize> Target for Class<N> {
    const DIMS: Option<&'static [usize]> = Some(&[]);
    const CLASSES: Option<usize> = Some(N);
}

impl Target for AnyClass {
    const DIMS: Option<&'static [usize]> = Some(&[]);
    const CLASSES: Option<usize> = None;
}

impl<S: Shaped> Target for Values<S> {
    const DIMS: Option<&'static [usize]> = S::DIMS;
    const CLASSES: Option<usize> = None;
}

/// Examples by number. Implement it for data of your own.
pub trait Dataset: Sync {
    /// Shape of an input.
    type Input: Shaped;
    /// Kind of a target.
    type Target: Target;

    /// How many examples there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sizes of one input.
    fn input_dims(&self) -> Vec<usize>;

    /// Sizes of one target; empty for a class.
    fn target_dims(&self) -> Vec<usize>;

    /// Copies example `index` into its place in a batch. `input` and `target` have as many elements as the sizes say.
    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<(), Error>;
}
