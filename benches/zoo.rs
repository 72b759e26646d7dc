//! The networks of `ann-zoo`: milliseconds a training step, and what `zoo.py` compares with PyTorch.
//!
//! `cargo run --release -p ann-benches --bin zoo -- time NETWORK [BATCH]`
//!
//! `cargo run --release -p ann-benches --bin zoo -- write NETWORK FOLDER [f32|f64] [SEED]` writes `weights.safetensors` and, each a file of
//! little-endian `f64`, `input`, `output`, `loss` and `gradients` (in the order of `names`), dropout switched off.
#![allow(clippy::print_stdout, reason = "a command that prints what it measured")]

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ann::Dtype;
use ann::autodiff::random::Random;
use ann::data::{Class, Examples, InMemory};
use ann::prelude::*;
use ann::train::{Callback, Control, StepEnd};
use ann_zoo::{AlexNet, CaffeNet, GoogLeNet, LeNet, MobileNet, ResNet18, ResNet50, SqueezeNet, Vgg16};

/// When each step ended.
#[derive(Clone, Debug, Default)]
struct Clock(Arc<Mutex<Vec<Instant>>>);

impl Callback for Clock {
    fn on_step(&mut self, _: &StepEnd) -> Result<Control> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        Ok(Control::Continue)
    }
}

/// Images of normal noise, each of a class of its own.
fn data<S: Shaped, const C: usize>(batch: usize) -> Result<InMemory<S, Class<C>, f64>> {
    let width: usize = S::DIMS.unwrap_or_default().iter().product();
    let random = Random::new(1);
    // Of 32 bits, so that both precisions see the same.
    let x = (0..batch * width).map(|i| f64::from(random.normal(i as u64) as f32)).collect();
    InMemory::classes(Examples::from_vec(x)?, &(0..batch).map(|i| (3 + 7 * i) % C).collect::<Vec<_>>())
}

fn time<N: Network<Input: Shaped, Output = Rank1<C>>, const C: usize>(
    mut net: N,
    batch: usize,
) -> Result<()> {
    let data = data::<N::Input, C>(batch)?;
    let clock = Clock::default();
    let trainer = Trainer::new(CrossEntropy::new(), Sgd::new(1e-5)).batch(batch).quiet();
    trainer.epochs(6).callback(clock.clone()).fit(&mut net, &data)?;
    let ends = clock.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut times: Vec<f64> = ends.windows(2).map(|pair| 1e3 * (pair[1] - pair[0]).as_secs_f64()).collect();
    times.sort_by(f64::total_cmp);
    println!("{:<10} batch {batch:>3}  {:>9.1} ms", net.name(), times[times.len() / 2]);
    Ok(())
}

/// Writes numbers into a file.
fn write_numbers(path: &Path, values: impl IntoIterator<Item = f64>) -> Result<()> {
    let bytes: Vec<u8> = values.into_iter().flat_map(f64::to_le_bytes).collect();
    write_file(path, &bytes)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|error| ann::Error::Io {
        action: "write",
        path: path.to_owned(),
        source: error,
    })
}

fn write<N: Network<Input: Shaped, Output = Rank1<C>>, const C: usize>(net: &N, folder: &Path) -> Result<()> {
    let data = data::<N::Input, C>(2)?;
    let mut trainer = Trainer::new(CrossEntropy::new(), Sgd::new(1.0)).quiet();
    let gradients = trainer.gradients(net, &data)?;
    let names = gradients.layout().segments().iter().map(|segment| format!("{}\n", segment.name));
    net.save(folder.join("weights.safetensors"))?;
    write_file(&folder.join("names"), names.collect::<String>().as_bytes())?;
    write_numbers(&folder.join("input"), data.inputs.as_slice().iter().copied())?;
    write_numbers(&folder.join("output"), net.predict(&data.inputs)?.as_slice().iter().copied())?;
    write_numbers(&folder.join("loss"), [gradients.loss])?;
    write_numbers(&folder.join("gradients"), gradients.as_slice().iter().copied())
}

/// Runs a command on a network; those with dropout say where it is.
macro_rules! run {
    ($words:expr, $precision:expr, $batch:expr, $seed:expr; $($network:ident: [$($($drop:ident).+),*],)+) => {
        match $words[1].as_str() {
            $(stringify!($network) => {
                #[allow(unused_mut, reason = "a network may have no dropout")]
                let mut net = $network::builder().seed($seed).precision($precision).build();
                if $words[0] == "time" {
                    return time(net, $batch);
                }
                $(net.$($drop).+ = net.$($drop).+.clone().p(0.0);)*
                write(&net, Path::new(&$words[2]))
            })+
            other => {
                println!("there is no network `{other}`");
                Ok(())
            }
        }
    };
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let is_known = words.first().is_some_and(|word| ["time", "write"].contains(&word.as_str()));
    if !is_known || words.len() < if words[0] == "write" { 3 } else { 2 } {
        println!("zoo time NETWORK [BATCH]\nzoo write NETWORK FOLDER [f32|f64] [SEED]");
        return Ok(());
    }
    let batch = words.get(2).and_then(|word| word.parse().ok()).unwrap_or(2);
    let precision = if words.get(3).is_some_and(|word| word == "f64") { Dtype::F64 } else { Dtype::F32 };
    let seed = words.get(4).and_then(|word| word.parse().ok()).unwrap_or(0);
    run!(words, precision, batch, seed;
        LeNet: [],
        AlexNet: [drop6, drop7],
        CaffeNet: [drop6, drop7],
        Vgg16: [drop6, drop7],
        GoogLeNet: [head1.drop, head2.drop, drop],
        ResNet18: [],
        ResNet50: [],
        SqueezeNet: [drop9],
        MobileNet: [],
    )
}
