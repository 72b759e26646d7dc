//! An autoencoder: 784 pixels through 30 numbers and back, made of two networks.
//!
//! You will see a line an epoch, the error on images that were not trained on beside that of PCA with as many components,
//! and where the picture of originals over reconstructions was written.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;
#[path = "common/pca.rs"]
mod pca;

use ann::data::{Mnist, split};
use ann::prelude::*;
use ann::train::plot;

network! {
    /// An image to 30 numbers.
    pub struct Encoder: [784] -> [30] { Dense(500, init = He), Relu, Dense(250, init = He), Relu, Dense(30) }

    /// 30 numbers to an image.
    pub struct Decoder: [30] -> [784] { Dense(250, init = He), Relu, Dense(500, init = He), Relu, Dense(784), Sigmoid }

    /// Both.
    pub struct Autoencoder: [784] -> [784] { encoder: Encoder -> [30], decoder: Decoder -> [784] }
}

fn main() -> Result<()> {
    let args = common::Args::read("data/mnist", 20);
    let all = Mnist::train(&args.data)?.flatten().reconstruct();
    let (train, validation) = split(&all, 0.9, args.seed)?;
    let test = Mnist::test(&args.data)?.flatten().reconstruct();
    let mut net = Autoencoder::new(args.seed);
    println!("{}", net.summary());
    common::print_sizes(&args, train.len(), validation.len(), test.len());

    let trainer = Trainer::new(MeanSquaredError, Adam::new(0.001)).batch(64).schedule(Cosine::new());
    let mut trainer = args.trainer(trainer);
    let history = trainer.fit_validated(&mut net, &train, &validation)?;
    args.save(&net)?;
    let mse = trainer.evaluate(&net, &test)?.loss;

    let (train, test) = (train.inputs::<f32>()?, test.inputs::<f32>()?);
    let pca_mse = pca::Pca::fit(train.as_slice(), 784, 30).error(test.as_slice());
    println!("\nmean squared error a pixel on the test images: {mse:.5}");
    println!("that of PCA with 30 components:                {pca_mse:.5}");

    let shown = test.take(12);
    let images = [shown.as_slice(), net.predict(&shown)?.as_slice()].concat();
    let picture = common::picture("autoencoder.png");
    plot::image_grid(&picture, &images, 28, 28, 12)?;
    println!("originals over reconstructions: {}", picture.display());
    common::print_result(&[("seconds", history.seconds()), ("mse", mse), ("pca_mse", pca_mse)]);
    Ok(())
}
