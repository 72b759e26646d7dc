//! What operations that treat each element by itself have in common: a value and a slope.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

use crate::op::{Output, View};
use crate::scalar::total;
use crate::{Extents, Scalar};

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

/// A loss that is the mean over all elements of a function of output and target.
///
/// [`mean_loss!`] makes two operations of it: of output and target, and of output, target and weights. Weights are those of
/// rows: their sizes are the first of the output's, each counts for all elements of its row, and the mean is
/// `sum of w value / sum of w`. Where all weights are 0 there is nothing to say: the loss is 0.
pub(crate) trait MeanLoss: Clone {
    /// The settings, or why they are out of range.
    fn validate(&self) -> Result<(), String> {
        Ok(())
    }

    /// The price of one element.
    fn value<T: Scalar>(&self, x: T, t: T) -> T;

    /// Its derivative by `x`.
    fn slope<T: Scalar>(&self, x: T, t: T) -> T;

    /// [`value`](Self::value) for the processor's kernel, where that has functions of its own.
    #[inline(always)]
    fn fast_value<T: Scalar>(&self, x: T, t: T) -> T {
        self.value(x, t)
    }

    /// [`slope`](Self::slope) for the processor's kernel.
    #[inline(always)]
    fn fast_slope<T: Scalar>(&self, x: T, t: T) -> T {
        self.slope(x, t)
    }
}

/// Sizes of the mean: a single number.
pub(crate) fn mean_shape(loss: &impl MeanLoss, [x, t]: [Extents; 2]) -> Result<Extents, String> {
    loss.validate()?;
    if x == t { Ok(Extents::SCALAR) } else { Err("output and target have to be of the same sizes".into()) }
}

/// The same with weights.
pub(crate) fn weighted_shape(loss: &impl MeanLoss, [x, t, w]: [Extents; 3]) -> Result<Extents, String> {
    if x[..].starts_with(&w) && !w.is_empty() {
        mean_shape(loss, [x, t])
    } else {
        Err(format!("the weights {w} have to be those of rows of {x}"))
    }
}

/// The mean over all elements. Of no elements it is 0 / 0, NaN.
pub(crate) fn mean<T: Scalar>(loss: &impl MeanLoss, [x, t]: [View<'_, T>; 2], mut y: Output<'_, T>) {
    y[0] = T::from_f64(total(x.iter().zip(t.iter()).map(|(x, t)| loss.value(*x, *t))) / x.len() as f64);
}

/// `dx += dy slope / count`
pub(crate) fn mean_backward<T: Scalar>(
    loss: &impl MeanLoss,
    [x, t]: [View<'_, T>; 2],
    dy: &[T],
    dx: &mut [T],
) {
    let share = dy[0] / T::from_usize(x.len());
    for ((x, t), dx) in x.iter().zip(t.iter()).zip(dx) {
        *dx += share * loss.slope(*x, *t);
    }
}

/// The weighted mean. What counts nothing is not looked at: padding may hold anything.
pub(crate) fn weighted_mean<T: Scalar>(
    loss: &impl MeanLoss,
    [x, t, w]: [View<'_, T>; 3],
    mut y: Output<'_, T>,
) {
    let width = row_width(x.len(), w.len());
    let rows = x.chunks_exact(width).zip(t.chunks_exact(width)).zip(w.iter());
    let sum: f64 = rows
        .filter(|(_, w)| **w != T::ZERO)
        .map(|((x, t), w)| w.to_f64() * total(x.iter().zip(t).map(|(x, t)| loss.value(*x, *t))))
        .sum();
    y[0] = T::from_f64(sum * share(&w) / width as f64);
}

/// `dx += dy w slope / (width sum of w)`
pub(crate) fn weighted_backward<T: Scalar>(
    loss: &impl MeanLoss,
    [x, t, w]: [View<'_, T>; 3],
    dy: &[T],
    dx: &mut [T],
) {
    let width = row_width(x.len(), w.len());
    let all = share(&w) / width as f64;
    let rows = x.chunks_exact(width).zip(t.chunks_exact(width)).zip(w.iter()).zip(dx.chunks_exact_mut(width));
    for (((x, t), w), dx) in rows.filter(|((_, w), _)| **w != T::ZERO) {
        let share = dy[0] * T::from_f64(w.to_f64() * all);
        for ((x, t), dx) in x.iter().zip(t).zip(dx) {
            *dx += share * loss.slope(*x, *t);
        }
    }
}

fn row_width(elements: usize, rows: usize) -> usize {
    (elements / rows.max(1)).max(1)
}

/// `1 / sum of w`; 0 if that is 0.
pub(crate) fn share<T: Scalar>(w: &[T]) -> f64 {
    let sum: f64 = w.iter().map(|w| w.to_f64()).sum();
    if sum == 0.0 { 0.0 } else { 1.0 / sum }
}

/// Makes operations of a [`MeanLoss`]: its name, cases of output and target, cases of output, target and weights.
macro_rules! mean_loss {
    ($op:ident, $name:literal, [$($case:expr),+ $(,)?], weighted [$($weighted:expr),+ $(,)?]) => {
        impl crate::op::Op<2> for $op {
            const NAME: &'static str = $name;
            const SAVES: crate::op::Saves = crate::op::Saves::INPUTS;
            const ROLES: [crate::op::Role; 2] = [crate::op::Role::Differentiable, crate::op::Role::Fixed];
            const CASES: &'static [crate::op::Case<Self>] = &[$($case),+];

            fn shape(&self, x: [crate::Extents; 2]) -> Result<crate::Extents, String> {
                crate::pointwise::mean_shape(self, x)
            }

            fn forward<T: crate::Scalar>(&self, x: [crate::op::View<'_, T>; 2], y: crate::op::Output<'_, T>) {
                crate::pointwise::mean(self, x, y);
            }

            fn backward<T: crate::Scalar>(
                &self,
                saved: crate::op::Saved<'_, T, 2>,
                dy: &[T],
                [dx, _]: [&mut [T]; 2],
            ) {
                crate::pointwise::mean_backward(self, saved.x, dy, dx);
            }
        }

        impl crate::op::Op<3> for $op {
            const NAME: &'static str = $name;
            const SAVES: crate::op::Saves = crate::op::Saves::INPUTS;
            const ROLES: [crate::op::Role; 3] =
                [crate::op::Role::Differentiable, crate::op::Role::Fixed, crate::op::Role::Fixed];
            const CASES: &'static [crate::op::Case<Self>] = &[$($weighted),+];

            fn shape(&self, x: [crate::Extents; 3]) -> Result<crate::Extents, String> {
                crate::pointwise::weighted_shape(self, x)
            }

            fn forward<T: crate::Scalar>(&self, x: [crate::op::View<'_, T>; 3], y: crate::op::Output<'_, T>) {
                crate::pointwise::weighted_mean(self, x, y);
            }

            fn backward<T: crate::Scalar>(
                &self,
                saved: crate::op::Saved<'_, T, 3>,
                dy: &[T],
                [dx, _, _]: [&mut [T]; 3],
            ) {
                crate::pointwise::weighted_backward(self, saved.x, dy, dx);
            }
        }
    };
}
pub(crate) use mean_loss;

#[cfg(test)]
mod tests {
    use crate::{Plan, Tape};

    #[test]
    fn weights_of_rows_make_a_weighted_mean_and_all_zero_make_nothing() {
        let tape = Tape::new();
        let (x, t, w) = (tape.input(&[3, 2]), tape.data(&[3, 2]), tape.data(&[3]));
        let mut plan = Plan::<f64>::compile(&tape, Some(x.mean_squared_error_weighted(t, w)), &[]).unwrap();
        plan.input_mut(0).copy_from_slice(&[1.0, 2.0, 3.0, 4.0, f64::NAN, 0.0]);
        for (weights, loss, gradient) in [
            // (2 (1 + 4) + 1 (9 + 16)) / (2 3)
            ([2.0, 1.0, 0.0], 35.0 / 6.0, [2.0 * 2.0 / 6.0, 8.0 / 6.0, 1.0, 8.0 / 6.0, 0.0, 0.0]),
            ([0.0; 3], 0.0, [0.0; 6]),
        ] {
            plan.input_mut(2).copy_from_slice(&weights);
            plan.forward(&[]).unwrap();
            assert!((plan.loss() - loss).abs() < 1e-15, "{}", plan.loss());
            plan.backward(&[], &mut []).unwrap();
            let found = plan.input_gradient(0).unwrap();
            assert!(found.iter().zip(gradient).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
        }
    }
}
