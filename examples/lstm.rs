//! A character network: an LSTM that learns to continue Shakespeare.
//!
//! The first nine tenths of the text are trained on, by truncated back-propagation through time; the last tenth is held out. You
//! will see a line an epoch with the loss in nats a character, and behind it what the network writes at that moment.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use std::fs;

use ann::autodiff::random::Random;
use ann::data::Stream;
use ann::prelude::*;
use ann::train::{Callback, Control, Epoch, Snapshot};
use ann::{Error, STEPS};

/// The characters of the whole selection; the part in the repository has 62 of them.
const VOCABULARY: &str = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Sequences a batch, and steps that gradients go back.
const ROWS: usize = 32;
const WINDOW: usize = 64;

network! {
    /// The next character from those before.
    pub struct CharLstm: [_] -> [_, 65] {
        Embedding(65, 64),
        Lstm(256),
        Dropout(0.2),
        Dense(65),
    }
}

fn main() -> Result<()> {
    let args = common::Args::read("data/shakespeare/text.txt", 14);
    let text = fs::read_to_string(&args.data).map_err(|source| Error::Io {
        action: "read",
        path: args.data.clone(),
        source,
    })?;
    let tokens = encode(&text)?;
    let (train, held_out) = tokens.split_at(tokens.len() * 9 / 10);
    let (train, held_out) =
        (Stream::<65>::new(train, ROWS, WINDOW)?, Stream::<65>::new(held_out, ROWS, WINDOW)?);
    let mut net = CharLstm::new(args.seed);
    println!("{}", net.summary());
    println!("{} characters, the last tenth of them held out, {} threads\n", tokens.len(), args.threads);

    let trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.002))
        .batch(ROWS)
        .carry_state()
        .clip(Clip::Norm(1.0))
        .schedule(Cosine::new());
    let mut trainer = args.trainer(trainer).callback(Sample { net: net.clone(), length: 120 });
    let history = trainer.fit_validated(&mut net, &train, &held_out)?;
    args.save(&net)?;

    let loss = trainer.evaluate(&net, &held_out)?.loss;
    println!("\n{}\n", write(&net, 600, args.seed)?);
    println!("held out: {loss:.4} nats a character");
    let picture = common::picture("lstm.png");
    history.save_png(&picture)?;
    println!("learning curve: {}", picture.display());
    common::print_result(&[("seconds", history.seconds()), ("loss", loss)]);
    Ok(())
}

/// The number of each character.
fn encode(text: &str) -> Result<Vec<usize>> {
    let number = |(place, character): (usize, char)| {
        VOCABULARY.find(character).ok_or_else(|| Error::Label {
            place: format!("character {place}"),
            found: format!("{character:?}"),
            classes: VOCABULARY.len(),
        })
    };
    text.chars().enumerate().map(number).collect()
}

/// What the network writes, character by character, each drawn by the probabilities it gives; it remembers what it wrote.
fn write(net: &CharLstm, length: usize, seed: u64) -> Result<String> {
    let random = Random::new(seed).child(1);
    let mut predictor = net.predictor()?.keep_state();
    let mut text = String::from("\n");
    for place in 0..length {
        let last = encode(&text[text.len() - 1..])?[0] as f32;
        let x = Examples::<Rank1<STEPS>>::from_vec_with_dims(vec![last], &[1])?;
        let logits = predictor.predict(&x)?.into_vec();
        // A little bolder than the probabilities themselves.
        let weights: Vec<f64> = logits.iter().map(|y| (f64::from(*y) / 0.8).exp()).collect();
        let mut left = random.uniform(place as u64) * weights.iter().sum::<f64>();
        let chosen = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        text.extend(VOCABULARY.chars().nth(chosen.unwrap_or(0)));
    }
    Ok(text.trim_start().to_owned())
}

/// Prints what the network writes after each epoch.
#[derive(Debug)]
struct Sample {
    net: CharLstm,
    length: usize,
}

impl Callback for Sample {
    fn on_epoch(&mut self, epoch: &Epoch, now: &Snapshot<'_>) -> Result<Control> {
        now.copy_to(&mut self.net)?;
        let text = write(&self.net, self.length, epoch.epoch)?;
        println!("    {}", text.replace('\n', "\n    "));
        Ok(Control::Continue)
    }
}
