//! Sums, means and extremes.

use crate::Var;
use crate::ops::{MaxAxis, Sum, SumAxis};

impl<'t, S> Var<'t, S> {
    /// The sum of all elements.
    pub fn sum(self) -> Var<'t> {
        self.map(Sum { scale: 1.0 })
    }

    /// The mean of all elements; NaN if there are none.
    pub fn mean(self) -> Var<'t> {
        self.map(Sum { scale: 1.0 / self.extents().count() as f64 })
    }

    /// The sum along an axis, which is gone from the result; see [`SumAxis`]. [`insert_axis`](Self::insert_axis) brings
    /// it back for broadcasting.
    ///
    /// ```
    /// use ann_autodiff::value_and_grads;
    ///
    /// // How far each element is from the mean of its row, squared.
    /// let rows = [1.0, 3.0, 2.0, 6.0];
    /// let (value, _) =
    ///     value_and_grads(|_, x| (x[0] - x[0].mean_axis(1).insert_axis(1)).square().sum(), &[(&[2, 2], &rows)])?;
    /// assert_eq!(value, 1.0 + 1.0 + 4.0 + 4.0);
    /// # Ok::<(), ann_autodiff::Error>(())
    /// ```
    pub fn sum_axis(self, axis: usize) -> Var<'t> {
        self.map(SumAxis { axis, scale: 1.0 })
    }

    /// The mean along an axis, which is gone from the result; NaN if the axis is empty.
    pub fn mean_axis(self, axis: usize) -> Var<'t> {
        let count = self.extents().get(axis).copied().unwrap_or_default();
        self.map(SumAxis { axis, scale: 1.0 / count as f64 })
    }

    /// The largest element along an axis, which is gone from the result; see [`MaxAxis`].
    pub fn max_axis(self, axis: usize) -> Var<'t> {
        self.map(MaxAxis { axis })
    }

    /// The smallest element along an axis, which is gone from the result: `-max(-x)`.
    pub fn min_axis(self, axis: usize) -> Var<'t> {
        -(-self).max_axis(axis)
    }
}
