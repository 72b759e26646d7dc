//! What holds for every operation on every backend, whatever it computes.
//!
//! On each of an operation's cases: [`Cpu`] agrees with [`Reference`], forward and backward, in both kinds of numbers, whether
//! its gradients are the first to be written or are added to others; gives the same bits on any number of threads; and neither
//! reads memory that nobody wrote.

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
        check_on::<O, N>(&teams, case, &inputs)
            .map_err(|what| format!("`{}`, case `{}`: {what}", O::NAME, case.name))?;
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
        agree::<f32, O, N>(teams, &case.op, inputs, others)
            .map_err(|what| format!("f32, {others:?}: {what}"))?;
        agree::<f64, O, N>(teams, &case.op, inputs, others)
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
    teams: &[Cpu],
    op: &O,
    inputs: &[(Vec<usize>, Vec<f64>)],
    others: Others,
) -> Result<(), String> {
    let expected = results::<T, _, O, N>(&Reference, op, inputs, others)?;
    let n_outputs = expected[0].len();
    let mut first: Option<Vec<Vec<T>>> = None;
    for cpu in teams {
        let found = results::<T, _, O, N>(cpu, op, inputs, others)?;
        for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let name = if number == 0 {
                "the output".to_owned()
            } else {
                format!("the gradient by input {}", number - 1)
            };
            let largest =
                expected.iter().map(|x| x.to_f64().abs()).filter(|x| x.is_finite()).fold(0.0, f64::max);
            // Each element is a sum of at least so many terms of the order of 1; where they cancel, their rounding is left.
            let terms = (n_outputs / expected.len().max(1)).max(1) as f64;
            let allowed = T::EPSILON.to_f64() * (ROUNDING * largest + 4.0 * terms);
            for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                let same = found == expected || (found.is_nan() && expected.is_nan());
                // Negated, so that NaN is an error.
                if !(same || (found.to_f64() - expected.to_f64()).abs() <= allowed) {
                    return Err(format!(
                        "element {index} of {name} is {found:e}, by definition {expected:e}"
                    ));
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
mod tests {
    use std::sync::OnceLock;

    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;
    use crate::op::{Draw, Fill};
    use crate::ops::{
        Add, AvgPool2d, BatchNorm, BinaryCrossEntropy, Conv2d, Conv2dBias, Direction, Dropout, GaussianNoise,
        Gru, Linear, Lstm, LstmOutput, MatMul, MaxPool2d, MeanSquaredError, Mul, Normalize, Pooling, Relu,
        Rnn, Sigmoid, Sub, Tanh, Windows,
    };
    use crate::{Epilogue, OPS};

    #[test]
    fn every_operation_keeps_the_laws() {
        let reports: Vec<String> = OPS.iter().filter_map(|op| (op.check_laws)().err()).collect();
        assert!(reports.is_empty(), "{}", reports.join("\n"));
    }

    fn teams() -> &'static [Cpu] {
        static TEAMS: OnceLock<[Cpu; 3]> = OnceLock::new();
        TEAMS.get_or_init(|| [1, 2, 3].map(Cpu::with_threads))
    }

    /// Checks the laws on inputs of these sizes, each filled as the operation's first case fills it.
    fn laws_hold<O: Op<N>, const N: usize>(op: O, dims: [&[usize]; N]) -> Result<(), TestCaseError> {
        let random = Random::new(11);
        let inputs: Vec<(Vec<usize>, Vec<f64>)> = (0..N)
            .map(|i| {
                let count: usize = dims[i].iter().product();
                let with = O::CASES[0].inputs[i].with;
                // Numbers that are alike would be ordered differently by rounding to f32.
                let draw = |at: u64| match with {
                    Draw::Positive => 0.5 + random.stream(i as u64).uniform(at),
                    _ => random.stream(i as u64).normal(at),
                };
                (dims[i].to_vec(), (0..count as u64).map(draw).collect())
            })
            .collect();
        let case = Case { name: "random sizes", op, inputs: &[] as &[Fill] };
        check_on::<O, N>(teams(), &case, &inputs)
            .map_err(|what| TestCaseError::fail(format!("{}: {what}", O::NAME)))
    }

    fn epilogue() -> impl Strategy<Value = Epilogue> {
        prop_oneof![Just(Epilogue::None), Just(Epilogue::Relu), Just(Epilogue::Sigmoid), Just(Epilogue::Tanh)]
    }

    proptest! {
        // The same sizes on every run; 1500 others were tried once.
        #![proptest_config(ProptestConfig {
            cases: 48,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(1),
            ..ProptestConfig::default()
        })]

        #[test]
        fn dense_layers_of_any_size_keep_the_laws(
            rows in 0..70usize, n in 1..90usize, k in 1..90usize, epilogue in epilogue()
        ) {
            laws_hold(Linear { epilogue }, [&[rows, k], &[n, k], &[n]])?;
        }

        #[test]
        fn matrix_products_of_any_size_keep_the_laws(
            rows in 0..40usize, n in 1..70usize, k in 1..70usize, transposed: bool
        ) {
            let w = if transposed { [n, k] } else { [k, n] };
            laws_hold(MatMul { transposed }, [&[rows, k], &w])?;
        }

        #[test]
        fn convolutions_of_any_size_keep_the_laws(
            (images, groups, channels, filters) in (0..6usize, 1..3usize, 1..4usize, 1..20usize),
            image in [1..14usize, 1..14usize],
            kernel in [1..5usize, 1..5usize],
            (stride, pad, dilation) in ([1..3usize, 1..3usize], [0..3usize, 0..3usize], [1..3usize, 1..3usize]),
            epilogue in epilogue(),
        ) {
            let windows = Windows { stride, pad, dilation, groups };
            let fits = (0..2).all(|axis| dilation[axis] * (kernel[axis] - 1) < image[axis] + 2 * pad[axis]);
            prop_assume!(fits);
            let x = [images, groups * channels, image[0], image[1]];
            let w = [groups * filters, channels, kernel[0], kernel[1]];
            laws_hold(Conv2dBias { windows, epilogue }, [&x, &w, &[groups * filters]])?;
            laws_hold(Conv2d { windows }, [&x, &w])?;
        }

        #[test]
        fn pooling_of_any_size_keeps_the_laws(
            (images, channels) in (0..4usize, 1..4usize),
            image in [1..16usize, 1..16usize],
            kernel in [1..4usize, 1..4usize],
            stride in [1..4usize, 1..4usize],
            halved in [0..2usize, 0..2usize],
            ceil: bool,
        ) {
            prop_assume!((0..2).all(|axis| kernel[axis] <= image[axis]));
            let pad = [halved[0] * (kernel[0] / 2), halved[1] * (kernel[1] / 2)];
            let windows = Pooling { kernel, stride, pad, ceil };
            let x = [images, channels, image[0], image[1]];
            laws_hold(MaxPool2d { windows }, [&x])?;
            laws_hold(AvgPool2d { windows }, [&x])?;
            let windows = Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false };
            if image[0].min(image[1]) > 1 {
                laws_hold(MaxPool2d { windows }, [&x])?;
                laws_hold(AvgPool2d { windows }, [&x])?;
            }
        }

        #[test]
        fn recurrent_layers_of_any_size_keep_the_laws(
            sizes in [0..40usize, 1..9usize, 1..40usize, 1..40usize],
            activation in epilogue(),
            [reverse, cell, peepholes, states, lengths] in any::<[bool; 5]>(),
        ) {
            let n = sizes[3];
            let direction = if reverse { Direction::Reverse } else { Direction::Forward };
            let output = if cell { LstmOutput::HiddenAndCell } else { LstmOutput::Hidden };
            let peepholes = if peepholes { 3 * n } else { 0 };
            recurrent_laws_hold::<_, 6>(Rnn { activation, direction }, sizes, 1, &[], states, lengths)?;
            recurrent_laws_hold::<_, 8>(Lstm { direction, output }, sizes, 4, &[peepholes], states, lengths)?;
            recurrent_laws_hold::<_, 7>(Gru { direction }, sizes, 3, &[n], states, lengths)?;
        }

        #[test]
        fn normalization_of_any_size_keeps_the_laws(
            (outer, channels, height, width) in (1..9usize, 1..20usize, 1..7usize, 1..7usize)
        ) {
            // Of few elements the gradient is the small rest of a cancellation, and f32 leaves little of it.
            prop_assume!(outer * height * width >= 12);
            let c: &[usize] = &[channels];
            let x = [outer, channels, height, width];
            laws_hold(BatchNorm { eps: 1e-2 }, [&x, c, c, c, c])?;
            laws_hold(Normalize { eps: 1e-2 }, [&x, c, c, c, c])?;
            laws_hold(BatchNorm { eps: 1e-2 }, [&[outer + 11, channels], c, c, c, c])?;
            laws_hold(Normalize { eps: 1e-2 }, [&[outer, channels], c, c, c, c])?;
        }
    }

    /// Checks the laws of a recurrent operation: sequences, two weights, vectors of `rest`, states, and lengths that may be nonsense.
    fn recurrent_laws_hold<O: Op<N>, const N: usize>(
        op: O,
        [b, t, k, n]: [usize; 4],
        gates: usize,
        rest: &[usize],
        states: bool,
        lengths: bool,
    ) -> Result<(), TestCaseError> {
        let random = Random::new(17);
        let none = vec![0];
        let mut dims = vec![vec![b, t, k], vec![gates * n, k], vec![gates * n, n], vec![gates * n]];
        dims.extend(rest.iter().map(|size| vec![*size]));
        let state = if states { vec![b, n] } else { none.clone() };
        dims.resize(N - 1, state);
        dims.push(if lengths { vec![b] } else { none });
        let inputs: Vec<(Vec<usize>, Vec<f64>)> = dims
            .into_iter()
            .enumerate()
            .map(|(i, dims)| {
                let count: usize = dims.iter().product();
                // Weights small enough that the state is no chaos, in which rounding grows from step to step.
                let scale = if i == 1 || i == 2 { 0.5 / (dims[1] as f64).sqrt() } else { 0.5 };
                let draw = |at: u64| match i {
                    // One sequence in twelve or so is of no length.
                    _ if i == N - 1 => (1 + random.below(at, t + t.div_ceil(12))) as f64,
                    _ => scale * random.stream(i as u64).normal(at),
                };
                (dims, (0..count as u64).map(draw).collect())
            })
            .collect();
        let case = Case { name: "random sizes", op, inputs: &[] as &[Fill] };
        check_on::<O, N>(teams(), &case, &inputs)
            .map_err(|what| TestCaseError::fail(format!("{}: {what}", O::NAME)))
    }

    #[test]
    fn pooling_of_equals_and_of_nan_keeps_the_laws() {
        let x = [2, 3, 7, 8];
        let random = Random::new(2);
        let whole = |i: u64| {
            let value = random.below(i, 3) as f64 - 1.0;
            if random.below(i + 1_000_000, 20) == 0 { f64::NAN } else { value }
        };
        let values: Vec<f64> = (0..x.iter().product::<usize>() as u64).map(whole).collect();
        for (kernel, stride) in [(2, 2), (3, 2), (2, 1)] {
            let windows = Pooling { kernel: [kernel; 2], stride: [stride; 2], pad: [0; 2], ceil: false };
            let case = Case { name: "equals and NaN", op: MaxPool2d { windows }, inputs: &[] as &[Fill] };
            check_on::<MaxPool2d, 1>(teams(), &case, &[(x.to_vec(), values.clone())]).unwrap();
        }
    }

    #[test]
    fn elements_in_several_pieces_keep_the_laws() {
        for count in [0, 1, 5, 16_384, 40_001] {
            let x: &[usize] = &[count];
            let results = [
                laws_hold(Relu, [x]),
                laws_hold(Sigmoid, [x]),
                laws_hold(Tanh, [x]),
                laws_hold(Dropout { p: 0.3, stream: 4 }, [x]),
                laws_hold(GaussianNoise { deviation: 0.3, stream: 4 }, [x]),
                laws_hold(Add, [x, x]),
                laws_hold(Sub, [x, x]),
                laws_hold(Mul, [x, x]),
            ];
            for result in results {
                result.unwrap();
            }
            if count > 0 {
                laws_hold(MeanSquaredError, [x, x]).unwrap();
                laws_hold(BinaryCrossEntropy, [x, x]).unwrap();
            }
        }
    }
}
