//! What holds for every operation on every backend, whatever it computes.
//!
//! On each of an operation's cases: [`Cpu`] agrees with [`Reference`], under each instruction set that this processor has, forward and
//! backward, in both kinds of numbers, whether its gradients are the first to be written or are added to others; gives the same
//! bits on any number of threads; and neither reads memory that nobody wrote. The cases are small: where there is a kernel, they are
//! grown as well, so that its loops go through whole vectors and a rest.

use std::sync::Arc;

use crate::op::{AnyOp, Case, Draw, Erased, Moment, Op, Role};
use crate::random::Random;
use crate::{Backend, Cpu, Extents, Plan, Reference, Scalar, Tape, Var};

/// Rounding allowed, relative to the largest number of a tensor, in units of [`Scalar::EPSILON`]: sums of some hundreds of
/// terms in another order, and exponentials good to two units.
const ROUNDING: f64 = 100.0;

/// What a size grows to: two of the longest vectors of `f32`, one of a shorter kind, and a rest.
const GROWN: usize = 45;

/// Most numbers of a grown case: the definitions are slow.
const MOST: usize = 8000;

/// Sizes and elements of an operation's inputs.
type Inputs = Vec<(Vec<usize>, Vec<f64>)>;

/// Checks the laws on each case of an operation.
pub(crate) fn check<O: Op<N>, const N: usize>() -> Result<(), String> {
    let kinds = Cpu::of_every_kind();
    for (number, case) in O::CASES.iter().enumerate() {
        let random = Random::new(number as u64);
        let sizes: Vec<Vec<usize>> = case.inputs.iter().map(|fill| fill.dims.to_vec()).collect();
        for sizes in std::iter::once(sizes.clone()).chain(grown(&kinds[0][0], &case.op, &sizes)) {
            let what = format!("`{}`, case `{}`, on {sizes:?}", O::NAME, case.name);
            let draw = |(i, dims): (usize, Vec<usize>)| {
                let (with, count) = (case.inputs[i].with, dims.iter().product());
                let values = match with {
                    Draw::These(values) => values.iter().copied().cycle().take(count).collect(),
                    _ => with.draw(count, random.stream(i as u64)),
                };
                (dims, values)
            };
            let inputs: Inputs = sizes.into_iter().enumerate().map(draw).collect();
            check_on::<O, N>(&kinds, case, &inputs).map_err(|found| format!("{what}: {found}"))?;
        }
    }
    Ok(())
}

/// The sizes of a case, each size in turn replaced wherever it occurs, if the operation takes that and has a kernel for it.
fn grown<O: Op<N>, const N: usize>(cpu: &Cpu, op: &O, sizes: &[Vec<usize>]) -> Vec<Vec<Vec<usize>>> {
    let op: Arc<dyn AnyOp> = Arc::new(Erased(op.clone()));
    let mut olds: Vec<usize> = sizes.iter().flatten().copied().filter(|size| 0 < *size).collect();
    olds.sort_unstable();
    olds.dedup();
    let grow = |old: usize| {
        let mut sizes = sizes.to_vec();
        for size in sizes.iter_mut().flatten().filter(|size| **size == old) {
            *size = GROWN;
        }
        let extents: Vec<Extents> =
            sizes.iter().map(|dims| Extents::new(dims).ok()).collect::<Option<_>>()?;
        let y = op.shape(&extents).ok()?;
        if MOST < extents.iter().chain([&y]).map(Extents::count).sum() {
            return None;
        }
        cpu.kernel::<f32>(&op, &extents, y).map(|_| sizes)
    };
    olds.into_iter().filter_map(grow).collect()
}

/// Checks the laws for an operation on inputs given as sizes and elements.
pub(crate) fn check_on<O: Op<N>, const N: usize>(
    kinds: &[[Cpu; 3]],
    case: &Case<O>,
    inputs: &[(Vec<usize>, Vec<f64>)],
) -> Result<(), String> {
    for others in [Others::None, Others::Before, Others::After] {
        agree::<f32, O, N>(kinds, &case.op, inputs, others)
            .map_err(|what| format!("f32, {others:?}: {what}"))?;
        agree::<f64, O, N>(kinds, &case.op, inputs, others)
            .map_err(|what| format!("f64, {others:?}: {what}"))?;
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
    kinds: &[[Cpu; 3]],
    op: &O,
    inputs: &[(Vec<usize>, Vec<f64>)],
    others: Others,
) -> Result<(), String> {
    let expected = results::<T, _, O, N>(&Reference, op, inputs, others)?;
    for kind in kinds {
        let mut first: Option<Vec<Vec<T>>> = None;
        for cpu in kind {
            let found = results::<T, _, O, N>(cpu, op, inputs, others)?;
            near(&found, &expected).map_err(|what| format!("{cpu:?}: {what}"))?;
            if let Some(first) = &first
                && bits(first) != bits(&found)
            {
                return Err(format!("{cpu:?}: other bits than on {} threads", kind[0].threads()));
            }
            first.get_or_insert(found);
        }
    }
    Ok(())
}

fn bits<T: Scalar>(results: &[Vec<T>]) -> Vec<u64> {
    results.iter().flatten().map(|value| value.to_f64().to_bits()).collect()
}

/// Whether an output and gradients differ by rounding at most.
fn near<T: Scalar>(found: &[Vec<T>], expected: &[Vec<T>]) -> Result<(), String> {
    let n_outputs = expected[0].len();
    for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
        let name = match number {
            0 => "the output".to_owned(),
            _ => format!("the gradient by input {}", number - 1),
        };
        let largest = expected.iter().map(|x| x.to_f64().abs()).filter(|x| x.is_finite()).fold(0.0, f64::max);
        // Each element is a sum of at least so many terms of the order of 1; where they cancel, their rounding is left.
        let terms = (n_outputs / expected.len().max(1)).max(1) as f64;
        let allowed = T::EPSILON.to_f64() * (ROUNDING * largest + 4.0 * terms);
        for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
            let same = found == expected || (found.is_nan() && expected.is_nan());
            // Negated, so that NaN is an error.
            if !(same || (found.to_f64() - expected.to_f64()).abs() <= allowed) {
                return Err(format!("element {index} of {name} is {found:e}, by definition {expected:e}"));
            }
        }
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
    // Weighted by random numbers, so that no gradient is like another; and with a product of elements no plan is small, so that all
    // threads take part.
    let others_of = || {
        let differentiable = leaves.iter().zip(O::ROLES).filter(|(_, role)| *role == Role::Differentiable);
        differentiable.map(|(leaf, _)| weighted_sum(&tape, *leaf)).reduce(|a, b| a + b)
    };
    let mut other = None;
    if let Others::After = others {
        // Recorded earlier, run backward later.
        other = others_of();
    }
    let Ok(x) = <[Var<'_>; N]>::try_from(leaves.clone()) else {
        return Err("the case has not every input".into());
    };
    let y = tape.apply(op.clone(), x);
    if let Others::Before = others {
        other = others_of();
    }
    let mut loss = weighted_sum(&tape, y);
    if let Some(other) = other {
        loss = loss + other;
    }
    let mut plan =
        Plan::<T>::compile_for(backend, &tape, Some(loss), &[y]).map_err(|error| error.to_string())?;
    plan.set_moment(Moment { seed: 3, step: 5 });
    plan.poison();
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
mod tests;
