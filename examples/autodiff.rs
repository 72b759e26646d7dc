//! The tape without a network: a linear regression written as a formula, its gradient checked and used.
//!
//! You will see the gradient agree with finite differences, the mean squared error fall, and R2 on rows that were held out.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use std::time::Instant;

use ann::autodiff::random::Random;
use ann::autodiff::{Cpu, Plan, Tape, Var, check_gradient, value_and_grad};
use ann::data::{Csv, Standard};
use ann::metric::R2;
use ann::prelude::*;

/// The mean squared error of `x W^T + b`.
fn error<'t>(x: Var<'t>, w: Var<'t>, b: Var<'t>, y: Var<'t>) -> Var<'t> {
    let difference = x.linear(w, b) - y;
    (difference * difference).mean()
}

fn main() -> Result<()> {
    // Here an epoch is a step of gradient descent, on all rows.
    let args = common::Args::read("data/energy", 500);
    args.refuse_checkpoint();

    // A gradient in one line.
    let (value, gradient) = value_and_grad(|_, x| (x * x).sum(), &[1.0, 2.0, 3.0])?;
    println!("sum of squares of 1, 2, 3: {value}, gradient {gradient:?}");

    // Data: eight properties of buildings, heating and cooling load.
    let table = Csv::open(args.data.join("energy_efficiency.csv"))?;
    let columns = ["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8"];
    let (mut train, mut test) =
        table.examples::<Rank1<8>, Rank1<2>>(&columns, &["Y1", "Y2"])?.split(0.8, args.seed)?;
    let (inputs, targets) = (Standard::fit(&train.inputs)?, Standard::fit(&train.targets)?);
    for part in [&mut train, &mut test] {
        inputs.transform(&mut part.inputs)?;
        targets.transform(&mut part.targets)?;
    }
    let (x, y, rows) = (train.inputs.to_f64(), train.targets.to_f64(), train.len());

    // The formula on a tape, and its gradient against finite differences.
    let random = Random::new(args.seed);
    let mut parameters: Vec<f64> = (0..18).map(|i| 0.1 * random.normal(i)).collect();
    check_gradient(
        |tape, p| error(tape.constant(&[rows, 8], &x), p[0], p[1], tape.constant(&[rows, 2], &y)),
        &[(&[2, 8], &parameters[..16]), (&[2], &parameters[16..])],
    )?;
    println!("the gradient agrees with finite differences");

    // Gradient descent: the tape is recorded once, its plan runs again and again.
    let tape = Tape::new();
    let (w, b) = (tape.parameter("weight", &[2, 8]), tape.parameter("bias", &[2]));
    let loss = error(tape.constant(&[rows, 8], &x), w, b, tape.constant(&[rows, 2], &y));
    let mut plan = Plan::<f64>::compile_for(&Cpu::with_threads(args.threads), &tape, Some(loss), &[])?;
    let mut gradient = vec![0.0; parameters.len()];
    let began = Instant::now();
    for step in 1..=args.epochs {
        plan.forward(&parameters)?;
        plan.backward(&parameters, &mut gradient)?;
        for (p, g) in parameters.iter_mut().zip(&gradient) {
            *p -= 0.1 * g;
        }
        if step == 1 || step.is_multiple_of(100) {
            println!("step {step}: mean squared error {:.5}", plan.loss());
        }
    }
    let seconds = began.elapsed().as_secs_f64();

    // The same formula on the rows that were held out.
    let tape = Tape::new();
    let (w, b) = (tape.parameter("weight", &[2, 8]), tape.parameter("bias", &[2]));
    let predicted = tape.constant(&[test.len(), 8], &test.inputs.to_f64()).linear(w, b);
    let mut plan = Plan::<f64>::compile(&tape, None, &[predicted])?;
    plan.forward(&parameters)?;
    let expected = test.targets.to_f64();
    let mut r2 = R2::new();
    r2.update(plan.output(0), &expected, 2);
    let squares = plan.output(0).iter().zip(&expected).map(|(p, y)| (p - y).powi(2));
    let mse = squares.sum::<f64>() / expected.len() as f64;
    println!(
        "\non the rows held out: mean squared error {mse:.4} (of standardized values), R2 {:.4}",
        r2.value()
    );
    if let Some(path) = &args.save {
        ann::save::write_tensors(
            path,
            &[("weight", &[2, 8], &parameters[..16]), ("bias", &[2], &parameters[16..])],
        )?;
    }
    common::print_result(&[("seconds", seconds), ("mse", mse), ("r2", r2.value())]);
    Ok(())
}
