//! Milliseconds a training step: `cargo run --release -p ann-benches -- [WORKLOAD] [THREADS]`.
//!
//! A step is forward, loss, backward and update on a batch that changes every step. The median of all steps but the first few
//! is printed.
#![allow(clippy::print_stdout, reason = "a command that prints what it measured")]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ann::autodiff::random::Random;
use ann::data::{Class, Classes, Examples, InMemory, Values};
use ann::prelude::*;
use ann::train::{Callback, Control, StepEnd};

network! {
    struct Tiny: [4] -> [3] { Dense(5), Relu, Dense(4), Relu, Dense(3) }
    struct Small: [784] -> [10] { Dense(128), Relu, Dense(10) }
    struct Big: [784] -> [10] {
        Dense(2500), Relu, Dense(2000), Relu, Dense(1500), Relu, Dense(1000), Relu, Dense(500), Relu, Dense(10),
    }
    struct LeNet: [1, 28, 28] -> [10] {
        Conv2d(20, kernel = 5), MaxPool2d(2), Conv2d(50, kernel = 5), MaxPool2d(2), Dense(500), Relu, Dense(10),
    }
    struct LstmNet: [64, 64] -> [10] { Lstm(256), Last, Dense(10) }
    struct CharRnn: [50] -> [50, 64] { Embedding(64, 64), Rnn(128), Dense(64) }
    struct CharLstm: [64] -> [64, 64] { Embedding(64, 64), Lstm(256), Dense(64) }
    struct Autoencoder: [784] -> [784] {
        Dense(1000), Sigmoid, Dense(500), Sigmoid, Dense(250), Sigmoid, Dense(30), Sigmoid,
        Dense(250), Sigmoid, Dense(500), Sigmoid, Dense(1000), Sigmoid, Dense(784),
    }
}

/// When each step ended.
#[derive(Clone, Debug, Default)]
struct Clock(Arc<Mutex<Vec<Instant>>>);

impl Callback for Clock {
    fn on_step(&mut self, _: &StepEnd) -> Result<Control> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        Ok(Control::Continue)
    }
}

/// The median step, in milliseconds.
fn measure<N, L, D>(mut net: N, loss: L, data: &D, batch: usize, steps: u64, threads: usize) -> Result<f64>
where
    N: Network,
    L: Loss<N::Output>,
    D: ann::data::DatasetOf<N::Input, L::Target>,
{
    let clock = Clock::default();
    let per_epoch = (data.len() / batch) as u64;
    let trainer = Trainer::new(loss, Sgd::new(0.01).momentum(0.9)).batch(batch).threads(threads).quiet();
    trainer.epochs(steps.div_ceil(per_epoch)).callback(clock.clone()).fit(&mut net, data)?;
    let ends = clock.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut times: Vec<f64> = ends.windows(2).map(|pair| 1e3 * (pair[1] - pair[0]).as_secs_f64()).collect();
    times.drain(..times.len() / 10);
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

fn noise<S: Shaped>(count: usize) -> Result<Examples<S, f32>> {
    let width: usize = S::DIMS.unwrap_or_default().iter().product();
    let random = Random::new(1);
    Examples::from_vec((0..count * width).map(|i| random.uniform(i as u64) as f32).collect())
}

fn classes<S: Shaped, const N: usize>(count: usize) -> Result<InMemory<S, Class<N>, f32>> {
    InMemory::classes(noise(count)?, &(0..count).map(|i| i % N).collect::<Vec<_>>())
}

/// Sequences of tokens below `N`, and the token after each.
fn tokens<const T: usize, const N: usize>(count: usize) -> Result<InMemory<Rank1<T>, Classes<T, N>, f32>> {
    let random = Random::new(1);
    let token = |i: usize| random.below(i as u64, N);
    let x = (0..count * T).map(|i| token(i) as f32).collect();
    InMemory::step_classes(Examples::from_vec(x)?, &(0..count * T).map(|i| token(i + 1)).collect::<Vec<_>>())
}

fn run(workload: &str, threads: usize) -> Result<f64> {
    let entropy = CrossEntropy::new();
    match workload {
        "mlp_tiny_b32" => measure(Tiny::new(0), entropy, &classes::<Rank1<4>, 3>(320)?, 32, 20_000, threads),
        "mlp_mnist_b32" => {
            measure(Small::new(0), entropy, &classes::<Rank1<784>, 10>(3200)?, 32, 2000, threads)
        }
        "mlp_big_b100" => measure(Big::new(0), entropy, &classes::<Rank1<784>, 10>(1000)?, 100, 20, threads),
        "lenet_b64" => {
            measure(LeNet::new(0), entropy, &classes::<Rank3<1, 28, 28>, 10>(1280)?, 64, 100, threads)
        }
        "autoenc_b100" => {
            let x = noise::<Rank1<784>>(1000)?;
            let data: InMemory<_, Values<_>, f32> = InMemory::values(x.clone(), x)?;
            measure(Autoencoder::new(0), BinaryCrossEntropy, &data, 100, 50, threads)
        }
        "lstm_b32" => {
            measure(LstmNet::new(0), entropy, &classes::<Rank2<64, 64>, 10>(320)?, 32, 100, threads)
        }
        "charrnn" => measure(CharRnn::new(0), entropy, &tokens::<50, 64>(320)?, 32, 200, threads),
        "charlstm_b64" => measure(CharLstm::new(0), entropy, &tokens::<64, 64>(640)?, 64, 60, threads),
        _ => {
            println!("there is no workload `{workload}`");
            Ok(f64::NAN)
        }
    }
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let all = [
        "mlp_tiny_b32",
        "mlp_mnist_b32",
        "lenet_b64",
        "autoenc_b100",
        "mlp_big_b100",
        "lstm_b32",
        "charrnn",
        "charlstm_b64",
    ];
    let chosen = words.first().map_or(all.to_vec(), |word| vec![word.as_str()]);
    let threads = words.get(1).and_then(|word| word.parse().ok());
    for workload in chosen {
        for threads in threads.map_or(vec![1, 2], |threads| vec![threads]) {
            println!("{workload:<16} {threads} threads  {:>9.4} ms", run(workload, threads)?);
        }
    }
    Ok(())
}
