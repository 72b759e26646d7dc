//! The partition function of small machines, by enumeration.

use super::{Machine, Structure, Units};
use crate::{Error, Result};

/// The most units whose states are enumerated: 33 million states.
const MOST: usize = 25;

impl Machine {
    /// `ln Z`, exactly but for rounding: the sum of `e^-E` over all states, in nats.
    ///
    /// The states of one side are enumerated, those of the other summed in closed form: the smaller of the sides that are of
    /// Bernoulli units. The time is `2^units` times the other side's units; beyond 25 units it is refused, and
    /// [`Annealing`](super::Annealing) estimates.
    pub fn log_partition(&self) -> Result<f64> {
        let Structure { label, visible, hidden, visible_units, hidden_units, .. } = &self.structure;
        let sides = [(*visible, *visible_units), (*hidden, *hidden_units)];
        let chosen =
            (0..2).filter(|side| sides[*side].1 == Units::Bernoulli).min_by_key(|side| sides[*side].0);
        let Some(side) = chosen else {
            let what = format!("the states of {label} to enumerate");
            return Err(Error::shape(what, "Bernoulli units on one side", "Gaussian ones on both"));
        };
        let count = sides[side].0;
        if MOST < count {
            let what = format!("the states of {label} to enumerate");
            let wanted =
                format_args!("at most {MOST} units on one side, or an estimate by `Annealing`").to_string();
            return Err(Error::shape(what, wanted, count));
        }
        let other = sides[1 - side];
        let (weight, biases) = (self.weight(), [self.visible_bias(), self.hidden_bias()]);
        let between = |unit: usize, of_other: usize| match side {
            0 => weight[of_other * visible + unit],
            _ => weight[unit * visible + of_other],
        };
        let mut input = vec![0.0; other.0];
        let mut energy = 0.0;
        let mut sum = LogSum::default();
        // Gray code: from one state to the next a single unit changes.
        for number in 0..1_u64 << count {
            if 0 < number {
                let unit = number.trailing_zeros() as usize;
                let is_set = (number ^ (number >> 1)) >> unit & 1 == 1;
                let sign = if is_set { 1.0 } else { -1.0 };
                energy += sign * biases[side][unit];
                for (of_other, input) in input.iter_mut().enumerate() {
                    *input += sign * between(unit, of_other);
                }
            }
            // Gaussian visible units have their bias as their mean, hidden ones as their input: summed out, both are a square.
            let out: f64 = match (other.1, side) {
                (Units::Bernoulli, _) => {
                    input.iter().zip(biases[1 - side]).map(|(a, b)| softplus(a + b)).sum()
                }
                (Units::Gaussian, 0) => {
                    input.iter().zip(biases[1]).map(|(a, c)| LN_ROOT + (a + c).powi(2) / 2.0).sum()
                }
                (Units::Gaussian, _) => {
                    input.iter().zip(biases[0]).map(|(a, b)| LN_ROOT + a * b + a * a / 2.0).sum()
                }
            };
            sum.add(energy + out);
        }
        Ok(sum.value())
    }
}

/// `ln √2π`
const LN_ROOT: f64 = 0.918_938_533_204_672_7;

pub(super) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The logarithm of a sum of exponentials, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogSum {
    largest: f64,
    sum: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self { largest: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSum {
    pub(super) fn add(&mut self, x: f64) {
        if x <= self.largest {
            self.sum += (x - self.largest).exp();
        } else {
            self.sum = self.sum * (self.largest - x).exp() + 1.0;
            self.largest = x;
        }
    }

    pub(super) fn value(self) -> f64 {
        self.largest + self.sum.ln()
    }
}
