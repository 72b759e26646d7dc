//! A plain recurrent network that reads a digit row by row, from top to bottom, and says at the end which it is.
//!
//! Of every other image the lowest rows are missing, up to half of them: sequences of differing length in one batch. You will see a
//! line an epoch, and the accuracy on whole test images and on test images that are cut off.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use ann::data::{Mnist, split};
use ann::prelude::*;

network! {
    /// 28 rows of 28 pixels to one of ten digits.
    pub struct Rows: [28, 28] -> [10] { Rnn(128), Last, Dense(10) }
}

fn main() -> Result<()> {
    let args = common::Args::read("data/mnist", 40);
    let (all, test) = (rows(&Mnist::train(&args.data)?)?, rows(&Mnist::test(&args.data)?)?);
    let lengths: Vec<usize> =
        (0..all.len()).map(|number| if number % 2 == 0 { 28 } else { cut(number) }).collect();
    let all = all.with_lengths(&lengths)?;
    let (train, validation) = split(&all, 0.95, args.seed)?;
    let mut net = Rows::new(args.seed);
    println!("{}", net.summary());
    common::print_sizes(&args, train.len(), validation.len(), test.len());

    let trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.002))
        .batch(64)
        .clip(Clip::Norm(1.0))
        .schedule(Cosine::new())
        .metric(Accuracy::new());
    let mut trainer = args.trainer(trainer);
    let history = trainer.fit_validated(&mut net, &train, &validation)?;
    args.save(&net)?;

    let accuracy = trainer.evaluate(&net, &test)?.get("accuracy").unwrap_or(f64::NAN);
    println!("\naccuracy on the test images: {:.2} %", 100.0 * accuracy);
    let lengths: Vec<usize> = (0..test.len()).map(cut).collect();
    let test = test.with_lengths(&lengths)?;
    let of_cut = trainer.evaluate(&net, &test)?.get("accuracy").unwrap_or(f64::NAN);
    println!("on those of which only 14 to 28 rows are seen: {:.2} %", 100.0 * of_cut);
    common::print_result(&[("seconds", history.seconds()), ("accuracy", accuracy), ("of_cut", of_cut)]);
    Ok(())
}

/// How many rows are seen of an image that is cut off.
fn cut(number: usize) -> usize {
    14 + number / 2 % 15
}

/// Images as sequences of rows.
fn rows(images: &Mnist) -> Result<InMemory<Rank2<28, 28>, Class<10>>> {
    let labels: Vec<usize> = images.labels().iter().map(|label| usize::from(*label)).collect();
    InMemory::classes(Examples::from_vec(images.inputs::<f32>()?.into_vec())?, &labels)
}
