//! [`Annealing`]: the partition function of machines too large to enumerate.

use ann_autodiff::random::Random;
use ann_autodiff::{Moment, Plan, Scalar, Shaped, Tape};

use super::partition::{LogSum, softplus};
use super::{Bound, Machine, Units};
use crate::data::Examples;
use crate::error::require;
use crate::{Error, Result};

/// Annealed importance sampling (Neal 2001; for Boltzmann machines Salakhutdinov and Murray 2008): chains that go from a machine
/// whose partition function is known, over machines between, to the one in question.
///
/// The known one has no weights: its visible units have biases of their own, by the data if any are given, and its hidden units
/// none. At `beta`, from 0 to 1, the unnormalized probability of `v` is
///
/// ```text
/// ln p*(v) = (1 - beta) a·v + beta b·v + Σ softplus(beta (c + W v))
/// ```
///
/// Each chain gathers `ln w`, the sum over the betas of what `ln p*(v)` rises from one to the next before it moves by one step of
/// Gibbs sampling at the new one. `ln Z` is `ln Z_0` and the logarithm of the mean of `w`. Bernoulli units on both sides only.
///
/// ```
/// use ann_core::boltzmann::Annealing;
/// let annealing = Annealing::new().steps(10_000).chains(100).seed(7);
/// # let _ = annealing;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Annealing {
    betas: Vec<f64>,
    chains: usize,
    seed: u64,
    base: Option<Vec<f64>>,
}

/// An estimate of `ln Z`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate, in nats.
    pub log_partition: f64,
    /// Its standard error, from how much the chains differ: too small where no chain has found a part of the states that matters.
    pub standard_error: f64,
}

impl Default for Annealing {
    fn default() -> Self {
        Self::new()
    }
}

impl Annealing {
    /// 1000 steps, 100 chains, seed 0; the known machine has no biases.
    pub fn new() -> Self {
        Self { betas: Vec::new(), chains: 100, seed: 0, base: None }.steps(1000)
    }

    /// So many betas, evenly from 0 to 1.
    #[must_use]
    pub fn steps(self, steps: usize) -> Self {
        let betas = (0..=steps).map(|step| step as f64 / steps.max(1) as f64).collect();
        Self { betas, ..self }
    }

    /// These betas: they begin with 0, rise, and end with 1. Salakhutdinov and Murray take 500 up to 0.5, 4000 up to 0.9 and 10 000
    /// up to 1.
    #[must_use]
    pub fn betas(self, betas: &[f64]) -> Self {
        Self { betas: betas.to_vec(), ..self }
    }

    /// How many chains, at least 2.
    #[must_use]
    pub fn chains(self, chains: usize) -> Self {
        Self { chains, ..self }
    }

    /// What is drawn by.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Begins with units that are as often 1 as those of the data, numbers from 0 to 1: nearer to the machine, so that the estimate is
    /// better.
    #[must_use]
    pub fn base_rates<S: Shaped, T: Scalar>(self, data: &Examples<S, T>) -> Self {
        let mut ones = vec![0.0; data.width()];
        for row in data.rows() {
            for (sum, x) in ones.iter_mut().zip(row) {
                let x = x.to_f64();
                *sum += if (0.0..=1.0).contains(&x) { x } else { f64::NAN };
            }
        }
        // One example more of each kind, so that no rate is 0 or 1.
        let count = data.len() as f64 + 2.0;
        let logit = |ones: f64| ((ones + 1.0) / count / (1.0 - (ones + 1.0) / count)).ln();
        Self { base: Some(ones.into_iter().map(logit).collect()), ..self }
    }

    /// Estimates `ln Z`.
    ///
    /// # Errors
    /// Gaussian units; fewer than two chains; betas that do not go from 0 to 1; base rates of other data than the machine's, or of
    /// numbers outside `[0, 1]`.
    pub fn estimate(&self, machine: &Machine) -> Result<Estimate> {
        machine.require(
            "the partition function by annealing",
            Some(Units::Bernoulli),
            Some(Units::Bernoulli),
        )?;
        let wanted = "it must be at least 2, to tell how much they differ";
        require(1 < self.chains, "Annealing", "chains", self.chains, wanted)?;
        let rises = self.betas.windows(2).all(|pair| pair[0] < pair[1]);
        let is_whole = self.betas.first() == Some(&0.0) && self.betas.last() == Some(&1.0) && rises;
        require(
            is_whole,
            "Annealing",
            "betas",
            format!("{:?}", Ends(&self.betas)),
            "they must rise from 0 to 1",
        )?;
        let [visible, hidden] = [machine.structure.visible, machine.structure.hidden];
        let base = self.base.clone().unwrap_or_else(|| vec![0.0; visible]);
        if base.len() != visible {
            return Err(Error::shape(
                "the data of base rates",
                format_args!("{visible} numbers an example"),
                base.len(),
            ));
        }
        if let Some(column) = base.iter().position(|a| !a.is_finite()) {
            let found = format!("others in column {column}");
            return Err(Error::shape("the data of base rates", "numbers from 0 to 1", found));
        }
        let mut plan = self.plan(machine)?;
        let random = Random::new(self.seed).stream(u64::MAX);
        let rates: Vec<f64> = base.iter().map(|a| 1.0 / (1.0 + (-a).exp())).collect();
        let first =
            (0..self.chains * visible).map(|i| f64::from(random.uniform(i as u64) < rates[i % visible]));
        let mut state: Vec<f64> = first.collect();
        let mut log_weights = vec![0.0; self.chains];
        plan.input_mut(1).copy_from_slice(&base);
        for (step, pair) in self.betas.windows(2).enumerate() {
            plan.set_moment(Moment { seed: self.seed, step: step as u64 });
            plan.input_mut(0).copy_from_slice(&state);
            plan.input_mut(2).copy_from_slice(&pair[..1]);
            plan.input_mut(3).copy_from_slice(&pair[1..]);
            plan.forward(machine.parameters.values())?;
            log_weights.iter_mut().zip(plan.output(0)).for_each(|(sum, rise)| *sum += rise);
            state.copy_from_slice(plan.output(1));
        }
        let log_base =
            hidden as f64 * std::f64::consts::LN_2 + base.iter().map(|a| softplus(*a)).sum::<f64>();
        Ok(gathered(log_base, &log_weights))
    }

    /// Inputs: `v`, the base's biases, the beta now and the next. Outputs: how much `ln p*(v)` rises, and `v` after a step.
    fn plan(&self, machine: &Machine) -> Result<Plan<f64>> {
        let tape = Tape::new();
        let bound = Bound::on(&machine.structure, &tape);
        let [v, base] =
            [tape.data(&[self.chains, machine.structure.visible]), tape.data(&[machine.structure.visible])];
        let (now, next) = (tape.data(&[1]), tape.data(&[1]));
        let hidden_input = bound.hidden_input(v);
        let [before, after] = [now, next].map(|beta| {
            let bias = base * (1.0 - beta) + bound.visible_bias * beta;
            (v * bias).sum_axis(1) + (hidden_input * beta).softplus().sum_axis(1)
        });
        let rise = after - before;
        let hidden = (hidden_input * next).sigmoid().bernoulli();
        let visible_input = base * (1.0 - next) + bound.visible_input(hidden) * next;
        Ok(Plan::compile_for(&machine.backend, &tape, None, &[rise, visible_input.sigmoid().bernoulli()])?)
    }
}

/// The mean of the weights, and its standard error by the delta method: that of the mean divided by the mean.
fn gathered(log_base: f64, log_weights: &[f64]) -> Estimate {
    let count = log_weights.len() as f64;
    let mut sum = LogSum::default();
    for log_weight in log_weights {
        sum.add(*log_weight);
    }
    let log_mean = sum.value() - count.ln();
    let variance =
        log_weights.iter().map(|w| ((w - log_mean).exp() - 1.0).powi(2)).sum::<f64>() / (count - 1.0);
    Estimate { log_partition: log_base + log_mean, standard_error: (variance / count).sqrt() }
}

/// Betas as an error shows them.
struct Ends<'a>(&'a [f64]);

impl std::fmt::Debug for Ends<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            [] => f.write_str("none"),
            [only] => write!(f, "{only}"),
            [first, .., last] => write!(f, "{first} to {last}"),
        }
    }
}
