//! Exchange of arrays with users: `ndarray` arrays in and out, by the feature `ndarray`.

use std::fmt::Display;

use ann_autodiff::{Scalar, Shaped};
use ndarray::{ArrayBase, ArrayViewD, Data, Dimension, Ix1, IxDyn};

use super::dataset::{Class, Values};
use super::examples::Examples;
use super::memory::{InMemory, Labels};
use crate::{Error, Result};

impl<S: Shaped, T: Scalar> Examples<S, T> {
    /// Copies an array whose first axis counts the examples; the others have to be the shape's.
    ///
    /// ```
    /// # use ann_core::{autodiff::Rank2, data::Examples};
    /// let array = ndarray::Array3::<f32>::zeros((5, 2, 4));
    /// let x: Examples<Rank2<2, 4>> = Examples::from_array(&array)?;
    /// assert_eq!(x.len(), 5);
    /// assert!(Examples::<Rank2<4, 2>>::from_array(&array).is_err());
    /// # Ok::<(), ann_core::Error>(())
    /// ```
    pub fn from_array<A: Data<Elem = T>, D: Dimension>(array: &ArrayBase<A, D>) -> Result<Self> {
        let Some((_, dims)) = array.shape().split_first() else {
            return Err(Error::shape(
                "an array of examples",
                "at least one axis, which counts them",
                "no axis",
            ));
        };
        // The order of the logical indices, whatever the array's own layout.
        Self::from_vec_with_dims(array.iter().copied().collect(), dims)
    }

    /// As an array whose first axis counts the examples.
    pub fn to_array(&self) -> ArrayViewD<'_, T> {
        let sizes: Vec<usize> = [&[self.len()][..], self.dims()].concat();
        // The sizes were checked when the examples were made; an empty view stands for what cannot be.
        ArrayViewD::from_shape(IxDyn(&sizes), self.as_slice())
            .unwrap_or_else(|_| ndarray::ArrayView1::from(&[][..]).into_dyn())
    }
}

impl<S: Shaped, const N: usize, T: Scalar> InMemory<S, Class<N>, T> {
    /// Copies arrays: of inputs, the first axis counting examples, and of classes, numbers from 0.
    ///
    /// ```
    /// # use ann_core::{autodiff::Rank1, data::{Class, Dataset, InMemory}};
    /// let x = ndarray::array![[5.1, 3.5], [6.2, 2.9], [4.9, 3.0]];
    /// let species = ndarray::array![0, 1, 0];
    /// let iris: InMemory<Rank1<2>, Class<2>, f64> = InMemory::classes_from_arrays(&x, &species)?;
    /// assert_eq!(iris.len(), 3);
    /// # Ok::<(), ann_core::Error>(())
    /// ```
    pub fn classes_from_arrays<A, D, B, L>(
        inputs: &ArrayBase<A, D>,
        labels: &ArrayBase<B, Ix1>,
    ) -> Result<Self>
    where
        A: Data<Elem = T>,
        D: Dimension,
        B: Data<Elem = L>,
        L: Copy + Display + TryInto<usize>,
    {
        let inputs = Examples::from_array(inputs)?;
        Self::new(inputs, Labels::gather(labels.iter().copied(), N)?)
    }
}

impl<S: Shaped, O: Shaped, T: Scalar> InMemory<S, Values<O>, T> {
    /// Copies arrays whose first axes count examples.
    pub fn values_from_arrays<A, D, B, E>(inputs: &ArrayBase<A, D>, targets: &ArrayBase<B, E>) -> Result<Self>
    where
        A: Data<Elem = T>,
        D: Dimension,
        B: Data<Elem = T>,
        E: Dimension,
    {
        Self::new(Examples::from_array(inputs)?, Examples::from_array(targets)?)
    }
}

#[cfg(test)]
mod tests {
    use ann_autodiff::{Rank1, Rank3};
    use ndarray::{Array1, Array2, Array4, array};

    use super::*;

    #[test]
    fn an_array_is_read_by_its_indices_not_by_its_memory() {
        let array = Array2::from_shape_fn((2, 3), |(i, j)| (10 * i + j) as f64);
        let transposed = array.t();
        let x = Examples::<Rank1<2>, f64>::from_array(&transposed).unwrap();
        assert_eq!(x.as_slice(), [0.0, 10.0, 1.0, 11.0, 2.0, 12.0]);
        assert_eq!(x.to_array(), transposed.into_dyn());
        let images = Array4::<f32>::zeros((6, 1, 28, 28));
        assert_eq!(Examples::<Rank3<1, 28, 28>>::from_array(&images).unwrap().len(), 6);
        let error = Examples::<Rank3<3, 28, 28>>::from_array(&images).unwrap_err();
        assert_eq!(error.to_string(), "the sizes of an example: expected [3, 28, 28], found [1, 28, 28]");
    }

    #[test]
    fn arrays_of_values() {
        let x = array![[1.0_f32, 2.0], [3.0, 4.0]];
        let data: InMemory<Rank1<2>, Values<Rank1<1>>> =
            InMemory::values_from_arrays(&x, &array![[5.0], [6.0]]).unwrap();
        assert_eq!(data.targets.as_slice(), [5.0, 6.0]);
        // A column of numbers is no array of examples of [1].
        assert!(InMemory::<Rank1<2>, Values<Rank1<1>>>::values_from_arrays(&x, &array![5.0, 6.0]).is_err());
    }

    #[test]
    fn labels_out_of_range_are_named_by_their_example() {
        let labels = Array1::from(vec![0_i64, -1]);
        let error = InMemory::<Rank1<2>, Class<3>, f64>::classes_from_arrays(&Array2::zeros((2, 2)), &labels)
            .unwrap_err();
        assert_eq!(error.to_string(), "example 1: label -1 is not one of the 3 classes (0 to 2)");
    }
}
