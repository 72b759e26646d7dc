//! LeNet, as Caffe's `examples/mnist/lenet.prototxt` has it, on handwritten digits.
//!
//! A twentieth of the training images is held back to validate each epoch; the test images are used once, at the end. You will
//! see the table of layers, a line an epoch, the accuracy on the test images, and where the learning curve was drawn.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use ann::data::{Mnist, split};
use ann::prelude::*;

network! {
    /// LeCun et al. 1998, in Caffe's variant: two convolutions, two dense layers, one rectifier.
    pub struct LeNet: [1, 28, 28] -> [10] {
        conv1: Conv2d(20, kernel = 5, l2 = 5e-4),
        MaxPool2d(2),
        conv2: Conv2d(50, kernel = 5, l2 = 5e-4),
        MaxPool2d(2),
        fc1: Dense(500, l2 = 5e-4),
        Relu,
        fc2: Dense(10, l2 = 5e-4),
    }
}

fn main() -> Result<()> {
    let args = common::Args::read("data/mnist", 15);
    let (all, test) = (Mnist::train(&args.data)?, Mnist::test(&args.data)?);
    let (train, validation) = split(&all, 0.95, args.seed)?;
    let mut net = LeNet::new(args.seed);
    println!("{}", net.summary());
    common::print_sizes(&args, train.len(), validation.len(), test.len());

    let trainer = Trainer::new(CrossEntropy::new().label_smoothing(0.1), Adam::new(0.002))
        .batch(64)
        .schedule(Cosine::new())
        .metric(Accuracy::new());
    let mut trainer = args.trainer(trainer);
    let history = trainer.fit_validated(&mut net, &train, &validation)?;
    args.save(&net)?;

    let figures = trainer.evaluate(&net, &test)?;
    let accuracy = figures.get("accuracy").unwrap_or(f64::NAN);
    println!("\naccuracy on the test images: {:.2} %", 100.0 * accuracy);
    let picture = common::picture("lenet.png");
    history.save_png(&picture)?;
    println!("learning curve: {}", picture.display());
    common::print_result(&[("seconds", history.seconds()), ("accuracy", accuracy), ("loss", figures.loss)]);
    Ok(())
}
