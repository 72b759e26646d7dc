//! Networks under each instruction set that this processor has; `laws` holds each operation by itself to its definition.

use super::isa::Isa;
use super::*;
use crate::ops::{self, Direction, LstmOutput};
use crate::random::Random;
use crate::{Epilogue, Plan, Reference, Tape, Var};

type Network = for<'t> fn(&'t Tape, usize) -> Var<'t>;

/// Convolutions by minimal filtering and by patches, normalization, pooling, dense layers large and small, classes.
fn convolutional(tape: &Tape, images: usize) -> Var<'_> {
    let windows = ops::Windows { pad: [1; 2], ..ops::Windows::UNIT };
    let halves = ops::Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false };
    let parameter = |name: &str, dims: &[usize]| tape.parameter(name, dims);
    let x = tape.data(&[images, 3, 9, 7]);
    let x = x.conv2d_bias(parameter("a", &[18, 3, 3, 3]), parameter("b", &[18]), windows).tanh();
    let x = x.conv2d_bias(parameter("c", &[21, 18, 3, 3]), parameter("d", &[21]), windows).sigmoid();
    let x = x.conv2d(parameter("e", &[17, 21, 3, 3]), windows).max_pool2d(halves);
    let x = x.reshape(&[images, 17 * 12]);
    let x = x.linear(parameter("f", &[40, 17 * 12]), parameter("g", &[40])).tanh();
    let x = x.linear(parameter("h", &[13, 40]), parameter("i", &[13])).sigmoid();
    x.linear(parameter("j", &[5, 13]), parameter("k", &[5]))
}

/// A layer of each recurrent kind over sequences of different lengths, both ways, with peepholes and with a state from before.
fn recurrent(tape: &Tape, sequences: usize) -> Var<'_> {
    const STEPS: usize = 7;
    let parameter = |name: &str, dims: &[usize]| tape.parameter(name, dims);
    let none = || tape.constant(&[0], &[]);
    let lengths: Vec<f64> = (0..sequences).map(|i| (1 + i * 5 % STEPS) as f64).collect();
    let lengths = tape.constant(&[sequences], &lengths);
    let state: Vec<f64> = (0..sequences * 21).map(|i| (i as f64).sin()).collect();
    let state = tape.constant(&[sequences, 21], &state);
    let x = tape.data(&[sequences, STEPS, 19]);
    // What has a product of elements is not small: all threads take part.
    let x = x * x;
    let (w, u, b) = (parameter("a", &[37, 19]), parameter("b", &[37, 37]), parameter("c", &[37]));
    let rnn = ops::Rnn { activation: Epilogue::Tanh, direction: Direction::Forward };
    let x = tape.apply(rnn, [x, w, u, b, none(), lengths]);
    let (w, u, b) = (parameter("d", &[4 * 24, 37]), parameter("e", &[4 * 24, 24]), parameter("f", &[4 * 24]));
    let lstm = ops::Lstm { direction: Direction::Reverse, output: LstmOutput::Hidden };
    let x = tape.apply(lstm, [x, w, u, b, parameter("g", &[3 * 24]), none(), none(), lengths]);
    let (w, u, b) = (parameter("h", &[3 * 21, 24]), parameter("i", &[3 * 21, 21]), parameter("j", &[3 * 21]));
    let gru = ops::Gru { direction: Direction::Forward };
    let x = tape.apply(gru, [x, w, u, b, parameter("k", &[21]), state, lengths]);
    let x = tape.apply(ops::LastStep, [x, lengths]);
    x.linear(parameter("l", &[5, 21]), parameter("m", &[5]))
}

const NETWORKS: [(&str, Network); 2] = [("convolutional", convolutional), ("recurrent", recurrent)];

/// Output and gradients, of `examples` of the same stream of examples.
fn run<T: Scalar, B: Backend>(backend: &B, network: Network, examples: usize) -> (Vec<T>, Vec<T>) {
    let tape = Tape::new();
    let output = network(&tape, examples);
    let loss = output.softmax_cross_entropy(tape.data(&[examples]), 0.1);
    let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &[output]).unwrap();
    assert!(!plan.is_small || backend.name() != "cpu", "one thread does it all");
    let random = Random::new(7);
    let draw = |stream: u64, i: usize| T::from_f64(random.stream(stream).normal(i as u64));
    let parameters: Vec<T> = (0..plan.n_parameters()).map(|i| T::from_f64(0.2) * draw(1, i)).collect();
    for (i, x) in plan.input_mut(0).iter_mut().enumerate() {
        *x = draw(2, i);
    }
    for (i, class) in plan.input_mut(1).iter_mut().enumerate() {
        *class = T::from_usize(i % 5);
    }
    let mut gradients = vec![T::NAN; parameters.len()];
    plan.forward(&parameters).unwrap();
    plan.backward(&parameters, &mut gradients).unwrap();
    (plan.output(0).to_vec(), gradients)
}

fn cpu(isa: Isa, threads: usize) -> Cpu {
    Cpu { isa, ..Cpu::with_threads(threads) }
}

/// The largest difference over the largest number.
fn distance<T: Scalar>(found: &[T], expected: &[f64]) -> f64 {
    let largest = expected.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    let difference = |(found, expected): (&T, &f64)| (found.to_f64() - expected).abs();
    found.iter().zip(expected).map(difference).fold(0.0_f64, |a, b| if b.is_nan() { b } else { a.max(b) })
        / largest
}

#[test]
fn every_instruction_set_agrees_with_the_definitions() {
    for (name, network) in NETWORKS {
        let (output, gradients) = run::<f64, _>(&Reference, network, 6);
        for isa in Isa::all() {
            let cpu = cpu(isa, 2);
            // Some thousand roundings, of which most cancel.
            let (y, dw) = run::<f64, _>(&cpu, network, 6);
            let far = [distance(&y, &output), distance(&dw, &gradients)];
            assert!(far.iter().all(|far| *far < 1e-13), "{name}, {isa:?}, f64: {far:?}");
            let (y, dw) = run::<f32, _>(&cpu, network, 6);
            let far = [distance(&y, &output), distance(&dw, &gradients)];
            assert!(far.iter().all(|far| *far < 1e-5), "{name}, {isa:?}, f32: {far:?}");
            // Two operands, each off by 2^-9 at most, in each of at most twelve products one after the other.
            let (least, most) = (1e-4, 12.0 * 2.0 / 512.0);
            let (y, dw) = run::<f32, _>(&cpu.matmul_precision(MatmulPrecision::Bf16), network, 6);
            let far = [distance(&y, &output), distance(&dw, &gradients)];
            assert!(far.iter().all(|far| (least..most).contains(far)), "{name}, {isa:?}, bf16: {far:?}");
        }
    }
}

#[test]
fn an_example_has_the_same_bits_alone_as_among_others_under_every_instruction_set() {
    for (name, network) in NETWORKS {
        let precisions = [MatmulPrecision::Full, MatmulPrecision::Bf16];
        for (isa, precision) in Isa::all().into_iter().flat_map(|isa| precisions.map(|of| (isa, of))) {
            let on = |threads: usize| cpu(isa, threads).matmul_precision(precision);
            let (batch, gradients) = run::<f32, _>(&on(1), network, 35);
            for examples in [1, 2, 3, 7, 17] {
                for threads in [1, 2] {
                    let (some, _) = run::<f32, _>(&on(threads), network, examples);
                    let case = format!("{name}, {isa:?}, {precision:?}, {examples} on {threads} threads");
                    assert_eq!(some, batch[..some.len()], "{case}");
                }
            }
            for threads in [2, 3] {
                let (again, by_weights) = run::<f32, _>(&on(threads), network, 35);
                let same = again == batch && by_weights == gradients;
                assert!(same, "{name}, {isa:?}, {precision:?}, {threads} threads");
            }
        }
    }
}
