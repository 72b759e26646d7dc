//! [`EarlyStopping`]: stopping when a figure no longer gets better.

use serde::{Deserialize, Serialize};

use crate::error::require;
use crate::metric::Better;
use crate::{Error, Result};

/// Stops training when a figure has not got better for some epochs, and goes back to the best parameters.
///
/// ```
/// use ann_core::train::EarlyStopping;
/// let patient = EarlyStopping::new(5).watch("accuracy").min_delta(0.001);
/// # let _ = patient;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EarlyStopping {
    patience: u64,
    watched: String,
    min_delta: f64,
    restores_best: bool,
}

impl EarlyStopping {
    /// Stops after `patience` epochs in a row without a better loss: of the validation data if there are, else of training.
    pub fn new(patience: u64) -> Self {
        Self { patience, watched: "loss".into(), min_delta: 0.0, restores_best: true }
    }

    /// Watches a metric of the trainer by its name instead of the loss.
    #[must_use]
    pub fn watch(self, metric: impl Into<String>) -> Self {
        Self { watched: metric.into(), ..self }
    }

    /// By how much a figure has to be better to count.
    #[must_use]
    pub fn min_delta(self, min_delta: f64) -> Self {
        Self { min_delta, ..self }
    }

    /// Whether the network ends with the parameters of its best epoch (so by default) or with the last ones.
    #[must_use]
    pub fn restore_best(self, restores_best: bool) -> Self {
        Self { restores_best, ..self }
    }

    pub(super) fn restores_best(&self) -> bool {
        self.restores_best
    }

    pub(super) fn validate(&self, metrics: &[(String, Better)]) -> Result<()> {
        require(0 < self.patience, "early stopping", "patience", self.patience, "it must be at least 1")?;
        require(
            0.0 <= self.min_delta,
            "early stopping",
            "min_delta",
            self.min_delta,
            "it must not be negative",
        )?;
        if self.watched == "loss" || metrics.iter().any(|(name, _)| *name == self.watched) {
            return Ok(());
        }
        let known: Vec<&str> = ["loss"].into_iter().chain(metrics.iter().map(|(name, _)| &**name)).collect();
        Err(Error::shape(
            "the figure early stopping watches",
            known.join(" or "),
            format!("`{}`", self.watched),
        ))
    }
}

/// What early stopping has seen so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Watch {
    /// The best figure, by its bits so that it comes back from a file as it was; none before the first epoch.
    best: Option<u64>,
    /// The epoch it was of.
    pub(super) best_epoch: u64,
    /// Epochs since.
    waited: u64,
}

/// What an epoch's figure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The best so far.
    Best,
    /// Not better; there is patience left.
    Wait,
    /// Not better for too long.
    Stop,
}

impl Watch {
    /// Judges an epoch by the loss or the metric that is watched.
    pub(super) fn judge(
        &mut self,
        rule: &EarlyStopping,
        epoch: u64,
        loss: f64,
        metrics: &[(String, f64)],
        kinds: &[(String, Better)],
    ) -> Verdict {
        let metric = metrics.iter().find(|(name, _)| *name == rule.watched);
        let kind = kinds.iter().find(|(name, _)| *name == rule.watched);
        let (value, better) = match (metric, kind) {
            (Some((_, value)), Some((_, better))) => (*value, *better),
            _ => (loss, Better::Lower),
        };
        let bar = self.best.map_or(f64::NAN, f64::from_bits);
        let bar = match better {
            Better::Higher => bar + rule.min_delta,
            Better::Lower => bar - rule.min_delta,
        };
        if better.is_better(value, bar) {
            *self = Self { best: Some(value.to_bits()), best_epoch: epoch, waited: 0 };
            return Verdict::Best;
        }
        self.waited += 1;
        if self.waited < rule.patience { Verdict::Wait } else { Verdict::Stop }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(rule: &EarlyStopping, figures: &[f64], better: Better) -> Vec<Verdict> {
        let kinds = [("figure".to_owned(), better)];
        let mut watch = Watch::default();
        let one = |(epoch, value): (usize, &f64)| {
            watch.judge(rule, epoch as u64 + 1, f64::NAN, &[("figure".to_owned(), *value)], &kinds)
        };
        figures.iter().enumerate().map(one).collect()
    }

    #[test]
    fn stopping_waits_for_as_many_epochs_as_it_is_told() {
        use Verdict::{Best, Stop, Wait};
        let rule = EarlyStopping::new(2).watch("figure");
        assert_eq!(
            verdicts(&rule, &[3.0, 2.0, 2.5, 1.9, 1.9, 2.0], Better::Lower),
            [Best, Best, Wait, Best, Wait, Stop]
        );
        assert_eq!(verdicts(&rule, &[0.1, 0.2, 0.2, 0.1], Better::Higher), [Best, Best, Wait, Stop]);
    }

    #[test]
    fn a_gain_below_the_least_delta_does_not_count() {
        use Verdict::{Best, Stop};
        let rule = EarlyStopping::new(1).watch("figure").min_delta(0.5);
        assert_eq!(verdicts(&rule, &[3.0, 2.6], Better::Lower), [Best, Stop]);
        assert_eq!(verdicts(&rule, &[3.0, 2.4], Better::Lower), [Best, Best]);
    }

    #[test]
    fn a_figure_that_nobody_gathers_is_refused() {
        let error = EarlyStopping::new(1).watch("acuracy").validate(&[("accuracy".into(), Better::Higher)]);
        assert!(error.is_err_and(|error| error.to_string().contains("`acuracy`")));
    }
}
