//! Kernels under each instruction set that this processor has.

use super::isa::Isa;
use super::*;
use crate::random::Random;
use crate::{Plan, Reference, Tape, Var, ops};

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

/// Loss, output and gradients, of `images` of the same stream of images.
fn run<T: Scalar, B: Backend>(backend: &B, network: Network, images: usize) -> (Vec<T>, Vec<T>) {
    let tape = Tape::new();
    let output = network(&tape, images);
    let loss = output.softmax_cross_entropy(tape.data(&[images]), 0.0);
    let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &[output]).unwrap();
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
    let (output, gradients) = run::<f64, _>(&Reference, convolutional, 6);
    for isa in Isa::all() {
        let cpu = cpu(isa, 2);
        // Some thousand roundings, of which most cancel.
        let (y, dw) = run::<f64, _>(&cpu, convolutional, 6);
        assert!(distance(&y, &output) < 1e-13 && distance(&dw, &gradients) < 1e-13, "{isa:?}, f64");
        let (y, dw) = run::<f32, _>(&cpu, convolutional, 6);
        assert!(distance(&y, &output) < 1e-5 && distance(&dw, &gradients) < 1e-5, "{isa:?}, f32");
    }
}

#[test]
fn an_image_has_the_same_bits_alone_as_among_others_under_every_instruction_set() {
    for isa in Isa::all() {
        let (batch, gradients) = run::<f32, _>(&cpu(isa, 1), convolutional, 11);
        for images in [1, 2, 3, 7] {
            let (some, _) = run::<f32, _>(&cpu(isa, 2), convolutional, images);
            assert_eq!(some, batch[..some.len()], "{isa:?}, {images} images");
        }
        for threads in [2, 3] {
            assert!(
                run::<f32, _>(&cpu(isa, threads), convolutional, 11) == (batch.clone(), gradients.clone()),
                "{isa:?}"
            );
        }
    }
}
