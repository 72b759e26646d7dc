//! The laws on every operation of the registry, and on random sizes.

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::op::{Draw, Fill};
use crate::ops::{
    Add, AvgPool2d, BatchNorm, BinaryCrossEntropy, Conv2d, Conv2dBias, Direction, Dropout, GaussianNoise,
    Gru, Linear, Lstm, LstmOutput, MatMul, MaxPool2d, MeanSquaredError, Mul, Normalize, Pooling, Relu, Rnn,
    Sigmoid, Sub, Tanh, Windows,
};
use crate::{Epilogue, OPS};

#[test]
fn every_operation_keeps_the_laws() {
    let reports: Vec<String> = OPS.iter().filter_map(|op| (op.check_laws)().err()).collect();
    assert!(reports.is_empty(), "{}", reports.join("\n"));
}

fn kinds() -> &'static [[Cpu; 3]] {
    static KINDS: OnceLock<Vec<[Cpu; 3]>> = OnceLock::new();
    KINDS.get_or_init(Cpu::of_every_kind)
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
    check_on::<O, N>(kinds(), &case, &inputs)
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
        laws_hold(MatMul { transposed, ..MatMul::default() }, [&[rows, k], &w])?;
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
    // Loops over steps are slow in a debug build: each of the random sizes under one instruction set.
    let kind = (b + t + k + n) % kinds().len();
    check_on::<O, N>(&kinds()[kind..=kind], &case, &inputs)
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
        check_on::<MaxPool2d, 1>(kinds(), &case, &[(x.to_vec(), values.clone())]).unwrap();
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
