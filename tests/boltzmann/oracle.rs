//! A small machine with numbers by chance, and its distribution by sums over all states.

use ann::autodiff::random::Random;
use ann::prelude::*;

network! {
    /// Small enough for sums over all states.
    pub struct Small: [6] <-> [4] { Rbm(4) }

    /// Gaussian visible units.
    pub struct SmallGaussian: [2] <-> [3] { Rbm(3, visible = Gaussian) }

    /// Gaussian hidden units.
    pub struct SmallGaussianHidden: [5] <-> [2] { Rbm(2, hidden = Gaussian) }
}

/// All parameters normal numbers of this deviation.
pub(crate) fn fill(network: &mut impl Network, deviation: f64, seed: u64) {
    for (number, segment) in network.layout().segments().iter().enumerate() {
        let random = Random::new(seed).stream(number as u64);
        let values: Vec<f64> =
            (0..segment.extents.count()).map(|i| deviation * random.normal(i as u64)).collect();
        network.set_parameter(&segment.name, &values).unwrap();
    }
}

/// A machine's parameters, for sums.
pub(crate) struct Numbers {
    pub(crate) weight: Vec<f64>,
    pub(crate) c: Vec<f64>,
    pub(crate) b: Vec<f64>,
}

impl Numbers {
    pub(crate) fn of(network: &impl Network, label: &str) -> Self {
        let get = |name: &str| network.parameter(&format!("{label}.{name}")).unwrap();
        Self { weight: get("weight"), c: get("hidden_bias"), b: get("visible_bias") }
    }

    /// `b·v + c·h + h·W v`
    pub(crate) fn goodness(&self, v: &[f64], h: &[f64]) -> f64 {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let between = h.iter().zip(self.weight.chunks(v.len())).map(|(h, row)| h * dot(row, v));
        dot(&self.b, v) + dot(&self.c, h) + between.sum::<f64>()
    }

    /// The probability of each pair of states, visible ones first.
    pub(crate) fn joint(&self) -> Vec<Vec<f64>> {
        let (visible, hidden) = (states(self.b.len()), states(self.c.len()));
        let row = |v: &Vec<f64>| hidden.iter().map(|h| self.goodness(v, h).exp()).collect();
        let mut joint: Vec<Vec<f64>> = visible.iter().map(row).collect();
        let sum: f64 = joint.iter().flatten().sum();
        joint.iter_mut().flatten().for_each(|p| *p /= sum);
        joint
    }

    /// The probability of each state of the visible units.
    pub(crate) fn visible(&self) -> Vec<f64> {
        self.joint().iter().map(|row| row.iter().sum()).collect()
    }

    /// `ln Z`
    pub(crate) fn log_partition(&self) -> f64 {
        let (visible, hidden) = (states(self.b.len()), states(self.c.len()));
        let terms = visible.iter().flat_map(|v| hidden.iter().map(|h| self.goodness(v, h).exp()));
        terms.sum::<f64>().ln()
    }
}

/// Bit patterns as units.
pub(crate) fn states(units: usize) -> Vec<Vec<f64>> {
    (0..1_usize << units).map(|state| (0..units).map(|unit| (state >> unit & 1) as f64).collect()).collect()
}

pub(crate) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub(crate) fn examples<const N: usize>(rows: &[Vec<f64>]) -> Examples<Rank1<N>, f64> {
    Examples::from_rows(rows).unwrap()
}
