//! What is told of a machine after each epoch: how well it reconstructs, and how probable it finds the data.

use ann_autodiff::Var;

use super::{Bound, Structure, Units};
use crate::metric::{Better, Metric};

/// On how many examples figures are computed.
pub(crate) const ON: usize = 1000;

/// A column of what [`record`] gives, its mean over the examples.
#[derive(Clone, Debug)]
struct Figure {
    name: &'static str,
    column: usize,
    better: Better,
    sum: f64,
    count: usize,
}

/// The figures of a machine, as metrics.
pub(crate) fn figures(structure: &Structure) -> Vec<Box<dyn Metric>> {
    let figure = |name, column, better| {
        Box::new(Figure { name, column, better, sum: 0.0, count: 0 }) as Box<dyn Metric>
    };
    let mut figures = vec![figure("reconstruction_error", 0, Better::Lower)];
    if structure.visible_units == Units::Bernoulli {
        figures.push(figure("pseudo_likelihood", 1, Better::Higher));
    }
    figures
}

/// The figures of each example, a column each, and how much free energy reconstructions have less than the data. `marks` are the
/// targets of [`Spread`](super::Spread).
pub(super) fn record<'t>(
    structure: &Structure,
    bound: &Bound<'t>,
    v: Var<'t>,
    marks: Var<'t>,
) -> (Var<'t>, Var<'t>) {
    let hidden_input = bound.hidden_input(v);
    let reconstruction = bound.visible_means(bound.hidden_means_of(hidden_input));
    let free_energy = bound.free_energy_with(v, hidden_input);
    let loss = (free_energy - bound.free_energy(reconstruction)).mean();
    let error = (reconstruction - v).square().sum_axis(1).insert_axis(1);
    if structure.visible_units == Units::Gaussian {
        return (error, loss);
    }
    let pseudo = pseudo_likelihood(bound, v, free_energy, marks);
    let output = ann_autodiff::concat(1, &[error, pseudo.insert_axis(1)]).unwrap_or(error);
    (output, loss)
}

/// `visible * ln sigmoid(F(v with a unit flipped) - F(v))` of each row; `marks` are 1 at the unit to flip, of each row or of all.
pub(super) fn pseudo_likelihood<'t>(
    bound: &Bound<'t>,
    v: Var<'t>,
    free_energy: Var<'t>,
    marks: Var<'t>,
) -> Var<'t> {
    let width = v.extents().last();
    let flipped = bound.free_energy(v + (1.0 - v * 2.0) * marks);
    (free_energy - flipped).softplus() * -(width as f64)
}

impl Metric for Figure {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn reset(&mut self) {
        (self.sum, self.count) = (0.0, 0);
    }

    fn update(&mut self, outputs: &[f64], _: &[f64], width: usize) {
        for example in outputs.chunks_exact(width.max(1)) {
            self.sum += example.get(self.column).copied().unwrap_or(f64::NAN);
            self.count += 1;
        }
    }

    fn value(&self) -> f64 {
        self.sum / self.count as f64
    }

    fn better(&self) -> Better {
        self.better
    }
}
