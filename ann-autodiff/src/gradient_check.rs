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
    let names: Vec<String> = (0..inputs.len()).map(|number| format!("input {number}")).collect();
    let inputs: Vec<(&str, &[f64])> =
        names.iter().zip(inputs).map(|(name, (_, values))| (name.as_str(), *values)).collect();
    check_recorded(what, &tape, loss, &[], &inputs)
}

/// Checks the gradient of what is on a tape, a single number: by each of its [inputs](Tape::input) and by each of its
/// parameters. `parameters` are the values of all, in the order of [`Tape::layout`]; `inputs` the values of all that is given
/// from outside, in the order in which it was recorded, each with the name that an error calls it by.
///
/// ```
/// use ann_autodiff::{Tape, check_recorded};
///
/// let tape = Tape::new();
/// let x = tape.input(&[2, 3]);
/// let loss = x.linear(tape.parameter("w", &[1, 3]), tape.parameter("b", &[1])).tanh().sum();
/// check_recorded("a neuron", &tape, loss, &[0.5, -1.0, 0.2, 0.1], &[("x", &[0.1, 0.2, 0.3, -1.0, 0.7, 2.0])])?;
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
///
/// # Errors
/// [`Error::Gradient`] for the first element whose gradient is off: of what, by what, and by how much. What is wrong with the tape
/// or with the number of values.
pub fn check_recorded(
    what: &str,
    tape: &Tape,
    loss: Var<'_>,
    parameters: &[f64],
    inputs: &[(&str, &[f64])],
) -> Result<(), Error> {
    let mut plan = Plan::<f64>::compile_for(&Reference, tape, Some(loss), &[])?;
    plan.set_moment(Moment { seed: 1, step: 1 });
    let recorded = tape.record()?.inputs;
    if recorded.len() != inputs.len() {
        return Err(Error::Length { what: "the inputs", expected: recorded.len(), found: inputs.len() });
    }
    for (number, (_, values)) in inputs.iter().enumerate() {
        let place = plan.input_mut(number);
        if place.len() != values.len() {
            return Err(Error::Length { what: "an input", expected: place.len(), found: values.len() });
        }
        place.copy_from_slice(values);
    }
    let mut parameters = parameters.to_vec();
    let mut gradients = vec![0.0; parameters.len()];
    plan.forward(&parameters)?;
    plan.backward(&parameters, &mut gradients)?;
    // A second forward overwrites them.
    let by_inputs: Vec<Option<Vec<f64>>> =
        (0..inputs.len()).map(|number| plan.input_gradient(number).map(<[f64]>::to_vec)).collect();
    for (number, ((name, values), (_, differentiable))) in inputs.iter().zip(recorded).enumerate() {
        if !differentiable {
            continue;
        }
        let differences = differences(values, |index, value| {
            plan.input_mut(number)[index] = value;
            plan.forward(&parameters).map(|()| plan.loss())
        })?;
        let zeros = vec![0.0; values.len()];
        compare(what, name, by_inputs[number].as_ref().unwrap_or(&zeros), &differences, values)?;
    }
    for segment in tape.layout().segments().iter().filter(|segment| segment.trainable) {
        let range = segment.range();
        let values = parameters[range.clone()].to_vec();
        let differences = differences(&values, |index, value| {
            parameters[range.start + index] = value;
            plan.forward(&parameters).map(|()| plan.loss())
        })?;
        let name = format!("`{}`", segment.name);
        compare(what, &name, &gradients[range.clone()], &differences, &values)?;
    }
    Ok(())
}

/// Checks a slope against differences of its value, at each of these places by itself.
///
/// ```
/// use ann_autodiff::check_slope;
///
/// check_slope("the sine", f64::sin, f64::cos, &[-2.0, 0.3, 1.0])?;
/// let error = check_slope("the sine", f64::sin, f64::sin, &[0.5]).unwrap_err();
/// assert!(error.to_string().contains("the gradient of the sine by x, at 0.5, is 4.79"), "{error}");
/// # Ok::<(), ann_autodiff::Error>(())
/// ```
///
/// # Errors
/// [`Error::Gradient`] for the first place where they differ, with both numbers.
pub fn check_slope(
    what: &str,
    value: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
    at: &[f64],
) -> Result<(), Error> {
    for x in at {
        let difference = differences(&[*x], |_, x| Ok(value(x)))?;
        compare(what, "x", &[slope(*x)], &difference, &[*x])?;
    }
    Ok(())
}

/// The differences of a function by each of its values; `at` calls it with one of them changed.
fn differences(
    values: &[f64],
    mut at: impl FnMut(usize, f64) -> Result<f64, Error>,
) -> Result<Vec<f64>, Error> {
    let mut differences = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let mut moved = |by: f64| at(index, value + by);
        let near = moved(STEP)? - moved(-STEP)?;
        let far = moved(2.0 * STEP)? - moved(-2.0 * STEP)?;
        // Back to where it was.
        moved(0.0)?;
        differences.push((8.0 * near - far) / (12.0 * STEP));
    }
    Ok(differences)
}

/// Refuses gradients that are not the differences.
fn compare(
    what: &str,
    by: &str,
    gradients: &[f64],
    differences: &[f64],
    values: &[f64],
) -> Result<(), Error> {
    let scale = differences.iter().fold(1e-3_f64, |scale, d| scale.max(d.abs()));
    for (index, (gradient, difference)) in gradients.iter().zip(differences).enumerate() {
        let error = (gradient - difference).abs() / scale;
        if error > TOLERANCE || error.is_nan() {
            let element = if values.len() == 1 { String::new() } else { format!("element {index} of ") };
            return Err(Error::Gradient {
                what: what.to_owned(),
                by: format!("{element}{by}"),
                at: values[index],
                gradient: *gradient,
                difference: *difference,
                error,
                allowed: TOLERANCE,
            });
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
