//! [`Machine`]: a machine with the numbers it has learned, to be asked about its distribution.

use ann_autodiff::{Cpu, Parameters, Scalar, Shaped};

use super::inputs::{self, check_values};
use super::map::{Formula, map};
use super::{Structure, Units, figures};
use crate::data::Examples;
use crate::weights::Store;
use crate::{Error, Result};

/// A machine of a two-way network as it was when it was asked for, in 64 bits.
///
/// Values outside `[0, 1]` for Bernoulli visible units are refused by every method, with the example and the place in it.
#[derive(Clone, Debug)]
pub struct Machine {
    pub(super) structure: Structure,
    pub(super) parameters: Parameters<f64>,
    pub(super) backend: Cpu,
}

impl Machine {
    pub(super) fn new(structure: Structure, store: &Store) -> Self {
        let parameters = match store {
            Store::F32(parameters) => parameters.cast(),
            Store::F64(parameters) => parameters.clone(),
        };
        Self { structure, parameters, backend: Cpu::default() }
    }

    /// The same on so many threads. The results do not depend on them.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { backend: Cpu::with_threads(threads), ..self }
    }

    /// What it is.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// The weights `[hidden, visible]`, row-major.
    pub fn weight(&self) -> &[f64] {
        self.parameters.get("weight").unwrap_or_default()
    }

    /// The biases of the hidden units.
    pub fn hidden_bias(&self) -> &[f64] {
        self.parameters.get("hidden_bias").unwrap_or_default()
    }

    /// The biases of the visible units.
    pub fn visible_bias(&self) -> &[f64] {
        self.parameters.get("visible_bias").unwrap_or_default()
    }

    /// `F(v)` of each example, in nats: `ln p(v) = - F(v) - ln Z`.
    pub fn free_energy<S: Shaped, T: Scalar>(&self, v: &Examples<S, T>) -> Result<Vec<f64>> {
        let mut energies = self.of_visible(v, &|_, bound, v| bound.free_energy(v))?;
        let constant = self.hidden_constant();
        for energy in &mut energies {
            *energy -= constant;
        }
        Ok(energies)
    }

    /// `E[h | v]` for each example, a row of as many numbers as there are hidden units.
    pub fn hidden_means<S: Shaped, T: Scalar>(&self, v: &Examples<S, T>) -> Result<Vec<f64>> {
        self.of_visible(v, &|_, bound, v| bound.hidden_means(v))
    }

    /// `E[v | h]` for each row of hidden units.
    pub fn visible_means<S: Shaped, T: Scalar>(&self, h: &Examples<S, T>) -> Result<Vec<f64>> {
        self.check_width("hidden", self.structure.hidden, h.width())?;
        self.rows(h, self.structure.hidden, &|_, bound, h| bound.visible_means(h))
    }

    /// What each example becomes by the means of the hidden units and, from these, the means of the visible ones.
    pub fn reconstruct<S: Shaped, T: Scalar>(&self, v: &Examples<S, T>) -> Result<Examples<S, T>> {
        let values = self.of_visible(v, &|_, bound, v| bound.visible_means(bound.hidden_means(v)))?;
        Examples::unchecked(values.into_iter().map(T::from_f64).collect(), v.dims())
    }

    /// The mean over the examples of `ln` of the pseudo-likelihood, `sum over i of ln p(v_i | all others)` (Besag 1975), in nats.
    ///
    /// With at most 64 visible units all of them are summed; with more, one unit an example, drawn by the seed, stands for all.
    /// Bernoulli visible units only.
    pub fn pseudo_likelihood<S: Shaped, T: Scalar>(&self, v: &Examples<S, T>, seed: u64) -> Result<f64> {
        self.require("the pseudo-likelihood", Some(Units::Bernoulli), None)?;
        if v.is_empty() {
            return Err(Error::Empty { what: "the data of a pseudo-likelihood".to_owned() });
        }
        let width = self.structure.visible;
        let each = if width <= 64 {
            self.of_visible(v, &|tape, bound, v| {
                let free_energy = bound.free_energy(v);
                let of = |unit: usize| {
                    let mut mark = vec![0.0; width];
                    mark[unit] = 1.0;
                    figures::pseudo_likelihood(bound, v, free_energy, tape.constant(&[width], &mark))
                };
                let sum = (0..width).map(of).reduce(|a, b| a + b).unwrap_or(free_energy);
                sum * (1.0 / width as f64)
            })?
        } else {
            self.check_visible(v)?;
            // Beside each example, which unit is flipped.
            let read = |row: usize, to: &mut [f64]| {
                let (to, mark) = to.split_at_mut(width);
                copy(v, row, to);
                inputs::mark(mark, row, seed);
                Ok(())
            };
            let formula: Formula<'_> = &|_, bound, rows| {
                let (v, mark) = (rows.slice(1, 0, width), rows.slice(1, width, 2 * width));
                figures::pseudo_likelihood(bound, v, bound.free_energy(v), mark)
            };
            map(&self.structure, &self.parameters, &self.backend, (v.len(), 2 * width), read, formula)?
        };
        Ok(each.iter().sum::<f64>() / each.len() as f64)
    }

    /// The mean of `ln p(v)` over the examples, in nats, for a partition function from
    /// [`log_partition`](Self::log_partition) or [`Annealing`](super::Annealing).
    pub fn log_likelihood<S: Shaped, T: Scalar>(
        &self,
        v: &Examples<S, T>,
        log_partition: f64,
    ) -> Result<f64> {
        if v.is_empty() {
            return Err(Error::Empty { what: "the data of a log-likelihood".to_owned() });
        }
        let energies = self.free_energy(v)?;
        Ok(-energies.iter().sum::<f64>() / energies.len() as f64 - log_partition)
    }

    /// What Gaussian hidden units add to `-F`, whatever the visible ones: `n ln √2π`.
    pub(super) fn hidden_constant(&self) -> f64 {
        match self.structure.hidden_units {
            Units::Bernoulli => 0.0,
            Units::Gaussian => self.structure.hidden as f64 * 0.5 * std::f64::consts::TAU.ln(),
        }
    }

    /// A formula of visible units, on each example.
    pub(super) fn of_visible<S: Shaped, T: Scalar>(
        &self,
        v: &Examples<S, T>,
        formula: Formula<'_>,
    ) -> Result<Vec<f64>> {
        self.check_visible(v)?;
        self.rows(v, self.structure.visible, formula)
    }

    /// Refuses what the visible units cannot be.
    pub(super) fn check_visible<S: Shaped, T: Scalar>(&self, v: &Examples<S, T>) -> Result<()> {
        self.check_width("visible", self.structure.visible, v.width())?;
        v.rows().enumerate().try_for_each(|(example, row)| check_values(&self.structure, example, row))
    }

    fn rows<S: Shaped, T: Scalar>(
        &self,
        x: &Examples<S, T>,
        width: usize,
        formula: Formula<'_>,
    ) -> Result<Vec<f64>> {
        let read = |row: usize, to: &mut [f64]| {
            copy(x, row, to);
            Ok(())
        };
        map(&self.structure, &self.parameters, &self.backend, (x.len(), width), read, formula)
    }

    fn check_width(&self, side: &str, expected: usize, found: usize) -> Result<()> {
        if expected == found {
            return Ok(());
        }
        Err(Error::shape(format!("the {side} units of {}", self.structure.label), expected, found))
    }

    /// Refuses units that a method is not for.
    pub(super) fn require(
        &self,
        what: &'static str,
        visible: Option<Units>,
        hidden: Option<Units>,
    ) -> Result<()> {
        let Structure { label, visible_units, hidden_units, .. } = &self.structure;
        for (side, wanted, found) in [("visible", visible, visible_units), ("hidden", hidden, hidden_units)] {
            if let Some(wanted) = wanted.filter(|wanted| wanted != found) {
                let what = format!("{what} of {label}");
                return Err(Error::shape(
                    what,
                    format!("{wanted:?} {side} units"),
                    format!("{found:?} ones"),
                ));
            }
        }
        Ok(())
    }
}

/// Copies an example to where it is computed with.
fn copy<S: Shaped, T: Scalar>(x: &Examples<S, T>, row: usize, to: &mut [f64]) {
    for (to, from) in to.iter_mut().zip(&x.as_slice()[row * x.width()..]) {
        *to = from.to_f64();
    }
}
