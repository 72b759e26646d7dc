//! A deep belief net on handwritten digits: pretrained machine by machine, unrolled to an autoencoder, trained on by back-propagation.
//!
//! Hinton and Salakhutdinov, "Reducing the dimensionality of data with neural networks" (2006): 784-1000-500-250-30 and back. You will
//! see the table of layers, each machine's figures, a line an epoch, and the squared error of a test image, summed over its pixels,
//! after pretraining and after training, beside that of PCA with as many numbers. With `--classifier` it is 784-500-500-2000-10
//! instead, trained on with dropout, and the errors on the test images are counted.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;
#[path = "common/pca.rs"]
mod pca;

use ann::boltzmann::Structure;
use ann::data::{Mnist, split};
use ann::prelude::*;
use ann::train::{Evaluation, History, plot};
use common::{Args, Further};

network! {
    /// An image to 30 numbers, and back.
    pub struct DigitDbn: [784] <-> [30] {
        Rbm(1000, l2 = 2e-4), Rbm(500, l2 = 2e-4), Rbm(250, l2 = 2e-4), Rbm(30, hidden = Gaussian, l2 = 2e-4),
    }

    /// An image to 2000 features.
    pub struct FeatureDbn: [784] <-> [2000] { Rbm(500, l2 = 2e-4), Rbm(500, l2 = 2e-4), Rbm(2000, l2 = 2e-4) }
}

fn main() -> Result<()> {
    let further = vec![
        Further::number("--pretrain", 5, "how often each machine goes through the data"),
        Further::switch("--classifier", "784-500-500-2000-10 to tell digits"),
    ];
    let args = Args::read_with("data/mnist", 10, further);
    if args.further("--classifier") == 1 { classify(&args) } else { reconstruct(&args) }
}

/// Trains the machines; Gaussian units want a smaller rate.
fn pretrain<N: TwoWay<Input = Rank1<784>>>(
    args: &Args,
    net: &mut N,
    data: &impl Dataset<Input = Rank1<784>>,
) -> Result<f64> {
    let trainer = |machine: &Structure| {
        let rate = if machine.is_gaussian() { 0.002 } else { 0.05 };
        println!("\n{}: {} to {}, rate {rate}", machine.label(), machine.visible(), machine.hidden());
        args.plain_trainer(Trainer::new(ContrastiveDivergence::new(), Sgd::new(rate).momentum(0.9)))
            .epochs(args.further("--pretrain"))
            .batch(100)
    };
    let histories = Trainer::pretrain_each(net, data, trainer)?;
    Ok(histories.iter().map(History::seconds).sum())
}

fn reconstruct(args: &Args) -> Result<()> {
    let train = Mnist::train(&args.data)?.flatten().reconstruct();
    let test = Mnist::test(&args.data)?.flatten().reconstruct();
    let mut net = DigitDbn::new(args.seed);
    println!("{}", net.summary());
    common::print_sizes(args, train.len(), 0, test.len());
    let pretraining = pretrain(args, &mut net, &train)?;

    let mut autoencoder = net.unroll();
    let trainer = Trainer::new(MeanSquaredError, Adam::new(0.001)).batch(100).schedule(Cosine::new());
    let mut trainer = args.trainer(trainer);
    let pretrained = 784.0 * trainer.evaluate(&autoencoder, &test)?.loss;
    println!("\nsquared error of a test image after pretraining: {pretrained:.2}\n");
    let history = trainer.fit(&mut autoencoder, &train)?;
    args.save(&autoencoder)?;
    let error = 784.0 * trainer.evaluate(&autoencoder, &test)?.loss;

    let (train, test) = (train.inputs::<f32>()?, test.inputs::<f32>()?);
    let pca_error = 784.0 * pca::Pca::fit(train.as_slice(), 784, 30).error(test.as_slice());
    println!("\nsquared error of a test image, summed over its pixels: {error:.2}");
    println!("that of PCA with 30 components:                        {pca_error:.2}");
    let shown = test.take(12);
    let images = [shown.as_slice(), autoencoder.predict(&shown)?.as_slice()].concat();
    let picture = common::picture("dbn.png");
    plot::image_grid(&picture, &images, 28, 28, 12)?;
    println!("originals over reconstructions: {}", picture.display());
    let seconds = pretraining + history.seconds();
    common::print_result(&[("seconds", seconds), ("squared_error", error), ("pca_squared_error", pca_error)]);
    Ok(())
}

fn classify(args: &Args) -> Result<()> {
    let all = Mnist::train(&args.data)?.flatten();
    let (train, validation) = split(&all, 0.95, args.seed)?;
    let test = Mnist::test(&args.data)?.flatten();
    let mut net = FeatureDbn::new(args.seed);
    println!("{}", net.summary());
    common::print_sizes(args, train.len(), validation.len(), test.len());
    let pretraining = pretrain(args, &mut net, &train)?;

    let mut classifier = net.into_classifier::<10>().seed(args.seed).dropout(0.2, 0.5);
    let trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.001))
        .batch(100)
        .schedule(Cosine::new())
        .metric(Accuracy::new());
    let mut trainer = args.trainer(trainer);
    println!();
    let history = trainer.fit_validated(&mut classifier, &train, &validation)?;
    args.save(&classifier)?;
    let wrong = |figures: Evaluation| 100.0 * (1.0 - figures.get("accuracy").unwrap_or(f64::NAN));
    let of_validation = wrong(trainer.evaluate(&classifier, &validation)?);
    let wrong = wrong(trainer.evaluate(&classifier, &test)?);
    println!("\nwrong on the validation images: {of_validation:.2} %, on the test images: {wrong:.2} %");
    common::print_result(&[("seconds", pretraining + history.seconds()), ("error_percent", wrong)]);
    Ok(())
}
