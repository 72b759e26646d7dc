//! A restricted Boltzmann machine on handwritten digits: what its hidden units look for, and what test images become when it goes on dreaming.
//!
//! Persistent chains (Tieleman 2008) on all images, two steps of Gibbs sampling an update. You will see a line an epoch, the mean
//! log-likelihood of the test images by annealed importance sampling (Salakhutdinov and Murray 2008), and where the pictures of the
//! filters and of the samples were written.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use ann::boltzmann::{Annealing, Machine};
use ann::data::Mnist;
use ann::prelude::*;
use ann::schedule::Polynomial;
use ann::train::plot;
use common::{Args, Further};

network! {
    /// 784 pixels and 256 units that look at them.
    pub struct DigitRbm: [784] <-> [256] { Rbm(256, persistent = true, k = 2, l2 = 1e-4) }
}

fn main() -> Result<()> {
    let further = vec![
        Further::number("--betas", 1000, "steps of annealed importance sampling"),
        Further::number("--gibbs", 1000, "steps of sampling, from test images to the picture"),
    ];
    let args = Args::read_with("data/mnist", 15, further);
    let (train, test) = (Mnist::train(&args.data)?.flatten(), Mnist::test(&args.data)?.flatten());
    let mut net = DigitRbm::new(args.seed);
    println!("{}", net.summary());
    common::print_sizes(&args, train.len(), 0, test.len());

    let trainer = Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.05));
    let mut trainer = args.trainer(trainer).batch(50).schedule(Polynomial::new(1.0));
    let histories = trainer.pretrain(&mut net, &train)?;
    args.save(&net)?;
    let seconds: f64 = histories.iter().map(ann::train::History::seconds).sum();

    let machine = net.machine("rbm1")?.threads(args.threads);
    let (train, test) = (train.inputs::<f32>()?, test.inputs::<f32>()?);
    let betas = args.further("--betas") as usize;
    let estimate = Annealing::new().steps(betas).base_rates(&train).seed(args.seed).estimate(&machine)?;
    let likelihood = machine.log_likelihood(&test, estimate.log_partition)?;
    println!("\nln Z: {:.1}, standard error {:.2}", estimate.log_partition, estimate.standard_error);
    println!("mean log-likelihood of the test images: {likelihood:.1} nats");

    let picture = common::picture("rbm_filters.png");
    plot::image_grid(&picture, &filters(&machine, 100), 28, 28, 20)?;
    println!("filters: {}", picture.display());
    let samples = machine.sample_from(&test.take(100), args.further("--gibbs") as usize, args.seed)?;
    let picture = common::picture("rbm_samples.png");
    let means: Vec<f32> = samples.means.iter().map(|mean| *mean as f32).collect();
    plot::image_grid(&picture, &means, 28, 28, 20)?;
    println!("samples: {}", picture.display());
    let error = histories[0].last().and_then(|epoch| epoch.get("reconstruction_error")).unwrap_or(f64::NAN);
    common::print_result(&[
        ("seconds", seconds),
        ("log_likelihood", likelihood),
        ("standard_error", estimate.standard_error),
        ("reconstruction_error", error),
    ]);
    Ok(())
}

/// The weights of the first units, each unit's from 0 to 1.
fn filters(machine: &Machine, count: usize) -> Vec<f32> {
    let scaled = |weight: &[f64]| -> Vec<f32> {
        let (low, high) = weight
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), w| (low.min(*w), high.max(*w)));
        weight.iter().map(|w| ((w - low) / (high - low).max(1e-9)) as f32).collect()
    };
    machine.weight().chunks(784).take(count).flat_map(scaled).collect()
}
