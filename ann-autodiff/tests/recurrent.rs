//! Recurrent operations against loops that share nothing with them, and where lengths are nonsense or padding is.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann_autodiff::ops::{Direction, Gru, Lstm, LstmOutput, Rnn};
use ann_autodiff::random::Random;
use ann_autodiff::{Backend, Cpu, Epilogue, Plan, Reference, Tape, Var, concat};

const B: usize = 3;
const T: usize = 4;
const K: usize = 2;
const N: usize = 5;

fn normal(stream: u64, count: usize) -> Vec<f64> {
    let random = Random::new(8).stream(stream);
    (0..count as u64).map(|i| 0.7 * random.normal(i)).collect()
}

type Apply<'a> = dyn for<'t> Fn(&'t Tape, &[Var<'t>]) -> Var<'t> + 'a;

/// The output of an operation, and the gradients of the sum of its weighted elements by all inputs but the lengths.
fn run<B: Backend>(
    backend: &B,
    inputs: &[(Vec<usize>, Vec<f64>)],
    apply: &Apply<'_>,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let tape = Tape::new();
    let last = inputs.len() - 1;
    let x: Vec<_> = inputs
        .iter()
        .enumerate()
        .map(|(i, (dims, _))| if i == last { tape.data(dims) } else { tape.input(dims) })
        .collect();
    let y = apply(&tape, &x);
    let weights = normal(99, y.extents().count());
    let loss = (y * tape.constant(&y.extents(), &weights)).sum();
    let mut plan = Plan::<f64>::compile_for(backend, &tape, Some(loss), &[y]).unwrap();
    for (i, (_, values)) in inputs.iter().enumerate() {
        plan.input_mut(i).copy_from_slice(values);
    }
    plan.forward(&[]).unwrap();
    plan.backward(&[], &mut []).unwrap();
    let gradients = (0..last).map(|i| plan.input_gradient(i).map(<[f64]>::to_vec).unwrap_or_default());
    (plan.output(0).to_vec(), gradients.collect())
}

/// Gers and Schmidhuber 2000, equations 2 to 8, sequence by sequence and unit by unit.
fn peephole_lstm(inputs: &[(Vec<usize>, Vec<f64>)], reverse: bool) -> Vec<f64> {
    let [x, w, u, bias, peep, h0, c0, lengths] = std::array::from_fn(|i| &inputs[i].1);
    let squash = |x: f64| 1.0 / (1.0 + f64::exp(-x));
    let mut y = vec![0.0; B * T * N];
    for row in 0..B {
        let mut h: Vec<f64> = (0..N).map(|j| h0[row * N + j]).collect();
        let mut c: Vec<f64> = (0..N).map(|j| c0[row * N + j]).collect();
        let length = lengths[row] as usize;
        for i in 0..length {
            let step = if reverse { length - 1 - i } else { i };
            let (old_h, old_c) = (h.clone(), c.clone());
            for j in 0..N {
                let net = |gate: usize| {
                    let unit = gate * N + j;
                    let from_x: f64 = (0..K).map(|k| w[unit * K + k] * x[(row * T + step) * K + k]).sum();
                    let from_h: f64 = (0..N).map(|k| u[unit * N + k] * old_h[k]).sum();
                    from_x + from_h + bias[unit]
                };
                let input = squash(net(0) + peep[j] * old_c[j]);
                let forget = squash(net(1) + peep[N + j] * old_c[j]);
                c[j] = forget * old_c[j] + input * net(2).tanh();
                h[j] = squash(net(3) + peep[2 * N + j] * c[j]) * c[j].tanh();
                y[(row * T + step) * N + j] = h[j];
            }
        }
    }
    y
}

#[test]
fn peepholes_are_those_of_gers_and_schmidhuber() {
    let inputs = inputs(4, &[3 * N], 2, &[3.0, 4.0, 1.0]);
    for (direction, reverse) in [(Direction::Forward, false), (Direction::Reverse, true)] {
        let op = Lstm { direction, output: LstmOutput::Hidden };
        let (found, _) = run(&Cpu::default(), &inputs, &move |tape, x| {
            tape.apply(op.clone(), [x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]])
        });
        for (found, expected) in found.iter().zip(peephole_lstm(&inputs, reverse)) {
            // Some hundred roundings of numbers below 1.
            assert!((found - expected).abs() < 1e-13, "{found} {expected}");
        }
    }
}

/// The three operations in either direction: how many gates they have, what stands between the bias and the states, how many
/// states, and how they are recorded.
fn operations() -> Vec<(usize, Vec<usize>, usize, Box<Apply<'static>>)> {
    let mut all: Vec<(usize, Vec<usize>, usize, Box<Apply<'static>>)> = Vec::new();
    for direction in [Direction::Forward, Direction::Reverse] {
        let rnn = Rnn { activation: Epilogue::Tanh, direction };
        all.push((
            1,
            vec![],
            1,
            Box::new(move |tape, x| tape.apply(rnn.clone(), std::array::from_fn::<_, 6, _>(|i| x[i]))),
        ));
        let lstm = Lstm { direction, output: LstmOutput::HiddenAndCell };
        all.push((
            4,
            vec![3 * N],
            2,
            Box::new(move |tape, x| tape.apply(lstm.clone(), std::array::from_fn::<_, 8, _>(|i| x[i]))),
        ));
        let gru = Gru { direction };
        all.push((
            3,
            vec![N],
            1,
            Box::new(move |tape, x| tape.apply(gru.clone(), std::array::from_fn::<_, 7, _>(|i| x[i]))),
        ));
    }
    all
}

type Inputs = Vec<(Vec<usize>, Vec<f64>)>;

fn inputs(gates: usize, rest: &[usize], states: usize, lengths: &[f64]) -> Inputs {
    let mut dims = vec![vec![B, T, K], vec![gates * N, K], vec![gates * N, N], vec![gates * N]];
    dims.extend(rest.iter().map(|size| vec![*size]));
    dims.extend(vec![vec![B, N]; states]);
    let drawn = |(i, dims): (usize, Vec<usize>)| {
        let count = dims.iter().product();
        (dims, normal(i as u64, count))
    };
    let mut inputs: Inputs = dims.into_iter().enumerate().map(drawn).collect();
    inputs.push((vec![B], lengths.to_vec()));
    inputs
}

/// The rows of sequence `row` in all parts of an output `[.., B, T, N]`.
fn rows_of(y: &[f64], row: usize) -> Vec<f64> {
    y.chunks(B * T * N).flat_map(|part| part[row * T * N..(row + 1) * T * N].to_vec()).collect()
}

#[test]
fn padding_is_neither_read_nor_learned_from() {
    for (gates, rest, states, apply) in operations() {
        let plain = inputs(gates, &rest, states, &[2.0, 4.0, 1.0]);
        let mut other = plain.clone();
        for (row, length) in [(0, 2), (2, 1)] {
            other[0].1[(row * T + length) * K..(row + 1) * T * K].fill(f64::NAN);
        }
        let on =
            |inputs: &Inputs| [run(&Reference, inputs, &*apply), run(&Cpu::with_threads(2), inputs, &*apply)];
        assert_eq!(on(&plain), on(&other));
        for (y, dx) in on(&plain) {
            assert!(rows_of(&y, 2).chunks(T * N).all(|part| part[N..].iter().all(|y| *y == 0.0)));
            assert!(dx[0][(2 * T + 1) * K..].iter().all(|dx| *dx == 0.0), "padding has no gradient");
            assert!(dx[0][2 * T * K..(2 * T + 1) * K].iter().all(|dx| *dx != 0.0));
        }
    }
}

#[test]
fn a_length_that_is_none_gives_nan_for_that_sequence_only() {
    for (gates, rest, states, apply) in operations() {
        let good = inputs(gates, &rest, states, &[4.0, 2.0, 3.0]);
        for bad in [0.0, -1.0, 2.5, 5.0, 1e300, f64::INFINITY, f64::NAN] {
            let mut inputs = good.clone();
            inputs[good.len() - 1].1[1] = bad;
            let by_definition = run(&Reference, &inputs, &*apply).0;
            for (y, sound) in [
                (by_definition, run(&Reference, &good, &*apply).0),
                (run(&Cpu::default(), &inputs, &*apply).0, run(&Cpu::default(), &good, &*apply).0),
            ] {
                assert!(rows_of(&y, 1).iter().all(|y| y.is_nan()), "{bad}");
                assert_eq!(
                    (rows_of(&y, 0), rows_of(&y, 2)),
                    (rows_of(&sound, 0), rows_of(&sound, 2)),
                    "{bad}"
                );
            }
        }
    }
}

#[test]
fn many_values_are_joined_in_order() {
    for count in [1, 8, 9, 64, 65, 70, 130] {
        let tape = Tape::new();
        let values: Vec<Var<'_>> = (0..count).map(|i| tape.constant(&[1, 1], &[f64::from(i)])).collect();
        let y = concat(1, &values).unwrap();
        let mut plan = Plan::<f64>::compile(&tape, None, &[y]).unwrap();
        plan.forward(&[]).unwrap();
        assert_eq!(plan.output(0), (0..count).map(f64::from).collect::<Vec<_>>());
    }
}
