//! A multilayer perceptron on handwritten digits: dense layers, rectifiers, dropout.
//!
//! You will see the table of layers, a line an epoch, and the accuracy on images that were not trained on.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use ann::data::{Mnist, split};
use ann::prelude::*;

network! {
    /// Two hidden layers.
    pub struct Mlp: [784] -> [10] {
        Dense(512, init = He), Relu, Dropout(0.2),
        Dense(256, init = He), Relu, Dropout(0.2),
        Dense(10),
    }
}

fn main() -> Result<()> {
    let args = common::Args::read("data/mnist", 15);
    let (all, test) = (Mnist::train(&args.data)?.flatten(), Mnist::test(&args.data)?.flatten());
    let (train, validation) = split(&all, 0.9, args.seed)?;
    let mut net = Mlp::new(args.seed);
    println!("{}", net.summary());
    common::print_sizes(&args, train.len(), validation.len(), test.len());

    let trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.001))
        .batch(64)
        .schedule(Cosine::new())
        .metric(Accuracy::new());
    let mut trainer = args.trainer(trainer);
    let history = trainer.fit_validated(&mut net, &train, &validation)?;
    args.save(&net)?;

    let figures = trainer.evaluate(&net, &test)?;
    let accuracy = figures.get("accuracy").unwrap_or(f64::NAN);
    println!("\naccuracy on the test images: {:.2} %", 100.0 * accuracy);
    common::print_result(&[("seconds", history.seconds()), ("accuracy", accuracy), ("loss", figures.loss)]);
    Ok(())
}
