//! What products of `bf16` do to accuracy: LeNet and the large multilayer perceptron on handwritten digits, trained and judged with
//! [`MatmulPrecision::Full`] and with [`MatmulPrecision::Bf16`] from the same weights on the same batches.
//!
//! `bf16 [DIR [SEEDS]]`: the folder of MNIST's four files, the project's 10,000 digits unless given; how many seeds, 3 unless given.
#![allow(clippy::print_stdout, reason = "a program that prints what it measured")]

use ann::MatmulPrecision;
use ann::data::{Class, Mnist};
use ann::prelude::*;
use ann::train::Evaluation;

network! {
    struct LeNet: [1, 28, 28] -> [10] {
        Conv2d(20, kernel = 5, l2 = 5e-4), MaxPool2d(2), Conv2d(50, kernel = 5, l2 = 5e-4), MaxPool2d(2),
        Dense(500, l2 = 5e-4), Relu, Dense(10, l2 = 5e-4),
    }
    struct Big: [1, 28, 28] -> [10] {
        Flatten, Dense(2500), Relu, Dense(2000), Relu, Dense(1500), Relu, Dense(1000), Relu, Dense(500), Relu, Dense(10),
    }
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let folder = words.first().map_or("data/mnist", String::as_str);
    let seeds = words.get(1).and_then(|seeds| seeds.parse().ok()).unwrap_or(3);
    let data = (Mnist::train(folder)?, Mnist::test(folder)?);
    println!("network   seed  products  test images wrong, %  loss     seconds");
    for seed in 0..seeds {
        for precision in [MatmulPrecision::Full, MatmulPrecision::Bf16] {
            let entropy = CrossEntropy::new().label_smoothing(0.1);
            let trainer =
                Trainer::new(entropy, Adam::new(0.002)).epochs(15).batch(64).schedule(Cosine::new());
            judge("LeNet", LeNet::new(seed), trainer, precision, seed, &data)?;
            let sgd = Sgd::new(0.01).momentum(0.9);
            let trainer = Trainer::new(CrossEntropy::new(), sgd).epochs(10).batch(100);
            judge("large MLP", Big::new(seed), trainer, precision, seed, &data)?;
        }
    }
    Ok(())
}

/// Trains it on the first data, judges it by the second.
fn judge<N>(
    name: &str,
    mut net: N,
    trainer: Trainer<CrossEntropy>,
    products: MatmulPrecision,
    seed: u64,
    data: &(Mnist, Mnist),
) -> Result<()>
where
    N: Network<Input = Rank3<1, 28, 28>, Output = Rank1<10>>,
    CrossEntropy: Loss<N::Output, Target = Class<10>>,
{
    let mut trainer = trainer.metric(Accuracy::new()).seed(seed).matmul_precision(products).quiet();
    let seconds = trainer.fit(&mut net, &data.0)?.seconds();
    let figures: Evaluation = trainer.evaluate(&net, &data.1)?;
    let wrong = 100.0 * (1.0 - figures.get("accuracy").unwrap_or(f64::NAN));
    let products = format!("{products:?}");
    println!("{name:9} {seed:4}  {products:8}  {wrong:20.2}  {:.5}  {seconds:7.1}", figures.loss);
    Ok(())
}
