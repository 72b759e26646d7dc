//! Trains a small network on a part of MNIST, to be killed and started again: `train CHECKPOINT OUT EPOCHS EVERY`.

use ann::prelude::*;
use ann_tests::{Small, images};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [checkpoint, out, epochs, every] = &words[..] else {
        panic!("usage: train CHECKPOINT OUT EPOCHS EVERY")
    };
    let number = |text: &str| text.parse::<u64>().unwrap_or_else(|error| panic!("`{text}`: {error}"));
    let mut net = Small::new(3);
    Trainer::new(CrossEntropy::new(), Adam::new(0.002))
        .schedule(Cosine::new())
        .epochs(number(epochs))
        .batch(32)
        .seed(5)
        .threads(1)
        .early_stopping(EarlyStopping::new(50))
        .checkpoint(checkpoint)
        .checkpoint_every(number(every))
        .resume()
        .fit(&mut net, &images(1000)?)?;
    net.save(out)
}
