//! Multivariate regression: heating and cooling load of buildings from eight properties, both at once.
//!
//! You will see lines of a run on four fifths of the table, and R2 on the fifth that was held out.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use ann::data::{Csv, Standard};
use ann::metric::R2;
use ann::prelude::*;

network! {
    /// Two hidden layers; the loss makes it a regression.
    pub struct Energy: [8] -> [2] { Dense(64), Tanh, Dense(64), Tanh, Dense(2) }
}

fn main() -> Result<()> {
    let args = common::Args::read("data/energy", 1000);
    let table = Csv::open(args.data.join("energy_efficiency.csv"))?;
    let columns = ["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8"];
    let all = table.examples::<Rank1<8>, Rank1<2>>(&columns, &["Y1", "Y2"])?;
    let (mut train, mut test) = all.split(0.8, args.seed)?;

    // Mean 0 and deviation 1, measured on what is trained on.
    let (inputs, targets) = (Standard::fit(&train.inputs)?, Standard::fit(&train.targets)?);
    for part in [&mut train, &mut test] {
        inputs.transform(&mut part.inputs)?;
        targets.transform(&mut part.targets)?;
    }

    let mut net = Energy::new(args.seed);
    println!("{}", net.summary());
    println!("{} buildings to train on, {} held out, {} threads\n", train.len(), test.len(), args.threads);
    let trainer = Trainer::new(MeanSquaredError, Adam::new(0.005)).batch(32).schedule(Cosine::new());
    let mut trainer = args.trainer(trainer);
    let history = trainer.fit(&mut net, &train)?;
    args.save(&net)?;

    let mut r2 = R2::new();
    let predicted = net.predict(&test.inputs)?;
    r2.update(&predicted.to_f64(), &test.targets.to_f64(), 2);
    let each = r2.per_output();
    let mse = trainer.evaluate(&net, &test)?.loss;
    println!("\nmean squared error on what was held out, in squared standard deviations: {mse:.4}");
    println!("R2 on what was held out: heating load {:.4}, cooling load {:.4}", each[0], each[1]);
    common::print_result(&[
        ("seconds", history.seconds()),
        ("r2", r2.value()),
        ("r2_heating", each[0]),
        ("r2_cooling", each[1]),
        ("mse", mse),
    ]);
    Ok(())
}
