//! One training run in one precision: the loop over epochs and steps.

use std::ops::Range;

use ann_autodiff::{Dtype, Moment, Parameters, zeros};

use super::callback::{Control, Snapshot, StepEnd};
use super::checkpoint::{self, Place};
use super::constraint::{Constraint, constraints};
use super::early_stopping::{Verdict, Watch};
use super::evaluation::Evaluator;
use super::feed::Feeds;
use super::history::{Epoch, History};
use super::progress::Bar;
use super::subject::{Rows, Subject, check_rows};
use super::tempo::Clock;
use super::trainer::{Settings, check_carried};
use super::update::{Pass, share, vectors};
use crate::data::{Batches, Remainder, Shuffle};
use crate::metric::Better;
use crate::optimizer::Update;
use crate::precision::Precision;
use crate::recorder::Mode;
use crate::weights::Weights;
use crate::{Error, Result, save};

/// What the figures of an epoch are computed on.
#[derive(Clone, Copy)]
pub(super) enum Judged<'a> {
    /// The data that are trained on, if there are metrics.
    Train,
    /// A part of them.
    Part(&'a dyn Rows),
    /// Others, whose loss is told as well.
    Validation(&'a dyn Rows),
}

/// Trains; the weights end as the last good state, whatever happens.
pub(super) fn fit(
    subject: &dyn Subject,
    weights: &Weights,
    settings: &mut Settings,
    train: &dyn Rows,
    judged: Judged<'_>,
) -> Result<History> {
    let precision = weights.read().dtype();
    match precision {
        Dtype::F32 => fit_in::<f32>(subject, weights, settings, train, judged),
        Dtype::F64 => fit_in::<f64>(subject, weights, settings, train, judged),
    }
}

fn fit_in<P: Precision>(
    subject: &dyn Subject,
    weights: &Weights,
    settings: &mut Settings,
    train: &dyn Rows,
    judged: Judged<'_>,
) -> Result<History> {
    let mut run = Run::<P>::new(subject, weights, settings, train, judged)?;
    run.resume()?;
    let result = run.epochs();
    run.settings.backend.let_others_rest(false);
    // Whatever ended the run, a callback's error among it: what is kept has given a finite loss.
    let result = result.and(run.prove()).and_then(|()| run.finish());
    let result = result.and(run.keep());
    result.map(|()| run.history)
}

/// Everything of a run. What a checkpoint keeps of it is `values`, `slots`, `best`, `history`, `watch` and `place`.
pub(super) struct Run<'a, P: Precision> {
    subject: &'a dyn Subject,
    pub(super) settings: &'a mut Settings,
    pub(super) network: String,
    train: &'a dyn Rows,
    judged_on: &'a dyn Rows,
    is_validated: bool,
    batches: Batches,
    pub(super) feeds: Feeds<P>,
    evaluator: Option<Evaluator<P>>,
    constraints: Vec<Constraint>,
    /// What a run that goes on with it has to have in common with it.
    pub(super) identity: Vec<(String, String)>,
    metrics: Vec<(String, Better)>,
    pub(super) values: Parameters<P>,
    gradients: Vec<P>,
    pub(super) slots: Vec<Vec<P>>,
    /// The network's, which hold parameters that are known to have given a finite loss.
    weights: &'a Weights,
    /// How many examples the last batch had; it still lies in its plan.
    last_batch: Option<usize>,
    /// Those of the best epoch, where early stopping wants them.
    pub(super) best: Option<Vec<P>>,
    clock: Clock,
    shuffle: Shuffle,
    order: Vec<usize>,
    /// The epoch that `order` is of.
    shuffled: Option<u64>,
    pub(super) history: History,
    pub(super) watch: Watch,
    pub(super) place: Place,
}

impl<'a, P: Precision> Run<'a, P> {
    fn new(
        subject: &'a dyn Subject,
        weights: &'a Weights,
        settings: &'a mut Settings,
        train: &'a dyn Rows,
        judged: Judged<'a>,
    ) -> Result<Self> {
        settings.validate()?;
        check_rows("the data to train on", train)?;
        let remainder = if settings.drops_last { Remainder::Drop } else { Remainder::Keep };
        let batches = Batches::new(train.len(), settings.batch, remainder)?;
        let carried = settings.carries.then_some(settings.batch);
        if carried.is_some() {
            check_carried(&batches, train)?;
        }
        let copy = weights.deep_copy();
        let store = copy.read();
        let Some(values) = P::parameters(&store).cloned() else {
            let (expected, found) = (format!("{:?}", P::DTYPE), format!("{:?}", store.dtype()));
            return Err(Error::shape("the precision of the weights", expected, found));
        };
        let layout = values.layout().clone();
        let (judged_on, validation) = match judged {
            Judged::Train => (train, None),
            Judged::Part(part) => (part, None),
            Judged::Validation(validation) => (validation, Some(validation)),
        };
        let (mut feeds, description) = Feeds::new(
            subject,
            &layout,
            train,
            batches,
            (Mode::Training, settings.carries),
            &settings.backend,
        )?;
        let is_judged = validation.is_some() || !settings.metrics.is_empty();
        let evaluator = if is_judged {
            Some(Evaluator::new(subject, &layout, judged_on, carried, &settings.backend)?)
        } else {
            None
        };
        let constraints = constraints(&layout, &description.declared)?;
        for feed in feeds.all() {
            // Clipping needs all gradients before any parameter is moved.
            let is_plain = |range: &Range<usize>| {
                settings.clip.is_none() && !constraints.iter().any(|constraint| constraint.is_of(range))
            };
            feed.spans = share(&mut feed.plan, &layout, is_plain);
        }
        let has_choice = 1 < feeds.full().cpu.threads();
        let trainable = layout.trainable();
        for metric in &mut settings.metrics {
            metric.reset();
        }
        let examples = [Some(train.len()), validation.map(Rows::len)];
        Ok(Self {
            subject,
            identity: checkpoint::identity(subject, settings, &description, examples),
            network: subject.name().to_owned(),
            train,
            judged_on,
            is_validated: validation.is_some(),
            batches,
            feeds,
            evaluator,
            constraints,
            metrics: settings.metrics.iter().map(|metric| (metric.name(), metric.better())).collect(),
            gradients: zeros(layout.len()),
            slots: settings.optimizer.slots().iter().map(|_| zeros(trainable)).collect(),
            weights,
            last_batch: None,
            best: None,
            values,
            clock: Clock::new(has_choice),
            shuffle: if settings.shuffles { Shuffle::new(settings.seed) } else { Shuffle::none() },
            order: vec![0; train.len()],
            shuffled: None,
            history: History::default(),
            watch: Watch::default(),
            place: Place::default(),
            settings,
        })
    }

    /// Goes on where a checkpoint ended, if the settings say so and there is one.
    fn resume(&mut self) -> Result<()> {
        let Some(path) = self.settings.resumes_from() else { return Ok(()) };
        checkpoint::read(&path, self)?;
        if self.settings.epochs < self.place.epoch {
            let (expected, found) = (format!("at least {}", self.place.epoch), self.settings.epochs);
            return Err(Error::shape("the epochs of a run that is resumed", expected, found.to_string()));
        }
        self.keep()
    }

    fn epochs(&mut self) -> Result<()> {
        let bar = Bar::new(self.settings.shows_progress);
        while self.place.epoch < self.settings.epochs && !self.place.is_stopped {
            if self.epoch(&bar)? == Control::Stop {
                break;
            }
        }
        Ok(())
    }

    /// Ends a run: with its best parameters, if early stopping wants them, which are then also those on the disk.
    fn finish(&mut self) -> Result<()> {
        if let Some(best) = self.best.take().filter(|_| self.settings.restores_best()) {
            self.values.values_mut().copy_from_slice(&best);
        }
        // A run that was cut off between the two files of its last checkpoint left the weights of the one before.
        let path = self.settings.checkpoint_path().filter(|_| 0 < self.place.step);
        let Some(path) = path else { return Ok(()) };
        save::write_weights(&path, &self.network, &self.values)
    }

    /// The rest of the epoch in which the run is.
    fn epoch(&mut self, bar: &Bar) -> Result<Control> {
        if self.shuffled != Some(self.place.epoch) {
            self.shuffle.fill(self.place.epoch, &mut self.order);
            self.shuffled = Some(self.place.epoch);
        }
        if self.settings.carries && self.place.position == 0 {
            self.feeds.all().for_each(|feed| feed.plan.reset_states());
        }
        let steps = self.batches.len() as u64;
        let done = self.place.position.div_ceil(self.batches.size()) as u64;
        bar.begin_epoch(self.place.epoch + 1, self.settings.epochs, done, steps);
        self.clock.start();
        while let Some(batch) = self.batches.from(self.place.position) {
            self.settings.backend.let_others_rest(self.clock.begin_step());
            let at = self.step(batch.clone(), steps)?;
            self.clock.end_step(batch.len() == self.batches.size());
            let mass = self.feeds.of(batch.len()).mass;
            self.place.loss += at.loss * mass;
            self.place.mass += mass;
            self.place.position = batch.end;
            bar.step(at.step, at.loss);
            let mut stops = false;
            for callback in &mut self.settings.callbacks {
                stops |= callback.on_step(&at)? == Control::Stop;
            }
            let is_last = batch.end == self.batches.examples();
            let is_written = stops || self.settings.checkpoints_after(at.step);
            self.place.seconds += if is_last || is_written { self.clock.lap() } else { 0.0 };
            if is_last {
                bar.end_epoch();
                let control = self.finish_epoch(steps)?;
                return Ok(if stops { Control::Stop } else { control });
            }
            if is_written {
                self.write_checkpoint()?;
                self.clock.start();
            }
            if stops {
                return Ok(Control::Stop);
            }
        }
        Ok(Control::Continue)
    }

    /// One step on the examples in these places of the order. Allocates nothing.
    fn step(&mut self, places: Range<usize>, steps_per_epoch: u64) -> Result<StepEnd> {
        let is_first = places.start == 0;
        let numbers = &self.order[places];
        self.feeds.lend_states(numbers.len());
        let feed = self.feeds.of(numbers.len());
        self.last_batch = Some(numbers.len());
        feed.fill(self.train, numbers)?;
        let step = self.place.step + 1;
        feed.plan.set_moment(Moment { seed: self.settings.seed, step });
        let values = self.values.values();
        feed.plan.forward(values)?;
        let penalty: f64 = self.constraints.iter().map(|constraint| constraint.penalty(values)).sum();
        let loss = feed.plan.loss().to_f64() + penalty;
        if !loss.is_finite() {
            let layer = feed.diagnose(values)?;
            return Err(Error::Diverged { step, epoch: self.place.epoch + 1, loss, layer });
        }
        if is_first {
            self.weights.keep(&self.values)?;
        }
        let at = self.place.progress(steps_per_epoch, self.settings.epochs);
        let optimizer = &*self.settings.optimizer;
        let learning_rate = optimizer.learning_rate() * self.settings.schedule.factor(at);
        let at = Update { step, learning_rate };
        let pass = Pass { cpu: &feed.cpu, at, spans: &feed.spans };
        let trainable = self.values.layout().trainable();
        let mut vectors = vectors(self.values.values_mut(), &mut self.gradients, &mut self.slots);
        P::backward(optimizer, pass, &mut feed.plan, &mut vectors)?;
        let [values, gradients, ..] = &mut vectors;
        for constraint in &self.constraints {
            constraint.add_slope(values, gradients);
        }
        if let Some(clip) = &self.settings.clip {
            clip.apply(&mut gradients[..trainable]);
        }
        P::update(optimizer, pass, &mut vectors);
        let [values, gradients, ..] = &mut vectors;
        for constraint in &self.constraints {
            constraint.hold(values, gradients);
        }
        feed.plan.advance();
        self.feeds.return_states(numbers.len());
        self.place.step = step;
        Ok(StepEnd { step, epoch: self.place.epoch + 1, loss, learning_rate })
    }

    /// Judges the epoch, notes it down and keeps it.
    fn finish_epoch(&mut self, steps: u64) -> Result<Control> {
        self.settings.backend.let_others_rest(false);
        let evaluation = match &mut self.evaluator {
            Some(evaluator) => {
                Some(evaluator.evaluate(self.values.values(), self.judged_on, &mut self.settings.metrics)?)
            }
            None => None,
        };
        let last = Place { step: self.place.step.saturating_sub(1), ..self.place };
        let at = last.progress(steps, self.settings.epochs);
        let number = self.place.epoch + 1;
        let loss = self.place.loss / self.place.mass;
        let validation_loss =
            evaluation.as_ref().filter(|_| self.is_validated).map(|evaluation| evaluation.loss);
        let epoch = Epoch {
            epoch: number,
            step: self.place.step,
            seconds: self.place.seconds,
            learning_rate: self.settings.optimizer.learning_rate() * self.settings.schedule.factor(at),
            loss,
            validation_loss,
            metrics: evaluation.map(|evaluation| evaluation.metrics).unwrap_or_default(),
        };
        self.place = Place { epoch: number, step: self.place.step, ..Place::default() };
        if let Some(rule) = &self.settings.early_stopping {
            let watched = validation_loss.unwrap_or(loss);
            match self.watch.judge(rule, number, watched, &epoch.metrics, &self.metrics) {
                Verdict::Best if rule.restores_best() => self.best = Some(self.values.values().to_vec()),
                Verdict::Stop => self.place.is_stopped = true,
                Verdict::Best | Verdict::Wait => {}
            }
        }
        self.history.push(epoch.clone());
        self.write_checkpoint()?;
        let mut control = Control::Continue;
        let values = &self.values;
        let read = |name: &str| values.get(name).map(|values| values.iter().map(|v| v.to_f64()).collect());
        let (name, layout, whole) = (&*self.network, &**values.layout(), self.subject.whole());
        for callback in &mut self.settings.callbacks {
            if callback.on_epoch(&epoch, &Snapshot { name, layout, read: &read, whole })? == Control::Stop {
                control = Control::Stop;
            }
        }
        Ok(control)
    }

    /// Writes what [`resume`](Self::resume) reads, never parameters that have run off.
    fn write_checkpoint(&mut self) -> Result<()> {
        let Some(path) = self.settings.checkpoint_path() else { return Ok(()) };
        self.prove()?;
        checkpoint::write(&path, self)
    }

    /// Whether the parameters, after the last update, still give a finite loss on the last batch; if not, the last that are
    /// known to have given one take their place.
    fn prove(&mut self) -> Result<()> {
        let Some(rows) = self.last_batch else { return Ok(()) };
        let found = self.fault(rows);
        match found {
            Ok(None) => self.keep()?,
            Ok(Some(_)) | Err(_) => self.weights.recall(&mut self.values)?,
        }
        found?.map_or(Ok(()), Err)
    }

    /// The parameters have given a finite loss.
    fn keep(&self) -> Result<()> {
        self.weights.keep(&self.values)
    }

    /// What is wrong with the parameters, judged by the last batch.
    fn fault(&mut self, rows: usize) -> Result<Option<Error>> {
        let (step, epoch) = (self.place.step, self.place.epoch + 1);
        let values = self.values.values();
        let feed = self.feeds.of(rows);
        feed.plan.forward(values)?;
        let penalty: f64 = self.constraints.iter().map(|constraint| constraint.penalty(values)).sum();
        let loss = feed.plan.loss().to_f64() + penalty;
        if !loss.is_finite() {
            let layer = feed.diagnose(values)?;
            return Ok(Some(Error::Diverged { step, epoch, loss, layer }));
        }
        let segments = self.values.layout().segments();
        let faulty = segments.iter().find(|s| values[s.range()].iter().any(|value| !value.is_finite()));
        Ok(faulty.map(|segment| Error::Weights { step, epoch, name: segment.name.clone() }))
    }
}
