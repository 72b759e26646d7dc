//! What operations that treat each element by itself have in common: a value and a slope.

use crate::Scalar;
use crate::op::{Output, Saved, View};
use crate::scalar::total;

/// Forward of one input: `y = value(x)`.
pub(crate) fn forward<T: Scalar>(x: View<'_, T>, mut y: Output<'_, T>, value: impl Fn(T) -> T) {
    for (x, y) in x.iter().zip(y.iter_mut()) {
        *y = value(*x);
    }
}

/// Backward of one input: `dx += dy slope`, the slope being a function of what was saved: the input or the output.
pub(crate) fn backward<T: Scalar>(saved: View<'_, T>, dy: &[T], dx: &mut [T], slope: impl Fn(T) -> T) {
    for ((saved, dy), dx) in saved.iter().zip(dy).zip(dx) {
        *dx += *dy * slope(*saved);
    }
}

/// Forward of a loss: the mean over all elements of `value(x, t)`. Of no elements it is 0 / 0, NaN.
pub(crate) fn mean<T: Scalar>([x, t]: [View<'_, T>; 2], mut y: Output<'_, T>, value: impl Fn(T, T) -> T) {
    y[0] = T::from_f64(total(x.iter().zip(t.iter()).map(|(x, t)| value(*x, *t))) / x.len() as f64);
}

/// Backward of a loss: `dx += dy slope(x, t) / count`.
pub(crate) fn mean_backward<T: Scalar>(
    saved: Saved<'_, T, 2>,
    dy: &[T],
    dx: &mut [T],
    slope: impl Fn(T, T) -> T,
) {
    let [x, t] = saved.x;
    let share = dy[0] / T::from_usize(x.len());
    for ((x, t), dx) in x.iter().zip(t.iter()).zip(dx) {
        *dx += share * slope(*x, *t);
    }
}
