//! The networks of `ann-zoo`: milliseconds a training step.
//!
//! `cargo run --release -p ann-benches --bin zoo -- time NETWORK [BATCH]`
#![allow(clippy::print_stdout, reason = "a command that prints what it measured")]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ann::autodiff::random::Random;
use ann::data::{Class, Examples, InMemory};
use ann::prelude::*;
use ann::train::{Callback, Control, StepEnd};
use ann_zoo::{AlexNet, CaffeNet, LeNet, MobileNet, ResNet18, ResNet50, SqueezeNet, Vgg16};

/// When each step ended.
#[derive(Clone, Debug, Default)]
struct Clock(Arc<Mutex<Vec<Instant>>>);

impl Callback for Clock {
    fn on_step(&mut self, _: &StepEnd) -> Result<Control> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        Ok(Control::Continue)
    }
}

fn time<N, const C: usize>(mut net: N, batch: usize) -> Result<()>
where
    N: Network<Output = Rank1<C>>,
    N::Input: Shaped,
{
    let width: usize = N::Input::DIMS.unwrap_or_default().iter().product();
    let random = Random::new(1);
    let x = Examples::from_vec((0..batch * width).map(|i| random.uniform(i as u64) as f32).collect())?;
    let labels: Vec<usize> = (0..batch).map(|i| i * 7 % C).collect();
    let data: InMemory<N::Input, Class<C>, f32> = InMemory::classes(x, &labels)?;
    let clock = Clock::default();
    let trainer = Trainer::new(CrossEntropy::new(), Sgd::new(1e-5)).batch(batch).quiet();
    trainer.epochs(6).callback(clock.clone()).fit(&mut net, &data)?;
    let ends = clock.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut times: Vec<f64> = ends.windows(2).map(|pair| 1e3 * (pair[1] - pair[0]).as_secs_f64()).collect();
    times.sort_by(f64::total_cmp);
    println!("{:<10} batch {batch:>3}  {:>9.1} ms", net.name(), times[times.len() / 2]);
    Ok(())
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let batch = words.get(2).and_then(|word| word.parse().ok()).unwrap_or(2);
    match words.get(1).map_or("", String::as_str) {
        "LeNet" => time(LeNet::new(0), batch),
        "AlexNet" => time(AlexNet::new(0), batch),
        "CaffeNet" => time(CaffeNet::new(0), batch),
        "Vgg16" => time(Vgg16::new(0), batch),
        "ResNet18" => time(ResNet18::new(0), batch),
        "ResNet50" => time(ResNet50::new(0), batch),
        "SqueezeNet" => time(SqueezeNet::new(0), batch),
        "MobileNet" => time(MobileNet::new(0), batch),
        other => {
            println!("there is no network `{other}`");
            Ok(())
        }
    }
}
