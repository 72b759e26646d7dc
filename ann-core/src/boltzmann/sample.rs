//! Gibbs sampling from a machine.

use ann_autodiff::random::Random;
use ann_autodiff::{Dyn, Moment, Plan, Scalar, Shaped, Tape};

use super::{Bound, Machine, Units};
use crate::Result;
use crate::data::Examples;

/// Visible units drawn from a machine: where its chains ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// As drawn, a row a chain.
    pub visible: Vec<f64>,
    /// Their means given the hidden units they were drawn from: smoother to look at.
    pub means: Vec<f64>,
    /// Hidden units drawn given the visible ones.
    pub hidden: Vec<f64>,
}

impl Machine {
    /// Samples of the visible units by Gibbs sampling: `chains` chains that begin with units by chance, 0 or 1 alike or normally
    /// distributed, and make so many steps, hidden units given the visible ones and back. With 0 steps, what they begin with.
    ///
    /// Early steps depend on the beginning; how many it takes to forget it, a machine does not tell.
    pub fn sample(&self, chains: usize, steps: usize, seed: u64) -> Result<Samples> {
        let random = Random::new(seed).stream(u64::MAX);
        let width = self.structure.visible;
        let unit = |i: usize| match self.structure.visible_units {
            Units::Bernoulli => f64::from(random.uniform(i as u64) < 0.5),
            Units::Gaussian => random.normal(i as u64),
        };
        self.gibbs((0..chains * width).map(unit).collect(), steps, seed)
    }

    /// The same with chains that begin at examples.
    pub fn sample_from<S: Shaped, T: Scalar>(
        &self,
        v: &Examples<S, T>,
        steps: usize,
        seed: u64,
    ) -> Result<Samples> {
        self.check_visible(v)?;
        self.gibbs(v.to_f64(), steps, seed)
    }

    /// Visible units drawn given hidden ones, and their means; machines of different `stream`s draw by different numbers.
    pub(super) fn draw_visible(
        &self,
        hidden: &Examples<Dyn, f64>,
        seed: u64,
        stream: u64,
    ) -> Result<(Vec<f64>, Vec<f64>)> {
        let means = self.visible_means(hidden)?;
        let random = Random::new(seed).child(stream).stream(u64::MAX);
        let draw = |(i, mean): (usize, &f64)| match self.structure.visible_units {
            Units::Bernoulli => f64::from(random.uniform(i as u64) < *mean),
            Units::Gaussian => mean + random.normal(i as u64),
        };
        Ok((means.iter().enumerate().map(draw).collect(), means))
    }

    fn gibbs(&self, visible: Vec<f64>, steps: usize, seed: u64) -> Result<Samples> {
        let width = self.structure.visible;
        let rows = visible.len() / width.max(1);
        let tape = Tape::new();
        let bound = Bound::on(&self.structure, &tape);
        let hidden = bound.draw_hidden(tape.data(&[rows, width]));
        let means = bound.visible_means(hidden);
        let outputs = [bound.draw_visible(means), means, hidden];
        let mut plan = Plan::<f64>::compile_for(&self.backend, &tape, None, &outputs)?;
        plan.input_mut(0).copy_from_slice(&visible);
        let mut samples = Samples { means: visible.clone(), visible, hidden: Vec::new() };
        // One more than asked for, whose hidden units are given the last visible ones.
        for step in 0..=steps {
            plan.set_moment(Moment { seed, step: step as u64 });
            plan.input_mut(0).copy_from_slice(&samples.visible);
            plan.forward(self.parameters.values())?;
            samples.hidden.clear();
            samples.hidden.extend_from_slice(plan.output(2));
            if step < steps {
                samples.visible.copy_from_slice(plan.output(0));
                samples.means.copy_from_slice(plan.output(1));
            }
        }
        Ok(samples)
    }
}
