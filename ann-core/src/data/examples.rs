//! [`Examples`]: numbers in memory, a row for each example.

use std::marker::PhantomData;

use ann_autodiff::{STEPS, Scalar, Shaped, fits, written};

use super::dataset::Indices;
use crate::{Error, Result};

/// Examples of shape `S`, row-major one after the other: what a network predicts from, and what it predicts.
///
/// Data are finite: NaN and infinities are refused with the number of the example and the place in it.
///
/// ```
/// use ann_core::autodiff::Rank1;
/// use ann_core::data::Examples;
///
/// let x: Examples<Rank1<2>> = Examples::from_vec(vec![1.0, 2.0, 3.0, 4.0])?;
/// assert_eq!((x.len(), x.row(1)), (2, Some(&[3.0, 4.0][..])));
///
/// let error = Examples::<Rank1<2>, f64>::from_vec(vec![1.0, f64::NAN]).unwrap_err();
/// assert_eq!(error.to_string(), "example 0, column 1 is NaN; data must be finite numbers");
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Examples<S, T = f32> {
    dims: Vec<usize>,
    /// Numbers an example, at least 1.
    width: usize,
    values: Vec<T>,
    shape: PhantomData<S>,
}

impl<S: Shaped, T: Scalar> Examples<S, T> {
    /// Numbers of an example, where the shape says: then the compiler knows how much there is to copy.
    const WIDTH: Option<usize> = match S::DIMS {
        Some(dims) => {
            let (mut width, mut axis) = (1_usize, 0);
            while axis < dims.len() {
                width = width.saturating_mul(dims[axis]);
                axis += 1;
            }
            // An axis whose size is open has more than there can be.
            if width < STEPS { Some(width) } else { None }
        }
        None => None,
    };

    /// Of as many numbers as the shape has for each example. The shape's sizes have to be known while compiling.
    pub fn from_vec(values: Vec<T>) -> Result<Self> {
        Self::from_vec_with_dims(values, &known::<S>()?)
    }

    /// Of examples of sizes known only at run time: for [`Dyn`](ann_autodiff::Dyn), and for sequences, whose length the
    /// shape leaves open.
    pub fn from_vec_with_dims(values: Vec<T>, dims: &[usize]) -> Result<Self> {
        let examples = Self::unchecked(values, dims)?;
        if let Some(at) = examples.values.iter().position(|value| !value.is_finite()) {
            let (example, column, value) =
                (at / examples.width, at % examples.width, examples.values[at].to_f64());
            return Err(Error::NotFinite { what: "example", example, column, value });
        }
        Ok(examples)
    }

    /// The same for numbers that a network computed: they may be anything.
    pub(crate) fn unchecked(values: Vec<T>, dims: &[usize]) -> Result<Self> {
        let width = dims.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
        let fit = S::DIMS.is_none_or(|wanted| fits(wanted, dims));
        let width = width.filter(|width| fit && 0 < *width).ok_or_else(|| {
            let wanted = S::DIMS.map_or_else(|| "sizes of at least 1".to_owned(), written);
            Error::shape("the sizes of an example", wanted, format_args!("{dims:?}"))
        })?;
        if !values.len().is_multiple_of(width) {
            let what = format!("examples of {dims:?}");
            return Err(Error::shape(what, format_args!("a multiple of {width} numbers"), values.len()));
        }
        Ok(Self { dims: dims.to_vec(), width, values, shape: PhantomData })
    }

    /// Of rows, each an example.
    ///
    /// ```
    /// # use ann_core::{autodiff::Rank1, data::Examples};
    /// let x: Examples<Rank1<3>, f64> = Examples::from_rows(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])?;
    /// assert_eq!(x.len(), 2);
    /// # Ok::<(), ann_core::Error>(())
    /// ```
    pub fn from_rows(rows: &[impl AsRef<[T]>]) -> Result<Self> {
        let dims = known::<S>()?;
        let width: usize = dims.iter().product();
        if let Some((number, row)) = rows.iter().enumerate().find(|(_, row)| row.as_ref().len() != width) {
            let expected = format_args!("{width} numbers, for {dims:?}").to_string();
            return Err(Error::shape(format!("row {number}"), expected, row.as_ref().len()));
        }
        Self::from_vec_with_dims(rows.iter().flat_map(AsRef::as_ref).copied().collect(), &dims)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len() / self.width()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The sizes of one.
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// How many numbers one has.
    #[inline]
    pub fn width(&self) -> usize {
        Self::WIDTH.unwrap_or(self.width)
    }

    /// All numbers.
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// All numbers, taken out.
    pub fn into_vec(self) -> Vec<T> {
        self.values
    }

    /// The numbers of one example.
    #[inline]
    pub fn row(&self, number: usize) -> Option<&[T]> {
        self.values.get(number.checked_mul(self.width())?..)?.get(..self.width())
    }

    /// The numbers of each example.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[T]> {
        self.values.chunks_exact(self.width)
    }

    /// The first `count`, or all if there are fewer.
    #[must_use]
    pub fn take(&self, count: usize) -> Self {
        self.with(self.values[..count.min(self.len()) * self.width].to_vec())
    }

    /// Those with these numbers, in this order.
    pub fn select(&self, numbers: &[usize]) -> Result<Self> {
        let mut values = Vec::with_capacity(numbers.len() * self.width);
        for number in numbers {
            values.extend_from_slice(self.row(*number).ok_or_else(|| out_of_range(*number, self.len()))?);
        }
        Ok(self.with(values))
    }

    /// All numbers in 64 bits, exactly.
    pub fn to_f64(&self) -> Vec<f64> {
        self.values.iter().map(|value| value.to_f64()).collect()
    }

    /// The same in another kind of number, each rounded to the nearest. A number beyond `f32` is refused.
    pub fn cast<U: Scalar>(&self) -> Result<Examples<S, U>> {
        let values = self.values.iter().map(|value| U::from_f64(value.to_f64())).collect();
        Examples::from_vec_with_dims(values, &self.dims)
    }

    /// Other examples of the same sizes.
    fn with(&self, values: Vec<T>) -> Self {
        Self { dims: self.dims.clone(), values, ..*self }
    }

    pub(super) fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// Copies the examples of these numbers into a batch, one after the other.
    #[inline]
    pub(super) fn read<U: Scalar>(&self, numbers: impl Indices, to: &mut [U]) -> Result<()> {
        let width = self.width();
        check_place(numbers.len() * width, to.len())?;
        for (number, to) in numbers.zip(to.chunks_exact_mut(width)) {
            let row = self.row(number).ok_or_else(|| out_of_range(number, self.len()))?;
            for (to, from) in to.iter_mut().zip(row) {
                *to = U::from_f64(from.to_f64());
            }
        }
        Ok(())
    }
}

/// The sizes of a shape that leaves none open.
fn known<S: Shaped>() -> Result<Vec<usize>> {
    let dims = S::DIMS.unwrap_or(&[STEPS]);
    if dims.contains(&STEPS) {
        let found = S::DIMS.map_or_else(|| "a shape known only at run time".to_owned(), written);
        return Err(Error::shape(
            "examples made without sizes",
            "a shape of known sizes, or `from_vec_with_dims`",
            found,
        ));
    }
    Ok(dims.to_vec())
}

/// An example that is not there.
pub(super) fn out_of_range(number: usize, len: usize) -> Error {
    Error::shape("the number of an example", format_args!("less than {len}"), number)
}

/// Refuses a place in a batch that is not of the size of what is to lie there.
#[inline]
pub(super) fn check_place(expected: usize, found: usize) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    Err(Error::shape("a place in a batch", format_args!("{expected} numbers"), found))
}

#[cfg(test)]
mod tests {
    use ann_autodiff::{Dyn, Rank1, Rank2, Rank3};

    use super::*;

    #[test]
    fn a_number_that_is_not_finite_is_named_by_its_place() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut values = vec![0.5; 20 * 784];
            values[7 * 784 + 3] = bad;
            let error = Examples::<Rank3<1, 28, 28>>::from_vec(values).unwrap_err();
            assert!(error.to_string().starts_with("example 7, column 3 is "), "{error}");
        }
    }

    #[test]
    fn numbers_that_fill_no_whole_example_are_refused() {
        let error = Examples::<Rank2<2, 3>>::from_vec(vec![0.0; 10]).unwrap_err();
        assert_eq!(error.to_string(), "examples of [2, 3]: expected a multiple of 6 numbers, found 10");
    }

    #[test]
    fn sizes_have_to_be_the_shapes_but_for_open_ones() {
        type Sequence = Rank2<{ STEPS }, 3>;
        assert_eq!(Examples::<Sequence>::from_vec_with_dims(vec![0.0; 30], &[5, 3]).unwrap().len(), 2);
        assert!(Examples::<Sequence>::from_vec_with_dims(vec![0.0; 30], &[3, 5]).is_err());
        assert!(Examples::<Sequence>::from_vec(vec![0.0; 30]).unwrap_err().to_string().contains("[_, 3]"));
        assert!(Examples::<Dyn>::from_vec(vec![0.0; 30]).is_err());
        assert_eq!(Examples::<Dyn>::from_vec_with_dims(vec![0.0; 30], &[5, 1, 3]).unwrap().dims(), [5, 1, 3]);
        for dims in [&[0][..], &[usize::MAX, 2], &[3, 0]] {
            assert!(Examples::<Dyn>::from_vec_with_dims(Vec::<f32>::new(), dims).is_err(), "{dims:?}");
        }
    }

    #[test]
    fn rows_of_another_length_are_named() {
        let error = Examples::<Rank1<2>>::from_rows(&[vec![1.0, 2.0], vec![1.0]]).unwrap_err();
        assert_eq!(error.to_string(), "row 1: expected 2 numbers, for [2], found 1");
    }

    #[test]
    fn selection_and_the_first_few() {
        let x = Examples::<Rank1<2>>::from_vec((0..10).map(|i| i as f32).collect()).unwrap();
        assert_eq!(x.select(&[4, 0]).unwrap().as_slice(), [8.0, 9.0, 0.0, 1.0]);
        assert!(x.select(&[5]).is_err());
        assert_eq!((x.take(2).len(), x.take(9).len()), (2, 5));
    }

    #[test]
    fn a_number_beyond_32_bits_is_refused_not_made_infinite() {
        let x = Examples::<Rank1<1>, f64>::from_vec(vec![1e300]).unwrap();
        assert!(x.cast::<f32>().is_err());
        assert_eq!(x.cast::<f64>().unwrap(), x);
    }
}
