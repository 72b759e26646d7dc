//! [`InMemory`]: inputs and targets in memory.

use std::fmt::{Debug, Display};
use std::iter::once;

use ann_autodiff::{Scalar, Shaped};

use super::dataset::{AnyClass, Class, Classes, Dataset, Indices, Target, Values};
use super::examples::{Examples, check_place, out_of_range};
use super::order::Shuffle;
use super::rows::{check_lengths, check_weights, one_each};
use super::split;
use crate::{Error, Result};

/// A kind of target that [`InMemory`] keeps: classes as [`Labels`], values as [`Examples`].
pub trait Stored: Target {
    /// What the targets lie in.
    type Column<T: Scalar>: Column;
}

/// Targets in memory.
pub trait Column: Clone + Debug + Send + Sync + Sized {
    /// How many there are.
    fn count(&self) -> usize;
    /// The sizes of one.
    fn sizes(&self) -> Vec<usize>;
    /// Those with these numbers, in this order.
    fn pick(&self, numbers: &[usize]) -> Result<Self>;
    /// Copies those with these numbers into a batch, one after the other.
    fn copy<T: Scalar>(&self, numbers: impl Indices, to: &mut [T]) -> Result<()>;
}

/// Classes, each checked to be one of those there are: one an example, or one at each step of a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    numbers: Vec<u32>,
    classes: usize,
    /// How many an example, where it is one at each step.
    steps: Option<usize>,
}

/// Inputs of shape `S` with targets of kind `K`, in memory, in numbers of type `T`. Networks of either precision read them.
///
/// ```
/// use ann_core::autodiff::Rank1;
/// use ann_core::data::{Class, Dataset, Examples, InMemory, Values};
///
/// let x: Examples<Rank1<1>> = Examples::from_vec(vec![0.0, 0.5, 1.0])?;
/// let sizes: InMemory<_, Class<2>> = InMemory::classes(x.clone(), &[0, 0, 1])?;
/// let squares: InMemory<_, Values<Rank1<1>>> = InMemory::values(x, Examples::from_vec(vec![0.0, 0.25, 1.0])?)?;
/// assert_eq!((sizes.len(), squares.target_dims()), (3, vec![1]));
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct InMemory<S, K: Stored, T: Scalar = f32> {
    /// The inputs.
    pub inputs: Examples<S, T>,
    /// The targets, one for each input.
    pub targets: K::Column<T>,
    /// How many steps of each are no padding.
    lengths: Option<Vec<usize>>,
    /// What each counts.
    weights: Option<Vec<f64>>,
}

impl<const N: usize> Stored for Class<N> {
    type Column<T: Scalar> = Labels;
}

impl<const T: usize, const N: usize> Stored for Classes<T, N> {
    type Column<U: Scalar> = Labels;
}

impl Stored for AnyClass {
    type Column<T: Scalar> = Labels;
}

impl<S: Shaped> Stored for Values<S> {
    type Column<T: Scalar> = Examples<S, T>;
}

impl<S: Shaped, const N: usize, T: Scalar> InMemory<S, Class<N>, T> {
    /// Inputs with the number of the class of each, from 0.
    pub fn classes(inputs: Examples<S, T>, labels: &[usize]) -> Result<Self> {
        Self::new(inputs, Labels::new(labels, N)?)
    }
}

impl<S: Shaped, T: Scalar> InMemory<S, AnyClass, T> {
    /// Inputs with the number of the class of each, from 0; how many classes there are is known only at run time.
    pub fn any_classes(inputs: Examples<S, T>, labels: &[usize], classes: usize) -> Result<Self> {
        Self::new(inputs, Labels::new(labels, classes)?)
    }
}

impl<S: Shaped, const STEPS: usize, const N: usize, T: Scalar> InMemory<S, Classes<STEPS, N>, T> {
    /// Sequences with the number of the class at each of their steps, from 0, one sequence after the other.
    ///
    /// ```
    /// use ann_core::autodiff::{Rank2, STEPS};
    /// use ann_core::data::{Classes, Dataset, Examples, InMemory};
    ///
    /// // Two sequences of three steps of one number, the second of which has only two.
    /// let x: Examples<Rank2<STEPS, 1>> =
    ///     Examples::from_vec_with_dims(vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.0], &[3, 1])?;
    /// let data: InMemory<_, Classes<STEPS, 2>> =
    ///     InMemory::step_classes(x, &[0, 1, 1, 0, 0, 0])?.with_lengths(&[3, 2])?;
    /// assert_eq!((data.len(), data.target_dims(), data.length(1)), (2, vec![3], Some(2)));
    /// # Ok::<(), ann_core::Error>(())
    /// ```
    pub fn step_classes(inputs: Examples<S, T>, labels: &[usize]) -> Result<Self> {
        let steps = inputs.dims().first().copied().unwrap_or(1);
        if labels.len() != inputs.len() * steps {
            let expected = format!("{}, one for each of {steps} steps", inputs.len() * steps);
            return Err(Error::shape("the classes of sequences", expected, labels.len()));
        }
        Self::new(inputs, Labels { steps: Some(steps), ..Labels::new(labels, N)? })
    }
}

impl<S: Shaped, O: Shaped, T: Scalar> InMemory<S, Values<O>, T> {
    /// Inputs with the values that belong to each.
    pub fn values(inputs: Examples<S, T>, targets: Examples<O, T>) -> Result<Self> {
        Self::new(inputs, targets)
    }
}

impl<S: Shaped, K: Stored, T: Scalar> InMemory<S, K, T> {
    pub(super) fn new(inputs: Examples<S, T>, targets: K::Column<T>) -> Result<Self> {
        if inputs.len() != targets.count() {
            let expected = format_args!("{}, one for each input", inputs.len()).to_string();
            return Err(Error::shape("the targets of a dataset", expected, targets.count()));
        }
        if inputs.is_empty() {
            return Err(Error::Empty { what: "the dataset".into() });
        }
        Ok(Self { inputs, targets, lengths: None, weights: None })
    }

    /// With so many steps of each sequence that are no padding: 1 to the steps of an input, a number for each.
    pub fn with_lengths(self, lengths: &[usize]) -> Result<Self> {
        let data = Self { lengths: Some(lengths.to_vec()), ..self };
        one_each("the lengths of a dataset", data.len(), lengths.len())?;
        check_lengths(data.inputs.dims(), lengths.iter().copied().map(Some))?;
        Ok(data)
    }

    /// With what each example counts in the loss: finite, not negative, not all 0, a number for each.
    pub fn with_weights(self, weights: &[f64]) -> Result<Self> {
        one_each("the weights of a dataset", self.len(), weights.len())?;
        check_weights(weights.iter().copied().map(Some))?;
        Ok(Self { weights: Some(weights.to_vec()), ..self })
    }

    /// Two sets: so large a part of the examples, chosen by the seed, and the rest. Neither may be empty.
    ///
    /// Copies both; [`split()`](super::split()) makes views of any dataset.
    pub fn split(&self, fraction: f64, seed: u64) -> Result<(Self, Self)> {
        let (first, second) = split::numbers(self.len(), fraction, &Shuffle::new(seed))?;
        Ok((self.select(&first)?, self.select(&second)?))
    }

    /// The examples with these numbers, in this order; at least one.
    pub fn select(&self, numbers: &[usize]) -> Result<Self> {
        let data = Self::new(self.inputs.select(numbers)?, self.targets.pick(numbers)?)?;
        // The numbers are those of examples that are there, as these were found.
        let lengths = self.lengths.as_ref().map(|lengths| numbers.iter().map(|i| lengths[*i]).collect());
        let weights = self.weights.as_ref().map(|weights| numbers.iter().map(|i| weights[*i]).collect());
        Ok(Self { lengths, weights, ..data })
    }
}

impl<S: Shaped, K: Stored, T: Scalar> Dataset for InMemory<S, K, T> {
    type Input = S;
    type Target = K;

    fn len(&self) -> usize {
        self.inputs.len()
    }

    fn input_dims(&self) -> Vec<usize> {
        self.inputs.dims().to_vec()
    }

    fn target_dims(&self) -> Vec<usize> {
        self.targets.sizes()
    }

    fn read<U: Scalar>(&self, index: usize, input: &mut [U], target: &mut [U]) -> Result<()> {
        self.read_batch(once(index), input, target)
    }

    fn read_batch<U: Scalar>(
        &self,
        numbers: impl Indices,
        inputs: &mut [U],
        targets: &mut [U],
    ) -> Result<()> {
        self.inputs.read(numbers.clone(), inputs)?;
        self.targets.copy(numbers, targets)
    }

    fn length(&self, index: usize) -> Option<usize> {
        self.lengths.as_ref()?.get(index).copied()
    }

    fn weight(&self, index: usize) -> Option<f64> {
        self.weights.as_ref()?.get(index).copied()
    }
}

impl Labels {
    /// Labels of so many classes, each from 0 to one less.
    pub fn new(labels: &[usize], classes: usize) -> Result<Self> {
        Self::gather(labels.iter().copied(), classes)
    }

    pub(super) fn gather<L: Copy + Display + TryInto<usize>>(
        labels: impl Iterator<Item = L>,
        classes: usize,
    ) -> Result<Self> {
        let one = |(number, label): (usize, L)| -> Result<u32> {
            let found = label.try_into().ok().filter(|label| *label < classes);
            found.and_then(|label| u32::try_from(label).ok()).ok_or_else(|| Error::Label {
                place: format!("example {number}"),
                found: label.to_string(),
                classes,
            })
        };
        Ok(Self { numbers: labels.enumerate().map(one).collect::<Result<_>>()?, classes, steps: None })
    }

    /// The labels.
    pub fn as_slice(&self) -> &[u32] {
        &self.numbers
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }
}

impl Labels {
    /// Those of one example.
    #[inline]
    fn of(&self, number: usize) -> Result<&[u32]> {
        let width = self.steps.unwrap_or(1);
        self.numbers
            .get(number * width..(number + 1) * width)
            .ok_or_else(|| out_of_range(number, self.count()))
    }
}

impl Column for Labels {
    fn count(&self) -> usize {
        self.numbers.len() / self.steps.unwrap_or(1).max(1)
    }

    fn sizes(&self) -> Vec<usize> {
        self.steps.into_iter().collect()
    }

    fn pick(&self, numbers: &[usize]) -> Result<Self> {
        let mut labels = Vec::new();
        for number in numbers {
            labels.extend_from_slice(self.of(*number)?);
        }
        Ok(Self { numbers: labels, ..*self })
    }

    #[inline]
    fn copy<T: Scalar>(&self, numbers: impl Indices, to: &mut [T]) -> Result<()> {
        let steps = self.steps.unwrap_or(1);
        check_place(numbers.len() * steps, to.len())?;
        if steps == 1 {
            for (number, to) in numbers.zip(to) {
                let label = self.numbers.get(number).ok_or_else(|| out_of_range(number, self.count()))?;
                *to = T::from_f64(f64::from(*label));
            }
            return Ok(());
        }
        for (number, to) in numbers.zip(to.chunks_exact_mut(steps.max(1))) {
            for (to, label) in to.iter_mut().zip(self.of(number)?) {
                *to = T::from_f64(f64::from(*label));
            }
        }
        Ok(())
    }
}

impl<S: Shaped, U: Scalar> Column for Examples<S, U> {
    fn count(&self) -> usize {
        self.len()
    }

    fn sizes(&self) -> Vec<usize> {
        self.dims().to_vec()
    }

    fn pick(&self, numbers: &[usize]) -> Result<Self> {
        self.select(numbers)
    }

    #[inline]
    fn copy<T: Scalar>(&self, numbers: impl Indices, to: &mut [T]) -> Result<()> {
        self.read(numbers, to)
    }
}

#[cfg(test)]
mod tests {
    use ann_autodiff::Rank1;

    use super::*;

    type Iris = InMemory<Rank1<2>, Class<3>, f64>;

    fn inputs(count: usize) -> Examples<Rank1<2>, f64> {
        Examples::from_vec((0..2 * count).map(|i| i as f64).collect()).unwrap()
    }

    #[test]
    fn labels_out_of_range_are_named_by_their_example() {
        let error = Iris::classes(inputs(4), &[0, 2, 3, 1]).unwrap_err();
        assert_eq!(error.to_string(), "example 2: label 3 is not one of the 3 classes (0 to 2)");
    }

    #[test]
    fn counts_that_do_not_agree_and_empty_sets_are_refused() {
        let error = Iris::classes(inputs(4), &[0, 2]).unwrap_err();
        assert_eq!(error.to_string(), "the targets of a dataset: expected 4, one for each input, found 2");
        let error = Iris::classes(inputs(0), &[]).unwrap_err();
        assert_eq!(error.to_string(), "the dataset holds no examples; at least one is needed");
    }

    /// A batch of several and the same read one by one, in the precision of the data and in another one.
    fn check_batches<S: Shaped, K: Stored>(data: &InMemory<S, K, f64>) {
        fn check<S: Shaped, K: Stored, T: Scalar>(data: &InMemory<S, K, f64>, numbers: &[usize]) {
            let width: usize = data.input_dims().iter().product();
            let target_width: usize = data.target_dims().iter().product();
            let empty = || (vec![T::ONE; numbers.len() * width], vec![T::ONE; numbers.len() * target_width]);
            let (mut x, mut y) = empty();
            data.read_batch(numbers.iter().copied(), &mut x, &mut y).unwrap();
            let (mut of_each, mut target_of_each) = empty();
            for (i, number) in numbers.iter().enumerate() {
                let x = &mut of_each[i * width..][..width];
                data.read(*number, x, &mut target_of_each[i * target_width..][..target_width]).unwrap();
            }
            assert_eq!((&x, &y), (&of_each, &target_of_each));
            let Some(cut) = y.len().checked_sub(1) else { return };
            assert!(data.read_batch(numbers.iter().copied(), &mut x, &mut y[..cut]).is_err());
            assert!(data.read_batch(numbers.iter().copied(), &mut x[1..], &mut y).is_err());
            let behind = once(data.len()).chain(numbers[1..].iter().copied());
            let error = data.read_batch(behind.collect::<Vec<_>>().into_iter(), &mut x, &mut y).unwrap_err();
            assert!(
                error.to_string().starts_with("the number of an example: expected less than 4"),
                "{error}"
            );
        }
        for numbers in [&[][..], &[2], &[3, 0, 0, 1, 2]] {
            check::<S, K, f64>(data, numbers);
            check::<S, K, f32>(data, numbers);
        }
    }

    #[test]
    fn a_batch_is_its_examples_one_after_the_other() {
        check_batches(&Iris::classes(inputs(4), &[0, 2, 1, 1]).unwrap());
        let values = Examples::<Rank1<3>, f64>::from_vec((0..12).map(f64::from).collect()).unwrap();
        check_batches(&InMemory::<_, Values<Rank1<3>>, f64>::values(inputs(4), values).unwrap());
        let steps: InMemory<_, Classes<2, 3>, f64> =
            InMemory::step_classes(inputs(4), &[0, 2, 1, 1, 0, 0, 2, 1]).unwrap();
        check_batches(&steps);
    }

    #[test]
    fn examples_are_read_in_either_precision() {
        let data = Iris::classes(inputs(3), &[0, 2, 1]).unwrap();
        let (mut x, mut y) = ([0.0_f32; 2], [0.0_f32]);
        data.read(1, &mut x, &mut y).unwrap();
        assert_eq!((x, y), ([2.0, 3.0], [2.0]));
        assert!(data.read(3, &mut x, &mut y).is_err());
        assert!(data.read(0, &mut x[..1], &mut y).is_err());
        assert!(data.target_dims().is_empty());
    }

    #[test]
    fn a_split_holds_every_example_once() {
        let data = Iris::classes(inputs(30), &[1; 30]).unwrap();
        let (first, second) = data.split(0.8, 3).unwrap();
        assert_eq!((first.len(), second.len()), (24, 6));
        let mut all = [first.inputs.to_f64(), second.inputs.to_f64()].concat();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, inputs(30).to_f64());
        let (again, _) = data.split(0.8, 3).unwrap();
        assert_eq!(again.inputs, first.inputs);
        assert_ne!(data.split(0.8, 4).unwrap().0.inputs, first.inputs);
    }
}
