//! Sums over long vectors: in `f64`, in one order, whatever the machine.
//!
//! Sixteen lanes are summed side by side, which lets the compiler use vector instructions, and then one after the other.

use ann_autodiff::Scalar;

const LANES: usize = 16;

/// The sum of `term(a, b)` over two vectors of one length.
fn sum<T: Scalar>(a: &[T], b: &[T], term: impl Fn(f64, f64) -> f64) -> f64 {
    assert_eq!(a.len(), b.len(), "vectors of different lengths");
    let mut lanes = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += term(a.to_f64(), b.to_f64());
        }
    }
    for ((lane, a), b) in lanes.iter_mut().zip(a_rest).zip(b_rest) {
        *lane += term(a.to_f64(), b.to_f64());
    }
    lanes.iter().sum()
}

/// The scalar product.
pub(crate) fn dot<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    sum(a, b, |a, b| a * b)
}

/// The largest absolute value; NaN if there is a NaN.
pub(super) fn largest<T: Scalar>(values: &[T]) -> f64 {
    values.iter().fold(T::ZERO, |largest, value| largest.maximum(value.abs())).to_f64()
}

/// The Euclidean norm, summed in `f64` and in a fixed order, so that it does not depend on threads. Neither large nor
/// small numbers overflow. NaN if there is a NaN.
///
/// ```
/// use ann_core::optimizer::norm;
/// assert_eq!(norm(&[3.0_f32, -4.0]), 5.0);
/// assert!((norm(&[3e200, -4e200]) / 5e200 - 1.0).abs() < 1e-15);
/// ```
pub fn norm<T: Scalar>(values: &[T]) -> f64 {
    let squares = dot(values, values);
    if (1e-280..f64::INFINITY).contains(&squares) || squares.is_nan() {
        return squares.sqrt();
    }
    // Out of the range of squares: scaled by the largest.
    let scale = largest(values);
    if scale == 0.0 || !scale.is_finite() {
        return scale;
    }
    scale * sum(values, values, |a, b| (a / scale) * (b / scale)).sqrt()
}
