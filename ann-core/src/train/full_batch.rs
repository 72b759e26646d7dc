//! [`FullBatch`]: training by L-BFGS on all data at once.

use ann_autodiff::{Cpu, Moment};

use super::constraint::{Constraint, constraints};
use super::feed::Feeds;
use super::subject::{Of, Pair, Rows, Subject, check_rows};
use crate::data::{Batches, DatasetOf, Remainder};
use crate::loss::Loss;
use crate::network::Network;
use crate::optimizer::{Lbfgs, Outcome};
use crate::precision::Precision;
use crate::recorder::Mode;
use crate::weights::{Store, Weights};
use crate::{Error, Result};

/// The most examples that are computed at once; their losses and gradients are summed in order.
const CHUNK: usize = 4096;

/// Trains a network by L-BFGS: each step sees all data, the step length is found by a line search.
///
/// It suits small data and smooth networks, as Spark's multilayer perceptron uses it. The vector of L-BFGS is kept in `f64`,
/// gradients are computed in the network's precision: [`f64`](ann_autodiff::Dtype::F64) reaches smaller gradients.
///
/// Dropout drops the same elements at each evaluation, so that the function being minimized stands still. Running statistics
/// and bounds of norms are no part of such a function: a network that has them is refused.
#[derive(Clone, Debug)]
pub struct FullBatch<L> {
    loss: L,
    lbfgs: Lbfgs,
    seed: u64,
    backend: Cpu,
}

impl<L> FullBatch<L> {
    /// By this loss and these settings of L-BFGS.
    pub fn new(loss: L, lbfgs: Lbfgs) -> Self {
        Self { loss, lbfgs, seed: 0, backend: Cpu::default() }
    }

    /// What dropout is drawn by.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// On how many threads, at least 1; the bits do not depend on it.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { backend: Cpu::with_threads(threads), ..self }
    }

    /// Trains. The network ends with the best parameters found, and is left as it was on an error.
    ///
    /// # Errors
    /// Settings out of range; data of other sizes than the network's, empty, with labels out of range or numbers that are not
    /// finite; running statistics or bounds of norms in the network.
    pub fn fit<N, D>(&self, network: &mut N, data: &D) -> Result<Outcome>
    where
        N: Network,
        L: Loss<N::Output>,
        D: DatasetOf<N::Input, L::Target>,
    {
        let subject = Pair { network, loss: &self.loss };
        let settings = Settings { lbfgs: &self.lbfgs, seed: self.seed, backend: &self.backend };
        minimize(&subject, network.weights(), &settings, &Of(data))
    }
}

/// All that is no type.
struct Settings<'a> {
    lbfgs: &'a Lbfgs,
    seed: u64,
    backend: &'a Cpu,
}

fn minimize(
    subject: &dyn Subject,
    weights: &Weights,
    settings: &Settings<'_>,
    data: &dyn Rows,
) -> Result<Outcome> {
    let copy = weights.deep_copy();
    match &*copy.read() {
        Store::F32(parameters) => minimize_in(subject, weights, parameters.clone(), settings, data),
        Store::F64(parameters) => minimize_in(subject, weights, parameters.clone(), settings, data),
    }
}

fn minimize_in<P: Precision>(
    subject: &dyn Subject,
    weights: &Weights,
    mut parameters: ann_autodiff::Parameters<P>,
    settings: &Settings<'_>,
    data: &dyn Rows,
) -> Result<Outcome> {
    check_rows("the data to train on", data)?;
    let layout = parameters.layout().clone();
    if let Some(statistic) = layout.segments().iter().find(|segment| !segment.trainable) {
        return Err(unfit(subject, format!("`{}` is a running statistic", statistic.name)));
    }
    let batches = Batches::new(data.len(), data.len().min(CHUNK), Remainder::Keep)?;
    let (feeds, description) =
        Feeds::new(subject, &layout, data, batches, (Mode::Training, false), settings.backend)?;
    let declared = &description.declared;
    if let Some(bounded) = declared.iter().find(|declared| declared.initial.max_norm.is_some()) {
        return Err(unfit(subject, format!("`{}` has a largest norm", bounded.name)));
    }
    let mut objective = Objective {
        batches,
        feeds,
        constraints: constraints(&layout, declared)?,
        values: parameters.values().to_vec(),
        gradients: vec![P::ZERO; layout.len()],
        numbers: (0..data.len()).collect(),
        moment: Moment { seed: settings.seed, step: 1 },
        data,
    };
    let mut x: Vec<f64> = parameters.values().iter().map(|value| value.to_f64()).collect();
    let outcome = settings.lbfgs.minimize(&mut x, |x, gradient| objective.evaluate(x, gradient))?;
    for (value, x) in parameters.values_mut().iter_mut().zip(&x) {
        *value = P::from_f64(*x);
    }
    weights.keep(&parameters)?;
    Ok(outcome)
}

fn unfit(subject: &dyn Subject, found: String) -> Error {
    Error::shape(format!("L-BFGS on {}", subject.name()), "a function of the parameters alone", found)
}

/// The mean loss over all data with the penalties, and its gradient.
struct Objective<'a, P: Precision> {
    batches: Batches,
    feeds: Feeds<P>,
    constraints: Vec<Constraint>,
    values: Vec<P>,
    gradients: Vec<P>,
    numbers: Vec<usize>,
    moment: Moment,
    data: &'a dyn Rows,
}

impl<P: Precision> Objective<'_, P> {
    fn evaluate(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        for (value, x) in self.values.iter_mut().zip(x) {
            *value = P::from_f64(*x);
        }
        gradient.fill(0.0);
        let (mut total, mut mass) = (0.0, 0.0);
        for batch in self.batches.iter() {
            let numbers = &self.numbers[batch];
            let feed = self.feeds.of(numbers.len());
            feed.fill(self.data, numbers)?;
            feed.plan.set_moment(self.moment);
            feed.plan.forward(&self.values)?;
            let loss = feed.plan.loss().to_f64();
            if !loss.is_finite() {
                // The step was too long; the line search takes a shorter one.
                return Ok(loss);
            }
            feed.plan.backward(&self.values, &mut self.gradients)?;
            total += feed.mass * loss;
            mass += feed.mass;
            for (sum, g) in gradient.iter_mut().zip(&self.gradients) {
                *sum += feed.mass * g.to_f64();
            }
        }
        total /= mass;
        for sum in gradient.iter_mut() {
            *sum /= mass;
        }
        self.gradients.fill(P::ZERO);
        for constraint in &self.constraints {
            total += constraint.penalty(&self.values);
            constraint.add_slope(&self.values, &mut self.gradients);
        }
        for (sum, g) in gradient.iter_mut().zip(&self.gradients) {
            *sum += g.to_f64();
        }
        Ok(total)
    }
}
