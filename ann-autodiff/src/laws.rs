//! What holds for every operation on every backend, whatever it computes.
//!
//! On each of an operation's cases: [`Cpu`] agrees with [`Reference`], forward and backward, in both kinds of numbers, whether
//! its gradients are the first to be written or are added to others; and gives the same bits on any number of threads.

use crate::op::{Case, Moment, Op, Role};
use crate::random::Random;
use crate::{Backend, Cpu, Plan, Reference, Scalar, Tape, Var};

/// Rounding allowed, relative to the largest number of a tensor, in units of [`Scalar::EPSILON`]: sums of some hundreds of
/// terms in another order, and exponentials good to two units.
const ROUNDING: f64 = 100.0;

/// Checks the laws on each case of an operation.
pub(crate) fn check<O: Op<N>, const N: usize>() -> Result<(), String> {
    let teams = [1, 2, 3].map(Cpu::with_threads);
    for (number, case) in O::CASES.iter().enumerate() {
        let random = Random::new(number as u64);
        let inputs: Vec<(Vec<usize>, Vec<f64>)> = case
            .inputs
            .iter()
            .enumerate()
            .map(|(i, fill)| (fill.dims.to_vec(), fill.draw(random.stream(i as u64))))
            .collect();
        check_on::<O, N>(&teams, case, &inputs).map_err(|what| format!("`{}`, case `{}`: {what}", O::NAME, case.name))?;
    }
    Ok(())
}

/// Checks the laws for an operation on inputs given as sizes and elements.
pub(crate) fn check_on<O: Op<N>, const N: usize>(
    teams: &[Cpu],
    case: &Case<O>,
    inputs: &[(Vec<usize>, Vec<f64>)],
) -> Result<(), String> {
    for others in [Others::None, Others::Before, Others::After] {
        agree::<f32, O, N>(teams, &case.op, inputs, others).map_err(|what| format!("f32, {others:?}: {what}"))?;
        agree::<f64, O, N>(teams, &case.op, inputs, others).map_err(|what| format!("f64, {others:?}: {what}"))?;
    }
    Ok(())
}

/// When other gradients of the same inputs are written: never, before those of the operation, after.
#[derive(Clone, Copy, Debug)]
enum Others {
    None,
    Before,
    After,
}

fn agree<T: Scalar, O: Op<N>, const N: usize>(
    teams: &[Cpu],
    op: &O,
    inputs: &[(Vec<usize>, Vec<f64>)],
    others: Others,
) -> Result<(), String> {
    let expected = results::<T, _, O, N>(&Reference, op, inputs, others)?;
    let mut first: Option<Vec<Vec<T>>> = None;
    for cpu in teams {
        let found = results::<T, _, O, N>(cpu, op, inputs, others)?;
        for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let name = if number == 0 { "the output".to_owned() } else { format!("the gradient by input {}", number - 1) };
            let largest = expected.iter().map(|x| x.to_f64().abs()).filter(|x| x.is_finite()).fold(0.0, f64::max);
            let allowed = ROUNDING * T::EPSILON.to_f64() * largest;
            for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                let same = found == expected || (found.is_nan() && expected.is_nan());
                // Negated, so that NaN is an error.
                if !(same || (found.to_f64() - expected.to_f64()).abs() <= allowed) {
                    return Err(format!("element {index} of {name} is {found:e}, by definition {expected:e}"));
                }
            }
        }
        let bits = |results: &[Vec<T>]| -> Vec<u64> {
            results.iter().flatten().map(|value| value.to_f64().to_bits()).collect()
        };
        if let Some(first) = &first
            && bits(first) != bits(&found)
        {
            return Err(format!("other bits on {} threads than on {}", cpu.threads(), teams[0].threads()));
        }
        first.get_or_insert(found);
    }
    Ok(())
}

/// The output, and the gradients by each input; empty for those that have none.
fn results<T: Scalar, B: Backend, O: Op<N>, const N: usize>(
    backend: &B,
    op: &O,
    inputs: &[(Vec<usize>, Vec<f64>)],
    others: Others,
) -> Result<Vec<Vec<T>>, String> {
    let tape = Tape::new();
    let leaves: Vec<Var<'_>> = inputs
        .iter()
        .zip(O::ROLES)
        .map(|((dims, _), role)| if role == Role::Fixed { tape.data(dims) } else { tape.input(dims) })
        .collect();
    // Weighted by random numbers, so that no gradient is like another.
    let others_of = || {
        let differentiable = leaves.iter().zip(O::ROLES).filter(|(_, role)| *role == Role::Differentiable);
        differentiable.map(|(leaf, _)| weighted_sum(&tape, *leaf)).reduce(|a, b| a + b)
    };
    let mut other = None;
    if let Others::After = others {
        // Recorded earlier, run backward later.
        other = others_of();
    }
    let Ok(x) = <[Var<'_>; N]>::try_from(leaves.clone()) else { return Err("the case has not every input".into()) };
    let y = tape.apply(op.clone(), x);
    if let Others::Before = others {
        other = others_of();
    }
    let mut loss = weighted_sum(&tape, y);
    if let Some(other) = other {
        loss = loss + other;
    }
    let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &[y]).map_err(|error| error.to_string())?;
    plan.set_moment(Moment { seed: 3, step: 5 });
    for (number, (_, values)) in inputs.iter().enumerate() {
        for (to, from) in plan.input_mut(number).iter_mut().zip(values) {
            *to = T::from_f64(*from);
        }
    }
    // Twice: what the first run left behind must not matter.
    for _ in 0..2 {
        plan.forward(&[]).and_then(|()| plan.backward(&[], &mut [])).map_err(|error| error.to_string())?;
    }
    let mut results = vec![plan.output(0).to_vec()];
    results.extend((0..N).map(|number| plan.input_gradient(number).map(<[T]>::to_vec).unwrap_or_default()));
    Ok(results)
}

fn weighted_sum<'t>(tape: &'t Tape, x: Var<'t>) -> Var<'t> {
    let extents = x.extents();
    let random = Random::new(5);
    let weights: Vec<f64> = (0..extents.count()).map(|i| random.normal(i as u64)).collect();
    tape.apply(crate::ops::Mul, [x, tape.constant(&extents, &weights)]).sum()
}

#[cfg(test)]
mod tests {
    use crate::OPS;

    #[test]
    fn every_operation_keeps_the_laws() {
        for op in OPS {
            (op.check_laws)().unwrap_or_else(|report| panic!("{report}"));
        }
    }
}
