//! [`Evaluation`]: what a network is worth on a dataset, in prediction mode.

use std::fmt;

use ann_autodiff::{Cpu, Layout};

use super::feed::Feeds;
use super::subject::{Rows, Subject, check_rows};
use crate::data::{Batches, Remainder};
use crate::metric::Metric;
use crate::precision::Precision;
use crate::recorder::Mode;
use crate::{Error, Result};

/// The largest batch that is evaluated at once.
const CHUNK: usize = 256;

/// The loss and the metrics of a network on a dataset. Metrics count each example once, whatever its weight, and of sequences
/// with a target at each step each step that is no padding.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean loss over the examples, by their weights, without penalties on parameters.
    pub loss: f64,
    /// The metrics by name, in the order in which the trainer was given them.
    pub metrics: Vec<(String, f64)>,
}

impl Evaluation {
    /// A metric by its name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.metrics.iter().find(|(metric, _)| metric == name).map(|(_, value)| *value)
    }
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loss {:.4}", self.loss)?;
        self.metrics.iter().try_for_each(|(name, value)| write!(f, "  {name} {value:.4}"))
    }
}

/// Plans for evaluating on one dataset again and again.
#[derive(Debug)]
pub(super) struct Evaluator<P: Precision> {
    batches: Batches,
    feeds: Feeds<P>,
    /// The examples of a batch.
    numbers: Vec<usize>,
    outputs: Vec<f64>,
    targets: Vec<f64>,
    network: String,
}

impl<P: Precision> Evaluator<P> {
    /// In batches of any size, or of just this, whose sequences each go on where those of the batch before ended.
    pub(super) fn new(
        subject: &dyn Subject,
        layout: &Layout,
        data: &dyn Rows,
        carried: Option<usize>,
        backend: &Cpu,
    ) -> Result<Self> {
        check_rows("the data to evaluate on", data)?;
        let size = carried.unwrap_or(data.len().min(CHUNK));
        let batches = Batches::new(data.len(), size, Remainder::Keep)?;
        if carried.is_some() {
            super::trainer::check_carried(&batches, data)?;
        }
        let mode = (Mode::Prediction, carried.is_some());
        let (feeds, _) = Feeds::new(subject, layout, data, batches, mode, backend)?;
        Ok(Self {
            batches,
            feeds,
            numbers: Vec::with_capacity(batches.size()),
            outputs: Vec::new(),
            targets: Vec::new(),
            network: subject.name().to_owned(),
        })
    }

    /// The mean loss; the metrics have then seen every example once.
    pub(super) fn evaluate(
        &mut self,
        parameters: &[P],
        data: &dyn Rows,
        metrics: &mut [Box<dyn Metric>],
    ) -> Result<Evaluation> {
        for metric in metrics.iter_mut() {
            metric.reset();
        }
        let (mut total, mut mass) = (0.0, 0.0);
        self.feeds.all().for_each(|feed| feed.plan.reset_states());
        for batch in self.batches.iter() {
            let rows = batch.len();
            let feed = self.feeds.of(rows);
            self.numbers.clear();
            self.numbers.extend(batch.clone());
            feed.fill(data, &self.numbers)?;
            feed.plan.forward(parameters)?;
            feed.plan.advance();
            let loss = feed.plan.output(1)[0].to_f64();
            if !loss.is_finite() {
                let layer = feed.diagnose(parameters)?;
                let network = self.network.clone();
                return Err(Error::Evaluation {
                    network,
                    first: batch.start,
                    last: batch.end - 1,
                    loss,
                    layer,
                });
            }
            total += loss * feed.mass;
            mass += feed.mass;
            if !metrics.is_empty() {
                let width = feed.counted(&mut self.outputs, &mut self.targets);
                for metric in metrics.iter_mut() {
                    metric.update(&self.outputs, &self.targets, width);
                }
            }
        }
        let metrics = metrics.iter().map(|metric| (metric.name(), metric.value())).collect();
        Ok(Evaluation { loss: total / mass, metrics })
    }
}
