//! Trains a restricted Boltzmann machine on a table of images and writes the means of its hidden units: for `rbm_digits.py`, which
//! compares them with scikit-learn's.
//!
//! `rbm_features TRAIN.csv TEST.csv SEED falling` (or `same`, or `cd`): rows of 64 numbers from 0 to 1. Writes `TRAIN.csv.features` and
//! `TEST.csv.features`.
#![allow(clippy::print_stderr, reason = "a program")]

use std::error::Error;
use std::fmt::Write;
use std::fs;

use ann::data::InMemory;
use ann::prelude::*;
use ann::schedule::Polynomial;

network! {
    /// As scikit-learn's `BernoulliRBM(n_components=100)`: persistent chains, a step of sampling an update, weights of deviation 0.01.
    struct Persistent: [64] <-> [100] { Rbm(100, persistent = true) }

    /// The same by CD-1, as `Rbm(100)` is without other wishes.
    struct OneStep: [64] <-> [100] { Rbm(100) }
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [train, test, seed, method] = &arguments[..] else {
        return Err("rbm_features TRAIN.csv TEST.csv SEED falling|same|cd".into());
    };
    let seed = seed.parse()?;
    // learning_rate = 0.06, n_iter = 10, batch_size = 10.
    let trainer =
        |rate| Trainer::new(ContrastiveDivergence::new(), Sgd::new(rate)).epochs(10).batch(10).seed(seed);
    match &**method {
        // The rate falls to nothing along a straight line, as Tieleman (2008) has it for persistent chains; its mean is the same.
        "falling" => {
            let trainer = trainer(0.12).schedule(Polynomial::new(1.0));
            features(Persistent::new(seed), trainer, [train, test])
        }
        "same" => features(Persistent::new(seed), trainer(0.06), [train, test]),
        "cd" => features(OneStep::new(seed), trainer(0.06), [train, test]),
        other => Err(format!("`{other}` is none of falling, same and cd").into()),
    }
}

/// Trains on the first table, writes the features of both.
fn features<N>(
    mut net: N,
    mut trainer: Trainer<ContrastiveDivergence>,
    paths: [&str; 2],
) -> std::result::Result<(), Box<dyn Error>>
where
    N: TwoWay<Input = Rank1<64>, Output = Rank1<100>>,
{
    let x = table(paths[0])?;
    let labels = vec![0; x.len()];
    let data: InMemory<Rank1<64>, Class<1>, f64> = InMemory::classes(x, &labels)?;
    for history in trainer.pretrain(&mut net, &data)? {
        eprintln!("{}", history.last().map(ToString::to_string).unwrap_or_default());
    }
    for path in paths {
        let mut text = String::new();
        for row in net.predict(&table(path)?)?.rows() {
            let row: Vec<String> = row.iter().map(ToString::to_string).collect();
            writeln!(text, "{}", row.join(","))?;
        }
        fs::write(format!("{path}.features"), text)?;
    }
    Ok(())
}

/// Rows of 64 numbers.
fn table(path: &str) -> std::result::Result<Examples<Rank1<64>, f64>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let numbers: std::result::Result<Vec<f64>, _> =
        text.lines().flat_map(|line| line.split(',')).map(|number| number.trim().parse()).collect();
    Ok(Examples::from_vec(numbers?)?)
}
