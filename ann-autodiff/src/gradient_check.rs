//! Gradients against finite differences, in `f64`: for every operation by the registry, for users by [`check_gradient`].
//!
//! Differences are central and of fourth order, `(8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12 h` with `h` = 1e-3: the
//! truncation is of the order of 1e-12, rounding of 1e-13. The error is relative to the largest difference of the input, so
//! that an element whose gradient is 0 does not make it infinite.

use crate::backend::Reference;
use crate::op::{Case, Moment, Op, Role};
use crate::random::Random;
use crate::{Error, Plan, Tape, Var};

/// The largest relative error allowed.
pub const TOLERANCE: f64 = 1e-6;
const STEP: f64 = 1e-3;

/// Checks the gradient of `f` by all of its inputs, given as sizes and elements. `f` has to give a single number.
///
/// ```
/// ann_autodiff::check_gradient(|_, x| (x[0].sigmoid() + x[1]).tanh().sum(), &[(&[3], &[0.1, -2.0, 1.0]), (&[1], &[0.3])])?;
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
pub fn check_gradient(
    f: impl for<'t> Fn(&'t Tape, &[Var<'t>]) -> Var<'t>,
    inputs: &[(&[usize], &[f64])],
) -> Result<(), Error> {
    check("the function", &f, inputs, &vec![true; inputs.len()])
}

/// A formula to be checked.
type Formula<'f> = &'f dyn for<'t> Fn(&'t Tape, &[Var<'t>]) -> Var<'t>;

fn check(
    what: &str,
    f: Formula<'_>,
    inputs: &[(&[usize], &[f64])],
    differentiable: &[bool],
) -> Result<(), Error> {
    let tape = Tape::new();
    let x: Vec<Var<'_>> = inputs
        .iter()
        .zip(differentiable)
        .map(|((dims, _), differentiable)| if *differentiable { tape.input(dims) } else { tape.data(dims) })
        .collect();
    let loss = f(&tape, &x);
    let mut plan = Plan::<f64>::compile_for(&Reference, &tape, Some(loss), &[])?;
    plan.set_moment(Moment { seed: 1, step: 1 });
    for (number, (_, values)) in inputs.iter().enumerate() {
        let place = plan.input_mut(number);
        if place.len() != values.len() {
            return Err(Error::Length { what: "an input", expected: place.len(), found: values.len() });
        }
        place.copy_from_slice(values);
    }
    plan.forward(&[])?;
    plan.backward(&[], &mut [])?;
    let gradients: Vec<Option<Vec<f64>>> =
        (0..inputs.len()).map(|number| plan.input_gradient(number).map(<[f64]>::to_vec)).collect();
    for (number, (_, values)) in inputs.iter().enumerate() {
        if !differentiable[number] {
            continue;
        }
        let mut differences = Vec::with_capacity(values.len());
        for index in 0..values.len() {
            let mut at = |offset: f64| {
                plan.input_mut(number)[index] = values[index] + offset;
                plan.forward(&[]).map(|()| plan.loss())
            };
            let near = at(STEP)? - at(-STEP)?;
            let far = at(2.0 * STEP)? - at(-2.0 * STEP)?;
            plan.input_mut(number)[index] = values[index];
            differences.push((8.0 * near - far) / (12.0 * STEP));
        }
        let zeros = vec![0.0; values.len()];
        let gradient = gradients[number].as_ref().unwrap_or(&zeros);
        let scale = differences.iter().fold(1e-3_f64, |scale, d| scale.max(d.abs()));
        for (index, (gradient, difference)) in gradient.iter().zip(&differences).enumerate() {
            let error = (gradient - difference).abs() / scale;
            if error > TOLERANCE || error.is_nan() {
                return Err(Error::Gradient {
                    what: what.to_owned(),
                    input: number,
                    index,
                    gradient: *gradient,
                    difference: *difference,
                    error,
                    allowed: TOLERANCE,
                });
            }
        }
    }
    Ok(())
}

/// Checks each case of an operation; the output is weighted by random numbers to a single one.
pub(crate) fn check_cases<O: Op<N>, const N: usize>() -> Result<(), Error> {
    for (number, case) in O::CASES.iter().enumerate() {
        let drawn = draw(case, number);
        let inputs: Vec<(&[usize], &[f64])> =
            case.inputs.iter().zip(&drawn).map(|(fill, values)| (fill.dims, &values[..])).collect();
        let differentiable: Vec<bool> = O::ROLES.iter().map(|role| *role == Role::Differentiable).collect();
        let what = format!("`{}`, case `{}`,", O::NAME, case.name);
        check(&what, &|tape, x| weighted(tape, case, x, number), &inputs, &differentiable)?;
    }
    Ok(())
}

/// The output of the case's operation, each element weighted by a random number, summed.
fn weighted<'t, O: Op<N>, const N: usize>(
    tape: &'t Tape,
    case: &Case<O>,
    x: &[Var<'t>],
    number: usize,
) -> Var<'t> {
    let Ok(x) = <[Var<'t>; N]>::try_from(x) else {
        return tape.fail(Error::Length { what: "the inputs of a case", expected: N, found: x.len() });
    };
    let y = tape.apply(case.op.clone(), x);
    let dims = y.extents().to_vec();
    let random = Random::new(number as u64).stream(u64::MAX);
    let weights: Vec<f64> = (0..y.extents().count()).map(|i| random.normal(i as u64)).collect();
    tape.apply(crate::ops::Mul, [y, tape.constant(&dims, &weights)]).sum()
}

fn draw<O>(case: &Case<O>, number: usize) -> Vec<Vec<f64>> {
    let random = Random::new(number as u64);
    case.inputs.iter().enumerate().map(|(i, fill)| fill.draw(random.stream(i as u64))).collect()
}

/// Checks an operation of one's own on each of its [cases](Op::CASES): its gradients against finite differences, and what
/// holds for every operation. Among that: backward reads only what [`Op::SAVES`] names and adds to its gradients; forward
/// hides no NaN; sizes that do not fit are refused, not met with a panic.
///
/// ```
/// use ann_autodiff::{Case, Extents, Fill, Op, Output, Role, Saved, Saves, Scalar, View, check_op};
///
/// /// `y = x^2`, with a mistake in its gradient.
/// #[derive(Clone, Debug, PartialEq)]
/// struct Square;
///
/// impl Op<1> for Square {
///     const NAME: &'static str = "square";
///     const SAVES: Saves = Saves::INPUTS;
///     const ROLES: [Role; 1] = [Role::Differentiable];
///     const CASES: &'static [Case<Self>] =
///         &[Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[2, 3])] }];
///
///     fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
///         Ok(x)
///     }
///     fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
///         for (x, y) in x.iter().zip(y.iter_mut()) {
///             *y = *x * *x;
///         }
///     }
///     fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
///         for ((x, dy), dx) in saved.x[0].iter().zip(dy).zip(dx) {
///             *dx += *x * *dy;
///         }
///     }
/// }
///
/// let report = check_op::<Square, 1>().unwrap_err();
/// assert!(report.contains("`square`, case `both signs`"), "{report}");
/// ```
///
/// # Errors
/// The first thing that does not hold: the operation, the case, and the numbers.
pub fn check_op<O: Op<N>, const N: usize>() -> Result<(), String> {
    check_cases::<O, N>().map_err(|error| error.to_string())?;
    check_laws::<O, N>()
}

/// Checks what holds for every operation, on each case.
pub(crate) fn check_laws<O: Op<N>, const N: usize>() -> Result<(), String> {
    crate::definition_laws::check::<O, N>()?;
    crate::laws::check::<O, N>()
}

#[cfg(test)]
mod tests {
    use crate::OPS;

    #[test]
    fn every_gradient_agrees_with_finite_differences() {
        for op in OPS {
            assert!(0 < op.n_cases);
            (op.check_gradients)().unwrap_or_else(|report| panic!("{report}"));
        }
    }
}
