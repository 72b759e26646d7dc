//! Networks described at run time: the bits of typed ones, and the errors of wrong descriptions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the functions of the tests fail as the tests do"
)]

mod refused;
mod same_bits;

use ann::autodiff::Dtype;
use ann::data::Mnist;
use ann::dynamic::{Description, Part};
use ann::prelude::*;
use ann::{DynNetwork, STEPS, Scalar};
use ann_tests::{bits, images};

const PRECISIONS: [Dtype; 2] = [Dtype::F32, Dtype::F64];

fn json(text: &str, precision: Dtype) -> DynNetwork {
    DynNetwork::from_json(text).unwrap().seed(11).precision(precision).build()
}

fn called(description: &Description, precision: Dtype) -> DynNetwork {
    description.builder().unwrap().seed(11).precision(precision).build()
}

/// Numbers that look random, the same each time.
fn numbers(count: usize) -> Vec<f64> {
    let random = ann::autodiff::random::Random::new(5);
    (0..count as u64).map(|place| random.normal(place)).collect()
}

/// Layout, first parameters and predictions of a typed network and of one made at run time are the same.
fn same<N: Network>(typed: &N, dynamic: &DynNetwork, x: &[f64], dims: &[usize]) {
    assert_eq!(typed.layout(), dynamic.layout());
    assert_eq!(typed.name(), dynamic.name());
    assert_eq!(typed.summary(), dynamic.summary());
    assert_eq!(typed.precision(), dynamic.precision());
    assert!(bits(typed).unwrap() == bits(dynamic).unwrap(), "parameters differ");
    let of_typed = typed.predict(&Examples::from_vec_with_dims(x.to_vec(), dims).unwrap()).unwrap();
    let of_dynamic = dynamic.predict(&Examples::from_vec_with_dims(x.to_vec(), dims).unwrap()).unwrap();
    assert_eq!(of_typed.dims(), of_dynamic.dims());
    let exact = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert!(exact(of_typed.as_slice()) == exact(of_dynamic.as_slice()), "predictions differ");
}

/// Sums of inputs as targets.
fn regression<I: Shaped, O: Shaped>(
    count: usize,
    input: &[usize],
    output: &[usize],
) -> InMemory<I, Values<O>, f64> {
    let (width, height): (usize, usize) = (input.iter().product(), output.iter().product());
    let x = numbers(count * width);
    let y = x.chunks(width).flat_map(|x| (0..height).map(|i| x[i % width] - 0.5 * x[(i + 1) % width]));
    let y = Examples::from_vec_with_dims(y.collect(), output).unwrap();
    InMemory::values(Examples::from_vec_with_dims(x.clone(), input).unwrap(), y).unwrap()
}

fn digits() -> Mnist {
    images(70).unwrap()
}

#[test]
fn a_copy_has_weights_of_its_own() {
    let text = r#"{"name": "Net", "input": [784], "output": [10], "layers": [{"layer": "Dense", "n": 10}]}"#;
    let mut net = json(text, Dtype::F32);
    let (copy, before) = (net.clone(), net.parameter("dense1.weight").unwrap());
    let x = Examples::from_vec_with_dims(vec![0.5_f32; 3 * 784], &[784]).unwrap();
    let mut predictor = net.predictor().unwrap();
    let given = predictor.predict(&x).unwrap();
    net.set_parameter("dense1.weight", &vec![0.5; 7840]).unwrap();
    assert_eq!(copy.parameter("dense1.weight").unwrap(), before);
    assert_eq!(predictor.predict(&x).unwrap().as_slice(), given.as_slice());
}
