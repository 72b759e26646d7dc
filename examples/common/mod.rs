//! What the examples share: their arguments, a line an epoch, and the result.
#![allow(dead_code, reason = "not every example uses all of it")]

use std::path::PathBuf;
use std::process::exit;

use ann::prelude::*;
use ann::train::{Callback, Control, Epoch, Snapshot};

/// The arguments of an example.
#[derive(Clone, Debug)]
pub(crate) struct Args {
    /// Where the data are.
    pub(crate) data: PathBuf,
    /// How often to go through them.
    pub(crate) epochs: u64,
    /// What everything random is drawn by.
    pub(crate) seed: u64,
    /// On how many threads.
    pub(crate) threads: usize,
    /// Where to write the weights.
    pub(crate) save: Option<PathBuf>,
    /// Where to write checkpoints, and to go on from if there is one.
    pub(crate) checkpoint: Option<PathBuf>,
    /// What this example takes besides.
    further: Vec<Further>,
}

/// An argument of one example: a number, or a switch.
#[derive(Clone, Debug)]
pub(crate) struct Further {
    flag: &'static str,
    /// The number; of a switch, 1 if it is given.
    value: u64,
    is_switch: bool,
    about: &'static str,
}

impl Further {
    /// A number with a default.
    pub(crate) fn number(flag: &'static str, value: u64, about: &'static str) -> Self {
        Self { flag, value, is_switch: false, about }
    }

    /// A switch.
    pub(crate) fn switch(flag: &'static str, about: &'static str) -> Self {
        Self { flag, value: 0, is_switch: true, about }
    }
}

impl Args {
    /// Reads the command line, with these defaults.
    pub(crate) fn read(data: &str, epochs: u64) -> Self {
        Self::read_with(data, epochs, Vec::new())
    }

    /// The same for an example that takes more.
    pub(crate) fn read_with(data: &str, epochs: u64, further: Vec<Further>) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        // So that the example runs from any folder.
        let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(data);
        let mut args = Self { data, epochs, seed: 0, threads, save: None, checkpoint: None, further };
        let mut words = std::env::args().skip(1);
        while let Some(flag) = words.next() {
            let mut value =
                || words.next().unwrap_or_else(|| refuse(&format!("{flag} needs a value"), &args));
            match &*flag {
                "--data" => args.data = value().into(),
                "--epochs" => args.epochs = number(&flag, &value(), &args),
                "--seed" => args.seed = number(&flag, &value(), &args),
                "--threads" => args.threads = number(&flag, &value(), &args),
                "--save" => args.save = Some(value().into()),
                "--checkpoint" => args.checkpoint = Some(value().into()),
                "--help" => refuse("", &args),
                _ => match args.further.iter().position(|further| further.flag == flag) {
                    None => refuse(&format!("there is no `{flag}`"), &args),
                    Some(at) if args.further[at].is_switch => args.further[at].value = 1,
                    Some(at) => args.further[at].value = number(&flag, &value(), &args),
                },
            }
        }
        args
    }

    /// The value of an argument that only this example takes.
    pub(crate) fn further(&self, flag: &str) -> u64 {
        self.further.iter().find(|further| further.flag == flag).map_or(0, |further| further.value)
    }

    /// A trainer with what the command line says of it.
    pub(crate) fn trainer<L>(&self, trainer: Trainer<L>) -> Trainer<L> {
        self.plain_trainer(trainer).epochs(self.epochs)
    }

    /// The same without epochs, for what comes before.
    pub(crate) fn plain_trainer<L>(&self, trainer: Trainer<L>) -> Trainer<L> {
        let trainer = trainer.seed(self.seed).threads(self.threads).callback(Lines);
        match &self.checkpoint {
            Some(path) => trainer.checkpoint(path).resume(),
            None => trainer,
        }
    }

    /// For an example without a training run to go on with.
    pub(crate) fn refuse_checkpoint(&self) {
        if self.checkpoint.is_some() {
            refuse("this example writes no checkpoint", self);
        }
    }

    /// Writes the weights if the command line says where.
    pub(crate) fn save(&self, network: &impl Network) -> Result<()> {
        let Some(path) = &self.save else { return Ok(()) };
        network.save(path)?;
        println!("weights written to {}", path.display());
        Ok(())
    }
}

fn number<T: std::str::FromStr>(flag: &str, text: &str, args: &Args) -> T {
    text.parse().unwrap_or_else(|_| refuse(&format!("{flag} takes a number, not `{text}`"), args))
}

fn refuse(reason: &str, args: &Args) -> ! {
    if !reason.is_empty() {
        eprintln!("{reason}");
    }
    eprintln!("--data DIR         where the data are ({})", args.data.display());
    eprintln!("--epochs N         how often to go through them ({})", args.epochs);
    eprintln!("--seed N           what everything random is drawn by ({})", args.seed);
    eprintln!("--threads N        on how many threads; the result does not depend on it ({})", args.threads);
    eprintln!("--save FILE        writes the weights (safetensors)");
    eprintln!("--checkpoint FILE  writes a checkpoint after each epoch, and goes on from it if it is there");
    for Further { flag, value, is_switch, about } in &args.further {
        let flag = if *is_switch { (*flag).to_owned() } else { format!("{flag} N") };
        let default = if *is_switch { String::new() } else { format!(" ({value})") };
        eprintln!("{flag:<18} {about}{default}");
    }
    exit(if reason.is_empty() { 0 } else { 2 })
}

/// Prints a line after each epoch.
#[derive(Debug)]
struct Lines;

impl Callback for Lines {
    fn on_epoch(&mut self, epoch: &Epoch, _: &Snapshot<'_>) -> Result<Control> {
        // A long run of quick epochs needs no line for each.
        let rarely = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
        if epoch.epoch <= 20 || rarely.contains(&epoch.epoch) || epoch.epoch.is_multiple_of(100) {
            println!("{epoch}");
        }
        Ok(Control::Continue)
    }
}

/// How many images there are for what.
pub(crate) fn print_sizes(args: &Args, train: usize, validation: usize, test: usize) {
    let threads = args.threads;
    println!("{train} images to train on, {validation} to validate, {test} to test on, {threads} threads\n");
}

/// Where an example's picture goes: into the folder of what was built.
pub(crate) fn picture(name: &str) -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target"), PathBuf::from);
    folder.join(name)
}

/// The last line: figures as JSON.
pub(crate) fn print_result(figures: &[(&str, f64)]) {
    let figures: Vec<String> = figures.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    println!("result: {{{}}}", figures.join(", "));
}
