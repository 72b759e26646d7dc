//! [`Subset`] and [`split()`]: parts of a dataset, as views.

use ann_autodiff::Scalar;

use super::dataset::{Dataset, Indices};
use super::examples::out_of_range;
use super::order::Shuffle;
use crate::error::require;
use crate::{Error, Result};

/// Some examples of another dataset, under numbers of their own.
///
/// ```
/// use ann_core::autodiff::Rank1;
/// use ann_core::data::{Class, Dataset, Examples, InMemory, Subset};
///
/// let x: Examples<Rank1<1>> = Examples::from_vec(vec![0.0, 1.0, 2.0])?;
/// let data: InMemory<_, Class<2>> = InMemory::classes(x, &[0, 1, 0])?;
/// let ends = Subset::new(&data, vec![0, 2])?;
/// assert_eq!(ends.inputs::<f32>()?.as_slice(), [0.0, 2.0]);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Subset<D> {
    data: D,
    numbers: Vec<usize>,
}

impl<D: Dataset> Subset<D> {
    /// The examples with these numbers, in this order; each has to be there.
    pub fn new(data: D, numbers: Vec<usize>) -> Result<Self> {
        match numbers.iter().find(|number| data.len() <= **number) {
            Some(number) => Err(out_of_range(*number, data.len())),
            None => Ok(Self { data, numbers }),
        }
    }

    /// Their numbers in the whole.
    pub fn numbers(&self) -> &[usize] {
        &self.numbers
    }
}

impl<D: Dataset> Dataset for Subset<D> {
    type Input = D::Input;
    type Target = D::Target;

    fn len(&self) -> usize {
        self.numbers.len()
    }

    fn input_dims(&self) -> Vec<usize> {
        self.data.input_dims()
    }

    fn target_dims(&self) -> Vec<usize> {
        self.data.target_dims()
    }

    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<()> {
        let number = self.numbers.get(index).ok_or_else(|| out_of_range(index, self.len()))?;
        self.data.read(*number, input, target)
    }

    fn read_batch<T: Scalar>(
        &self,
        numbers: impl Indices,
        inputs: &mut [T],
        targets: &mut [T],
    ) -> Result<()> {
        if let Some(index) = numbers.clone().find(|index| self.len() <= *index) {
            return Err(out_of_range(index, self.len()));
        }
        self.data.read_batch(numbers.map(|index| self.numbers[index]), inputs, targets)
    }

    fn length(&self, index: usize) -> Option<usize> {
        self.data.length(*self.numbers.get(index)?)
    }

    fn weight(&self, index: usize) -> Option<f64> {
        self.data.weight(*self.numbers.get(index)?)
    }
}

/// Two views of a dataset: so large a part of its examples, chosen by the seed, and the rest. Neither may be empty.
///
/// ```
/// use ann_core::autodiff::Rank1;
/// use ann_core::data::{Class, Dataset, Examples, InMemory, split};
///
/// let x: Examples<Rank1<1>> = Examples::from_vec(vec![0.0; 50])?;
/// let data: InMemory<_, Class<2>> = InMemory::classes(x, &[0; 50])?;
/// let (train, test) = split(&data, 0.8, 1)?;
/// assert_eq!((train.len(), test.len()), (40, 10));
/// # Ok::<(), ann_core::Error>(())
/// ```
pub fn split<D: Dataset>(data: &D, fraction: f64, seed: u64) -> Result<(Subset<&D>, Subset<&D>)> {
    let (first, second) = numbers(data.len(), fraction, &Shuffle::new(seed))?;
    Ok((Subset { data, numbers: first }, Subset { data, numbers: second }))
}

/// The numbers of both parts.
pub(super) fn numbers(examples: usize, fraction: f64, shuffle: &Shuffle) -> Result<(Vec<usize>, Vec<usize>)> {
    let inside = 0.0 < fraction && fraction < 1.0;
    require(inside, "a split", "fraction", fraction, "it must lie between 0 and 1, without the ends")?;
    let first = (examples as f64 * fraction).round() as usize;
    if first == 0 || first == examples {
        return Err(Error::shape(
            format!("a split of {examples} examples at {fraction}"),
            "at least one example on either side",
            format_args!("{first} and {}", examples - first),
        ));
    }
    // Epoch u64::MAX is never trained in: a split has nothing to do with the order of an epoch under the same seed.
    let mut numbers = shuffle.order(u64::MAX, examples);
    let second = numbers.split_off(first);
    Ok((numbers, second))
}

#[cfg(test)]
mod tests {
    use ann_autodiff::Rank1;

    use super::super::{Class, Examples, InMemory};
    use super::*;

    fn data(count: usize) -> InMemory<Rank1<1>, Class<2>> {
        let x = Examples::from_vec((0..count).map(|i| i as f32).collect()).unwrap();
        InMemory::classes(x, &vec![0; count]).unwrap()
    }

    #[test]
    fn both_parts_together_are_the_whole() {
        let data = data(101);
        let (train, test) = split(&data, 0.75, 9).unwrap();
        assert_eq!((train.len(), test.len()), (76, 25));
        let mut all = [train.numbers(), test.numbers()].concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..101));
        let read = train.inputs::<f64>().unwrap();
        assert!(read.as_slice().iter().zip(train.numbers()).all(|(x, number)| *x == *number as f64));
    }

    #[test]
    fn a_batch_of_a_part_is_of_the_examples_with_its_numbers() {
        let data = data(10);
        let (part, _) = split(&data, 0.5, 3).unwrap();
        let (mut x, mut y) = ([0.0_f32; 3], [1.0_f32; 3]);
        part.read_batch([4, 0, 4].into_iter(), &mut x, &mut y).unwrap();
        let expected = [4, 0, 4].map(|index| part.numbers()[index] as f32);
        assert_eq!((x, y), (expected, [0.0; 3]));
        let error = part.read_batch([0, 5, 1].into_iter(), &mut x, &mut y).unwrap_err();
        assert_eq!(error.to_string(), "the number of an example: expected less than 5, found 5");
    }

    #[test]
    fn a_part_without_examples_is_refused() {
        for fraction in [0.0, 1.0, -0.5, 2.0, f64::NAN, f64::INFINITY] {
            assert!(split(&data(10), fraction, 0).is_err(), "{fraction}");
        }
        let error = split(&data(3), 0.9, 0).unwrap_err();
        assert!(
            error.to_string().ends_with("expected at least one example on either side, found 3 and 0"),
            "{error}"
        );
        assert!(split(&data(1), 0.5, 0).is_err());
    }

    #[test]
    fn a_subset_of_what_is_not_there_is_refused() {
        let error = Subset::new(data(3), vec![0, 3]).unwrap_err();
        assert_eq!(error.to_string(), "the number of an example: expected less than 3, found 3");
    }
}
