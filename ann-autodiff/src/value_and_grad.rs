//! Values and gradients of a formula, for those who want autodiff without a network.

use crate::{Error, Plan, Scalar, Tape, Var};

/// The value of `f` at `x`, a vector, and its gradient.
///
/// To run one formula at many places, record it on a [`Tape`] and run its [`Plan`] again and again.
///
/// ```
/// use ann_autodiff::value_and_grad;
///
/// let (value, gradient) = value_and_grad(|_, x| (x * x).sum(), &[1.0, 2.0])?;
/// assert_eq!((value, gradient), (5.0, vec![2.0, 4.0]));
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
///
/// # Errors
/// A formula whose sizes do not fit, or that does not give a single number.
pub fn value_and_grad<T: Scalar>(
    f: impl for<'t> FnOnce(&'t Tape, Var<'t>) -> Var<'t>,
    x: &[T],
) -> Result<(T, Vec<T>), Error> {
    let (value, mut gradients) = value_and_grads(|tape, x| f(tape, x[0]), &[(&[x.len()], x)])?;
    Ok((value, gradients.pop().unwrap_or_default()))
}

/// The value of `f` of several tensors, each given by its sizes and elements, and the gradients by all of them.
///
/// ```
/// use ann_autodiff::value_and_grads;
///
/// let (x, w) = ([1.0_f32, 2.0], [3.0_f32, 4.0]);
/// let (value, gradients) = value_and_grads(|_, x| x[0].matmul(x[1]).sum(), &[(&[1, 2], &x), (&[2, 1], &w)])?;
/// assert_eq!((value, &gradients[1]), (11.0, &vec![1.0, 2.0]));
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
///
/// # Errors
/// As of [`value_and_grad`]; sizes that have not as many elements as are given.
pub fn value_and_grads<T: Scalar>(
    f: impl for<'t> FnOnce(&'t Tape, &[Var<'t>]) -> Var<'t>,
    inputs: &[(&[usize], &[T])],
) -> Result<(T, Vec<Vec<T>>), Error> {
    let tape = Tape::new();
    let x: Vec<Var<'_>> = inputs.iter().map(|(dims, _)| tape.input(dims)).collect();
    let loss = f(&tape, &x);
    let mut plan = Plan::<T>::compile(&tape, Some(loss), &[])?;
    for (number, (_, values)) in inputs.iter().enumerate() {
        let place = plan.input_mut(number);
        if place.len() != values.len() {
            return Err(Error::Length {
                what: "the elements of an input",
                expected: place.len(),
                found: values.len(),
            });
        }
        place.copy_from_slice(values);
    }
    plan.forward(&[])?;
    plan.backward(&[], &mut [])?;
    // An input that the value does not depend on has a gradient of zeros.
    let gradient = |(number, (_, values)): (usize, &(&[usize], &[T]))| {
        plan.input_gradient(number).map_or_else(|| vec![T::ZERO; values.len()], <[T]>::to_vec)
    };
    Ok((plan.loss(), inputs.iter().enumerate().map(gradient).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_that_does_not_matter_has_a_gradient_of_zeros() {
        let (_, gradients) =
            value_and_grads(|_, x| x[0].sum(), &[(&[1], &[2.0_f64]), (&[2], &[1.0, 1.0])]).unwrap();
        assert_eq!(gradients, [vec![1.0], vec![0.0, 0.0]]);
    }

    #[test]
    fn a_formula_that_gives_several_numbers_is_refused() {
        let error = value_and_grad(|_, x| x * x, &[1.0_f64, 2.0]).unwrap_err();
        assert!(matches!(error, Error::NotScalar { .. }), "{error}");
    }

    #[test]
    fn too_few_elements_are_refused() {
        assert!(value_and_grads(|_, x| x[0].sum(), &[(&[3], &[2.0_f64])]).is_err());
    }
}
