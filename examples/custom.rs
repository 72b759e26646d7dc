//! Everything of one's own: an activation, a layer with parameters, a loss and a regularizer, in a network that predicts the
//! heating and cooling load of buildings. Their gradients are checked first.
//!
//! You will see what was checked, lines of a run on four fifths of the table, and R2 on the fifth that was held out.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use ann::check::{check_activation, check_layer, check_loss, check_regularizer};
use ann::data::{Csv, Standard};
use ann::metric::R2;
use ann::prelude::*;
use ann::regularizer::Regularizer;
use ann::{Activation, Cost, Initial, Recorder, Var};

/// `x tanh(ln(1 + e^x))` (Misra 2019).
#[derive(Clone, Debug)]
struct Mish;

impl Activation for Mish {
    fn value(&self, x: f64) -> f64 {
        x * x.exp().ln_1p().tanh()
    }

    fn slope(&self, x: f64) -> f64 {
        let t = x.exp().ln_1p().tanh();
        t + x * (1.0 - t * t) / (1.0 + (-x).exp())
    }
}

/// `y = g tanh(W x + b) + (1 - g) x` with the gate `g = sigmoid(V x + c)` (Srivastava, Greff, Schmidhuber 2015): the input passes
/// where the gate is closed, as it nearly is at first.
#[derive(Clone, Debug, Default)]
pub struct Highway<const N: usize>;

impl<const N: usize> Layer for Highway<N> {
    type Input = Rank1<N>;
    type Output = Rank1<N>;

    fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<N>>) -> Result<Var<'t, Rank1<N>>> {
        let dense = |weight: &str, bias: &str, first: f64| {
            let weight = tape.parameter(weight, &[N, N], &Initial::new(Xavier));
            x.linear(weight, tape.parameter(bias, &[N], &Initial::constant(first)))
        };
        let change = dense("weight", "bias", 0.0).tanh();
        let gate = dense("gate_weight", "gate_bias", -1.0).sigmoid();
        Ok((x + gate * (change - x)).typed())
    }
}

impl<const N: usize> Cost for Highway<N> {
    const PARAMETERS: usize = 2 * (N * N + N);
    const FLOPS: u64 = (2 * (2 * N * N + N) + 5 * N) as u64;
}

/// The mean of `ln cosh(y - t)`: a square near 0, an absolute value far off.
#[derive(Clone, Debug)]
struct LogCosh;

impl<const N: usize> Loss<Rank1<N>> for LogCosh {
    type Target = Values<Rank1<N>>;

    fn record<'t>(&self, _: &Recorder<'t>, y: Var<'t, Rank1<N>>, target: Var<'t>) -> Result<Var<'t>> {
        // ln cosh d = d + ln(1 + e^-2d) - ln 2
        let d = y - target;
        Ok((d + (d * -2.0).softplus() + -std::f64::consts::LN_2).mean())
    }
}

/// `strength ln(1 + w^2)`: presses on small weights and lets large ones be.
#[derive(Clone, Debug)]
struct Cauchy(f64);

impl Regularizer for Cauchy {
    fn penalty(&self, w: f64) -> f64 {
        self.0 * (w * w).ln_1p()
    }

    fn slope(&self, w: f64) -> f64 {
        self.0 * 2.0 * w / (1.0 + w * w)
    }
}

network! {
    /// They stand in a network as the built-in ones do.
    pub struct Energy: [8] -> [2] {
        Dense(48, regularizer = Cauchy(1e-6)), Activation(Mish),
        highway: Highway<48> -> [48],
        Dense(2),
    }
}

const _: () = assert!(Energy::PARAMETERS == (8 * 48 + 48) + 2 * (48 * 48 + 48) + (48 * 2 + 2));

fn check_gradients() -> Result<()> {
    check_activation(&Mish)?;
    check_regularizer(&Cauchy(1e-6))?;
    check_layer(&Highway::<6>, &[&[6]])?;
    let output: Examples<Rank1<2>, f64> = Examples::from_vec(vec![0.5, -2.0, 30.0, 0.1])?;
    check_loss(&LogCosh, &output, &[0.0, 1.0, -1.0, 0.1])?;
    check_layer(&Energy::default(), &[&[8]])?;
    println!("gradients checked: `Mish`, `Highway`, `LogCosh`, `Cauchy`, and the network of them\n");
    Ok(())
}

fn main() -> Result<()> {
    let args = common::Args::read("data/energy", 600);
    check_gradients()?;

    let table = Csv::open(args.data.join("energy_efficiency.csv"))?;
    let columns = ["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8"];
    let all = table.examples::<Rank1<8>, Rank1<2>>(&columns, &["Y1", "Y2"])?;
    let (mut train, mut test) = all.split(0.8, args.seed)?;
    let (inputs, targets) = (Standard::fit(&train.inputs)?, Standard::fit(&train.targets)?);
    for part in [&mut train, &mut test] {
        inputs.transform(&mut part.inputs)?;
        targets.transform(&mut part.targets)?;
    }

    let mut net = Energy::new(args.seed);
    println!("{}", net.summary());
    println!("{} buildings to train on, {} held out, {} threads\n", train.len(), test.len(), args.threads);
    let trainer = Trainer::new(LogCosh, Adam::new(0.005)).batch(32).schedule(Cosine::new());
    let history = args.trainer(trainer).fit(&mut net, &train)?;
    args.save(&net)?;

    let mut r2 = R2::new();
    r2.update(&net.predict(&test.inputs)?.to_f64(), &test.targets.to_f64(), 2);
    let each = r2.per_output();
    println!("\nR2 on what was held out: heating load {:.4}, cooling load {:.4}", each[0], each[1]);
    common::print_result(&[
        ("seconds", history.seconds()),
        ("r2", r2.value()),
        ("r2_heating", each[0]),
        ("r2_cooling", each[1]),
    ]);
    Ok(())
}
