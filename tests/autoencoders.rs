//! Autoencoders that are fed noise: they give back what it hid, and their two halves share one matrix.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::autodiff::random::Random;
use ann::data::Mnist;
use ann::prelude::*;
use ann_tests::{images, mnist};

const DEVIATION: f64 = 0.7;
const MASKED: f64 = 0.4;

network! {
    struct Denoising: [784] -> [784] {
        GaussianNoise(DEVIATION), enc: Dense(256), Relu, dec: Dense(784, tied = enc), Sigmoid,
    }
    struct Plain: [784] -> [784] { enc: Dense(256), Relu, dec: Dense(784, tied = enc), Sigmoid }
    struct Unmasking: [784] -> [784] { Dropout(MASKED), enc: Dense(64), Sigmoid, dec: Dense(784, tied = enc), Sigmoid }
}

fn trained<N: Network<Input = Rank1<784>, Output = Rank1<784>>>(mut net: N, epochs: u64) -> N {
    let data = images(1000).unwrap().flatten().reconstruct();
    Trainer::new(MeanSquaredError, Adam::new(0.005)).epochs(epochs).batch(25).fit(&mut net, &data).unwrap();
    net
}

/// Digits that nobody was trained on.
fn held_out() -> Examples<Rank1<784>> {
    Mnist::test(mnist()).unwrap().take(300).flatten().inputs().unwrap()
}

fn error<N>(net: &N, seen: &Examples<Rank1<784>>) -> f64
where
    N: Network<Input = Rank1<784>, Output = Rank1<784>>,
{
    distance(net.predict(seen).unwrap().as_slice(), held_out().as_slice())
}

fn distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>() / a.len() as f64
}

#[test]
fn a_denoising_autoencoder_takes_the_noise_off_digits_it_never_saw() {
    let (clean, random) = (held_out(), Random::new(5));
    let noise = |i: usize| (DEVIATION * random.normal(i as u64)) as f32;
    let noisy = clean.as_slice().iter().enumerate().map(|(i, x)| x + noise(i)).collect();
    let noisy = Examples::from_vec(noisy).unwrap();
    let identity = distance(noisy.as_slice(), clean.as_slice());
    let denoised = error(&trained(Denoising::new(1), 8), &noisy);
    let plain = error(&trained(Plain::new(1), 8), &noisy);
    assert!(denoised < 0.1 * identity, "{denoised} of {identity}");
    // The same layers in PyTorch: 0.0317 with noise, 0.0360 without.
    assert!(denoised < 0.95 * plain, "{denoised}, trained without noise {plain}");
}

#[test]
fn one_trained_on_masked_digits_fills_them_in() {
    let (clean, random) = (held_out(), Random::new(6));
    let keep = |i: usize| if random.uniform(i as u64) < MASKED { 0.0 } else { (1.0 / (1.0 - MASKED)) as f32 };
    let masked = clean.as_slice().iter().enumerate().map(|(i, x)| x * keep(i)).collect();
    let masked = Examples::from_vec(masked).unwrap();
    let (identity, filled) =
        (distance(masked.as_slice(), clean.as_slice()), error(&trained(Unmasking::new(1), 8), &masked));
    assert!(filled < 0.6 * identity, "{filled} of {identity}");
}

#[test]
fn tied_weights_are_one_matrix_after_training() {
    let net = trained(Unmasking::new(2), 1);
    let layout = net.layout();
    let names: Vec<&str> = layout.segments().iter().map(|segment| segment.name.as_str()).collect();
    assert_eq!(names, ["enc.weight", "enc.bias", "dec.bias"]);
    assert_eq!(Unmasking::PARAMETERS, 784 * 64 + 64 + 784);
    // sigmoid(W^T sigmoid(W x + b) + c), by hand, in f64; the network computes in f32, in sums of 784 terms.
    let [w, b, c] = ["enc.weight", "enc.bias", "dec.bias"].map(|name| net.parameter(name).unwrap());
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let x = held_out().take(3);
    let y = net.predict(&x).unwrap();
    for (x, y) in x.as_slice().chunks(784).zip(y.as_slice().chunks(784)) {
        let unit = |(row, b): (&[f64], &f64)| {
            sigmoid(row.iter().zip(x).map(|(w, x)| w * f64::from(*x)).sum::<f64>() + b)
        };
        let hidden: Vec<f64> = w.chunks(784).zip(&b).map(unit).collect();
        for (i, y) in y.iter().enumerate() {
            let sum: f64 = hidden.iter().enumerate().map(|(j, h)| h * w[j * 784 + i]).sum();
            assert!((sigmoid(sum + c[i]) - f64::from(*y)).abs() < 1e-5, "pixel {i}");
        }
    }
}
