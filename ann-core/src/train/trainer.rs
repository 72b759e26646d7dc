//! [`Trainer`]: a loss, an optimizer, and how long and on what.

use std::io;
use std::path::PathBuf;

use ann_autodiff::{Cpu, MatmulPrecision};

use super::callback::Callback;
use super::checkpoint::BEST;
use super::early_stopping::EarlyStopping;
use super::evaluation::{Evaluation, Evaluator};
use super::gradients::{self, Gradients};
use super::history::{Epoch, History};
use super::run::{self, Judged};
use super::subject::{Of, Pair, Rows, Rule, Subject};
use super::update::MAX_SLOTS;
use crate::data::{Batches, DatasetOf};
use crate::error::require;
use crate::loss::Loss;
use crate::metric::Metric;
use crate::network::Network;
use crate::optimizer::{Clip, Optimizer};
use crate::precision::Precision;
use crate::schedule::{Constant, Schedule};
use crate::weights::{Store, Weights};
use crate::{Error, Result};

/// Trains networks: on batches in random order, epoch after epoch.
///
/// The same seed gives the same bits, on any number of threads, and for a run that was cut off and resumed.
///
/// A step goes: copy a batch into the plan, forward, penalties, backward, clip, update, bounds. It allocates nothing.
///
/// Only networks, data, labels and losses that fit each other compile: the dataset's inputs have to be of the network's
/// input shape, the loss has to take its output, the targets have to be what the loss compares with.
#[derive(Debug)]
pub struct Trainer<L> {
    pub(super) loss: L,
    pub(super) settings: Settings,
}

/// All that is no type.
#[allow(clippy::struct_excessive_bools, reason = "four switches that have nothing to do with each other")]
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) optimizer: Box<dyn Rule>,
    pub(super) schedule: Box<dyn Schedule>,
    pub(super) epochs: u64,
    pub(super) batch: usize,
    pub(super) drops_last: bool,
    pub(super) shuffles: bool,
    pub(super) carries: bool,
    pub(super) seed: u64,
    pub(super) backend: Cpu,
    pub(super) clip: Option<Clip>,
    pub(super) metrics: Vec<Box<dyn Metric>>,
    pub(super) early_stopping: Option<EarlyStopping>,
    pub(super) callbacks: Vec<Box<dyn Callback>>,
    pub(super) shows_progress: bool,
    pub(super) checkpoint: Option<PathBuf>,
    checkpoint_steps: Option<u64>,
    resumes: bool,
}

impl<L> Trainer<L> {
    /// By this loss and optimizer: 10 epochs of batches of 32, seed 0, all threads of the machine.
    pub fn new(loss: L, optimizer: impl Optimizer) -> Self {
        let settings = Settings {
            optimizer: Box::new(optimizer),
            schedule: Box::new(Constant),
            epochs: 10,
            batch: 32,
            drops_last: false,
            shuffles: true,
            carries: false,
            seed: 0,
            backend: Cpu::default(),
            clip: None,
            metrics: Vec::new(),
            early_stopping: None,
            callbacks: Vec::new(),
            shows_progress: true,
            checkpoint: None,
            checkpoint_steps: None,
            resumes: false,
        };
        Self { loss, settings }
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// How often the data are gone through.
    #[must_use]
    pub fn epochs(self, epochs: u64) -> Self {
        self.with(|s| s.epochs = epochs)
    }

    /// Examples a step; at most as many as there are. Those that remain at the end of an epoch make a smaller batch.
    #[must_use]
    pub fn batch(self, batch: usize) -> Self {
        self.with(|s| s.batch = batch)
    }

    /// Leaves out, in each epoch, the examples that do not fill a batch.
    #[must_use]
    pub fn drop_last(self) -> Self {
        self.with(|s| s.drops_last = true)
    }

    /// Takes the examples in their own order in each epoch.
    #[must_use]
    pub fn in_order(self) -> Self {
        self.with(|s| s.shuffles = false)
    }

    /// Truncated back-propagation through time: sequence `i` of a batch goes on where sequence `i` of the batch before ended, from
    /// the state in which recurrent layers were left; gradients do not reach back. Each epoch begins at zero.
    ///
    /// The examples are taken [in order](Self::in_order), all batches are full, and so are those of evaluations:
    /// [`Stream`](crate::data::Stream) lays out a long text so, for batches of one size.
    #[must_use]
    pub fn carry_state(self) -> Self {
        self.with(|s| (s.carries, s.shuffles) = (true, false))
    }

    /// What shuffles and dropout are drawn by.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        self.with(|s| s.seed = seed)
    }

    /// On how many threads, at least 1; the bits do not depend on it. Steps shorter than a millisecond are tried on one of them now and
    /// then, and made there while that is faster.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        self.with(|s| s.backend = Cpu::with_threads(threads).matmul_precision(s.backend.precision()))
    }

    /// What the operands of matrix products are rounded to; [`Full`](MatmulPrecision::Full), which is not at all, unless this is called.
    ///
    /// With [`Bf16`](MatmulPrecision::Bf16) a network of `f32` trains up to twice as fast where products are most of the work and the
    /// processor has instructions for them. Parameters, gradients and the optimizer's vectors stay in `f32`. A network of `f64` is refused.
    #[must_use]
    pub fn matmul_precision(self, precision: MatmulPrecision) -> Self {
        self.with(|s| s.backend = s.backend.clone().matmul_precision(precision))
    }

    /// Changes the learning rate in the course of the run.
    #[must_use]
    pub fn schedule(self, schedule: impl Schedule + 'static) -> Self {
        self.with(|s| s.schedule = Box::new(schedule))
    }

    /// Bounds the gradient before each update.
    #[must_use]
    pub fn clip(self, clip: Clip) -> Self {
        self.with(|s| s.clip = Some(clip))
    }

    /// Gathers a figure after each epoch, on the validation data if there are, else on the training data.
    #[must_use]
    pub fn metric(self, metric: impl Metric + 'static) -> Self {
        self.with(|s| s.metrics.push(Box::new(metric)))
    }

    /// Stops when a figure no longer gets better.
    #[must_use]
    pub fn early_stopping(self, rule: EarlyStopping) -> Self {
        self.with(|s| s.early_stopping = Some(rule))
    }

    /// Calls back after each step and epoch.
    #[must_use]
    pub fn callback(self, callback: impl Callback + 'static) -> Self {
        self.with(|s| s.callbacks.push(Box::new(callback)))
    }

    /// Writes a checkpoint after each epoch: the weights to `path`, a safetensors file that [`Network::load`] reads, and the
    /// state of the run to the same name with `.state` behind. Each file is replaced whole or not at all. At the end of the run
    /// the weights are those that the network has: with early stopping, the best.
    #[must_use]
    pub fn checkpoint(self, path: impl Into<PathBuf>) -> Self {
        self.with(|s| s.checkpoint = Some(path.into()))
    }

    /// Writes a checkpoint also after every so many steps.
    #[must_use]
    pub fn checkpoint_every(self, steps: u64) -> Self {
        self.with(|s| s.checkpoint_steps = Some(steps))
    }

    /// Goes on from the checkpoint if there is one, to the bits that the run would have ended with had it not stopped.
    ///
    /// Settings, layers, and the number of examples have to be those of the run; the data themselves are not compared. The
    /// number of epochs may have grown; schedules that end with the run ([`Cosine`](crate::schedule::Cosine),
    /// [`Polynomial`](crate::schedule::Polynomial)) then take another course.
    #[must_use]
    pub fn resume(self) -> Self {
        self.with(|s| s.resumes = true)
    }

    /// Shows no progress bar. There is none either where standard error is no terminal.
    #[must_use]
    pub fn quiet(self) -> Self {
        self.with(|s| s.shows_progress = false)
    }

    /// Trains on a dataset.
    ///
    /// # Errors
    /// Settings out of range; data of other sizes than the network's, empty, fewer than a batch, with labels out of range or
    /// numbers that are not finite; a checkpoint that cannot be written or does not fit; a loss that is NaN or infinite
    /// ([`Error::Diverged`]); what a callback returns. The network then has the last parameters that are known to have given
    /// a finite loss: those of the last step if they still do so on its batch, else those of the last checkpoint or those
    /// with which the epoch began. These two it holds while it trains, so that a callback's panic leaves them.
    pub fn fit<N, D>(&mut self, network: &mut N, train: &D) -> Result<History>
    where
        N: Network,
        L: Loss<N::Output>,
        D: DatasetOf<N::Input, L::Target>,
    {
        let subject = Pair { network, loss: &self.loss };
        run::fit(&subject, network.weights(), &mut self.settings, &Of(train), Judged::Train)
    }

    /// Trains on a dataset and judges each epoch by another. Errors as of [`fit`](Self::fit).
    pub fn fit_validated<N, D, V>(&mut self, network: &mut N, train: &D, validation: &V) -> Result<History>
    where
        N: Network,
        L: Loss<N::Output>,
        D: DatasetOf<N::Input, L::Target>,
        V: DatasetOf<N::Input, L::Target>,
    {
        let subject = Pair { network, loss: &self.loss };
        let judged = Judged::Validation(&Of(validation));
        run::fit(&subject, network.weights(), &mut self.settings, &Of(train), judged)
    }

    /// The loss and its gradients by all parameters, on all examples as one batch, as the first step of training has them:
    /// dropout drops, penalties are included, nothing is clipped. The network is left as it is.
    pub fn gradients<N, D>(&mut self, network: &N, data: &D) -> Result<Gradients>
    where
        N: Network,
        L: Loss<N::Output>,
        D: DatasetOf<N::Input, L::Target>,
    {
        gradients::of(&Pair { network, loss: &self.loss }, network.weights(), &self.settings, &Of(data))
    }

    /// The mean loss, without penalties, and the metrics on a dataset.
    pub fn evaluate<N, D>(&mut self, network: &N, data: &D) -> Result<Evaluation>
    where
        N: Network,
        L: Loss<N::Output>,
        D: DatasetOf<N::Input, L::Target>,
    {
        evaluate(&Pair { network, loss: &self.loss }, network.weights(), &mut self.settings, &Of(data))
    }
}

/// Refuses batches of which each could not go on with the one before: of another size than the data are laid out for, or not full.
pub(super) fn check_carried(batches: &Batches, data: &dyn Rows) -> Result<()> {
    if let Some(rows) = data.rows_that_go_on().filter(|rows| *rows != batches.size()) {
        let expected = format!("{rows}, as many as go on where those of the batch before ended");
        return Err(Error::shape("the examples of a batch", expected, batches.size()));
    }
    if batches.last() == batches.size() {
        return Ok(());
    }
    let expected = format!("a multiple of the {} a batch has, as state is carried", batches.size());
    Err(Error::shape("the number of examples", expected, data.len()))
}

fn evaluate(
    subject: &dyn Subject,
    weights: &Weights,
    settings: &mut Settings,
    data: &dyn Rows,
) -> Result<Evaluation> {
    fn of<P: Precision>(
        subject: &dyn Subject,
        parameters: &ann_autodiff::Parameters<P>,
        settings: &mut Settings,
        data: &dyn Rows,
    ) -> Result<Evaluation> {
        let carried = settings.carries.then_some(settings.batch);
        Evaluator::new(subject, parameters.layout(), data, carried, &settings.backend)?.evaluate(
            parameters.values(),
            data,
            &mut settings.metrics,
        )
    }
    // A copy, so that a network within another one has a vector of its own.
    let copy = weights.deep_copy();
    match &*copy.read() {
        Store::F32(parameters) => of(subject, parameters, settings, data),
        Store::F64(parameters) => of(subject, parameters, settings, data),
    }
}

/// Refuses names that are taken or stand twice.
fn distinct<'a>(
    what: &'static str,
    taken: &[&'a str],
    names: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    let mut seen = taken.to_vec();
    for name in names {
        if seen.contains(&name) {
            let wanted = format!("names that differ from each other and from {}", taken.join(", "));
            return Err(Error::shape(what, wanted, format!("`{name}` twice")));
        }
        seen.push(name);
    }
    Ok(())
}

impl Settings {
    pub(super) fn validate(&self) -> Result<()> {
        self.optimizer.validate()?;
        self.schedule.validate()?;
        if let Some(clip) = &self.clip {
            clip.validate()?;
        }
        require(0 < self.batch, "the trainer", "batch", self.batch, "it must be at least 1")?;
        require(
            self.checkpoint_steps != Some(0),
            "the trainer",
            "checkpoint_every",
            0,
            "it must be at least 1",
        )?;
        let places = self.checkpoint.is_some() || (self.checkpoint_steps.is_none() && !self.resumes);
        require(
            places,
            "the trainer",
            "checkpoint",
            "none",
            "`resume` and `checkpoint_every` need a path: `.checkpoint(..)`",
        )?;
        let slots = self.optimizer.slots().len();
        require(slots <= MAX_SLOTS, self.optimizer.name(), "slots", slots, "at most 8 state vectors")?;
        // Told now, not after an epoch of work.
        if let Some(path) = &self.checkpoint
            && let Some(folder) =
                path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
        {
            let reason = format!("there is no folder {}", folder.display());
            return Err(Error::io("write", path)(io::Error::new(io::ErrorKind::NotFound, reason)));
        }
        distinct("the optimizer's state vectors", &[BEST], self.optimizer.slots().iter().copied())?;
        let metrics: Vec<_> = self.metrics.iter().map(|metric| (metric.name(), metric.better())).collect();
        distinct("the metrics of a trainer", &Epoch::FIGURES, metrics.iter().map(|(name, _)| &**name))?;
        self.early_stopping.as_ref().map_or(Ok(()), |rule| rule.validate(&metrics))
    }

    pub(super) fn restores_best(&self) -> bool {
        self.early_stopping.as_ref().is_some_and(EarlyStopping::restores_best)
    }

    pub(super) fn checkpoint_path(&self) -> Option<PathBuf> {
        self.checkpoint.clone()
    }

    /// Whether a checkpoint is due in the middle of an epoch.
    pub(super) fn checkpoints_after(&self, step: u64) -> bool {
        self.checkpoint_steps.is_some_and(|steps| step.is_multiple_of(steps))
    }

    pub(super) fn resumes_from(&self) -> Option<PathBuf> {
        self.checkpoint.clone().filter(|_| self.resumes)
    }
}
