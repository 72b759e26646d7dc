//! Autoencoders that are fed noise: they give back what it hid, and their two halves share one matrix.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::autodiff::random::Random;
use ann::data::Mnist;
use ann::prelude::*;
use ann_tests::{images, mnist};

const DEVIATION: f64 = 0.4;

network! {
    struct Denoising: [784] -> [784] {
        GaussianNoise(DEVIATION), enc: Dense(64), Sigmoid, dec: Dense(784, tied = enc), Sigmoid,
    }
    struct Masked: [784] -> [784] { Dropout(0.4), enc: Dense(64), Sigmoid, dec: Dense(784, tied = enc), Sigmoid }
    struct Plain: [784] -> [784] { enc: Dense(64), Sigmoid, dec: Dense(784, tied = enc), Sigmoid }
}

fn trained<N: Network<Input = Rank1<784>, Output = Rank1<784>>>(mut net: N) -> N {
    let data = images(1500).unwrap().flatten().reconstruct();
    Trainer::new(MeanSquaredError, Adam::new(0.003)).epochs(8).batch(50).fit(&mut net, &data).unwrap();
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
    let clean = held_out();
    let random = Random::new(5);
    let noisy = |i: usize, x: &f32| x + (DEVIATION * random.normal(i as u64)) as f32;
    let noisy: Vec<f32> = clean.as_slice().iter().enumerate().map(|(i, x)| noisy(i, x)).collect();
    let masked = |i: usize, x: &f32| if random.uniform(i as u64) < 0.4 { 0.0 } else { x / 0.6 };
    let masked: Vec<f32> = clean.as_slice().iter().enumerate().map(|(i, x)| masked(i, x)).collect();
    let of = |values: &[f32]| Examples::from_vec(values.to_vec()).unwrap();

    let plain = trained(Plain::new(1));
    for (seen, denoised) in [
        (&noisy, error(&trained(Denoising::new(1)), &of(&noisy))),
        (&masked, error(&trained(Masked::new(1)), &of(&masked))),
    ] {
        let identity = distance(seen, clean.as_slice());
        let without = error(&plain, &of(seen));
        println!("nothing done {identity:.4}, trained without noise {without:.4}, with {denoised:.4}");
        assert!(denoised < 0.4 * identity, "{denoised} of {identity}");
        assert!(denoised < 0.95 * without, "{denoised}, without noise in training {without}");
    }
}

#[test]
fn tied_weights_are_one_matrix_after_training() {
    let net = trained(Denoising::new(2));
    let layout = net.layout();
    let names: Vec<&str> = layout.segments().iter().map(|segment| segment.name.as_str()).collect();
    assert_eq!(names, ["enc.weight", "enc.bias", "dec.bias"]);
    assert_eq!(Denoising::PARAMETERS, 784 * 64 + 64 + 784);
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
