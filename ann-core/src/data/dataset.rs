//! [`Dataset`]: examples by number, each an input and a target, copied straight into a plan.

use ann_autodiff::{Dyn, Scalar, Shaped};

use super::examples::Examples;
use crate::Error;

/// What a loss compares a network's output with: the type that makes a wrong kind of label a compile error.
pub trait Target: Copy + std::fmt::Debug + Default + Send + Sync + 'static {
    /// Sizes of one example's target as it lies in a plan; empty for one number; `None` if known only at run time.
    const DIMS: Option<&'static [usize]>;
    /// How many classes the number is one of, where it is one.
    const CLASSES: Option<usize>;
    /// Whether its numbers are classes; else they are values.
    const ARE_CLASSES: bool;
    /// The same kind of target, its sizes known only at run time.
    type Untyped: Target;
}

/// One of `N` classes, numbered from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Class<const N: usize>;

/// One of `N` classes at each of `T` steps of a sequence, [`STEPS`](ann_autodiff::STEPS) if their number is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes<const T: usize, const N: usize>;

/// One of a number of classes known only at run time, or one at each step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnyClass;

/// Values of shape `S`, as in regression and in reconstruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values<S>(std::marker::PhantomData<S>);

impl<const N: usize> Target for Class<N> {
    const DIMS: Option<&'static [usize]> = Some(&[]);
    const CLASSES: Option<usize> = Some(N);
    const ARE_CLASSES: bool = true;
    type Untyped = AnyClass;
}

impl<const T: usize, const N: usize> Target for Classes<T, N> {
    const DIMS: Option<&'static [usize]> = Some(&[T]);
    const CLASSES: Option<usize> = Some(N);
    const ARE_CLASSES: bool = true;
    type Untyped = AnyClass;
}

impl Target for AnyClass {
    const DIMS: Option<&'static [usize]> = Some(&[]);
    const CLASSES: Option<usize> = None;
    const ARE_CLASSES: bool = true;
    type Untyped = Self;
}

impl<S: Shaped> Target for Values<S> {
    const DIMS: Option<&'static [usize]> = S::DIMS;
    const CLASSES: Option<usize> = None;
    const ARE_CLASSES: bool = false;
    type Untyped = Values<Dyn>;
}

/// Examples by number. Implement it for data of your own:
///
/// ```
/// use ann_core::{Error, autodiff::{Rank1, Scalar}};
/// use ann_core::data::{Dataset, Values};
///
/// /// Angles and their sines.
/// struct Sines(usize);
///
/// impl Dataset for Sines {
///     type Input = Rank1<1>;
///     type Target = Values<Rank1<1>>;
///
///     fn len(&self) -> usize {
///         self.0
///     }
///     fn input_dims(&self) -> Vec<usize> {
///         vec![1]
///     }
///     fn target_dims(&self) -> Vec<usize> {
///         vec![1]
///     }
///     fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<(), Error> {
///         let angle = index as f64 / self.0 as f64;
///         (input[0], target[0]) = (T::from_f64(angle), T::from_f64(angle.sin()));
///         Ok(())
///     }
/// }
/// # assert_eq!(Sines(3).len(), 3);
/// ```
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
    ///
    /// Several threads read at a time, each some of a batch's examples.
    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<(), Error>;

    /// Copies the examples of these numbers into a batch, one after the other: by [`read`](Self::read), unless the data have a shorter
    /// way. Data that are a view of others pass the others' numbers on.
    fn read_batch<T: Scalar>(
        &self,
        numbers: impl Indices,
        inputs: &mut [T],
        targets: &mut [T],
    ) -> Result<(), Error> {
        each(numbers, inputs, targets, |number, input, target| self.read(number, input, target))
    }

    /// How many steps of sequence `index` are no padding, from 1 to the first of [`input_dims`](Self::input_dims); `None`, for all
    /// examples, where there is no padding. What lies behind is neither read nor learned from.
    fn length(&self, _index: usize) -> Option<usize> {
        None
    }

    /// What example `index` counts in the loss, finite and not negative: a batch's loss is `sum of w loss / sum of w`. `None`, for
    /// all examples, where each counts the same.
    fn weight(&self, _index: usize) -> Option<f64> {
        None
    }

    /// Of data that are laid out for state that is [carried](crate::train::Trainer::carry_state): how many sequences go on side by
    /// side, example `i` where example `i - rows` ended. Batches of another number are then refused. `None` where nothing says.
    fn rows_that_go_on(&self) -> Option<usize> {
        None
    }

    /// All inputs, as a network predicts from them; copies them into memory.
    fn inputs<T: Scalar>(&self) -> Result<Examples<Self::Input, T>, Error> {
        let dims = self.input_dims();
        let (width, target_width): (usize, usize) =
            (dims.iter().product(), self.target_dims().iter().product());
        let mut values = vec![T::ZERO; self.len() * width];
        let mut target = vec![T::ZERO; target_width];
        for number in 0..self.len() {
            self.read(number, &mut values[number * width..(number + 1) * width], &mut target)?;
        }
        Examples::from_vec_with_dims(values, &dims)
    }

    /// The same examples, their shapes known only at run time, as a [`DynNetwork`](crate::DynNetwork) takes them.
    fn untyped(self) -> Untyped<Self>
    where
        Self: Sized,
    {
        Untyped(self)
    }
}

/// Numbers of examples, which may be gone through more than once.
pub trait Indices: ExactSizeIterator<Item = usize> + Clone {}

impl<I: ExactSizeIterator<Item = usize> + Clone> Indices for I {}

/// Goes over examples and their places, each vector cut into as many as there are numbers.
pub(crate) fn each<T>(
    numbers: impl Indices,
    inputs: &mut [T],
    targets: &mut [T],
    mut read: impl FnMut(usize, &mut [T], &mut [T]) -> Result<(), Error>,
) -> Result<(), Error> {
    let [width, target_width] = [&*inputs, &*targets].map(|vector| vector.len() / numbers.len().max(1));
    let (mut inputs, mut targets) = (inputs, targets);
    for number in numbers {
        let (input, rest) = inputs.split_at_mut(width);
        let (target, target_rest) = targets.split_at_mut(target_width);
        read(number, input, target)?;
        (inputs, targets) = (rest, target_rest);
    }
    Ok(())
}

/// The shape of a dataset's inputs, which has to be that of a network's input: every shape is the same as itself.
#[diagnostic::on_unimplemented(
    message = "the data's inputs do not fit the network",
    label = "these inputs are `{Self}`, the network takes `{S}`",
    note = "`Rank3<1, 28, 28>` is the shape `[1, 28, 28]`; `.flatten()` makes `[784]` of images"
)]
pub trait SameShape<S> {}

impl<S> SameShape<S> for S {}

/// The kind of a dataset's targets, which has to be what a loss compares with: every kind is the same as itself.
#[diagnostic::on_unimplemented(
    message = "the data's targets do not fit the loss",
    label = "these targets are `{Self}`, the loss compares with `{T}`",
    note = "`CrossEntropy` on an output `[n]` compares with `Class<n>`, losses of values with `Values` of the output's shape"
)]
pub trait SameTarget<T> {}

impl<T> SameTarget<T> for T {}

/// A [`Dataset`] whose inputs are of shape `I` and whose targets are `T`: what training a network by a loss asks for.
pub trait DatasetOf<I, T>: Dataset {}

impl<D, I, T> DatasetOf<I, T> for D
where
    D: Dataset,
    D::Input: SameShape<I>,
    D::Target: SameTarget<T>,
{
}

/// A dataset whose shapes are known only at run time.
#[derive(Clone, Copy, Debug)]
pub struct Untyped<D>(D);

impl<D: Dataset> Dataset for Untyped<D> {
    type Input = Dyn;
    type Target = <D::Target as Target>::Untyped;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn input_dims(&self) -> Vec<usize> {
        self.0.input_dims()
    }

    fn target_dims(&self) -> Vec<usize> {
        self.0.target_dims()
    }

    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<(), Error> {
        self.0.read(index, input, target)
    }

    fn read_batch<T: Scalar>(
        &self,
        numbers: impl Indices,
        inputs: &mut [T],
        targets: &mut [T],
    ) -> Result<(), Error> {
        self.0.read_batch(numbers, inputs, targets)
    }

    fn length(&self, index: usize) -> Option<usize> {
        self.0.length(index)
    }

    fn weight(&self, index: usize) -> Option<f64> {
        self.0.weight(index)
    }

    fn rows_that_go_on(&self) -> Option<usize> {
        self.0.rows_that_go_on()
    }
}

/// A dataset may be used where it lies, as a part of others.
impl<D: Dataset> Dataset for &D {
    type Input = D::Input;
    type Target = D::Target;

    fn len(&self) -> usize {
        (**self).len()
    }

    fn input_dims(&self) -> Vec<usize> {
        (**self).input_dims()
    }

    fn target_dims(&self) -> Vec<usize> {
        (**self).target_dims()
    }

    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<(), Error> {
        (**self).read(index, input, target)
    }

    fn read_batch<T: Scalar>(
        &self,
        numbers: impl Indices,
        inputs: &mut [T],
        targets: &mut [T],
    ) -> Result<(), Error> {
        (**self).read_batch(numbers, inputs, targets)
    }

    fn length(&self, index: usize) -> Option<usize> {
        (**self).length(index)
    }

    fn weight(&self, index: usize) -> Option<f64> {
        (**self).weight(index)
    }

    fn rows_that_go_on(&self) -> Option<usize> {
        (**self).rows_that_go_on()
    }
}
