//! The layer of a two-way network: a restricted Boltzmann machine.

use ann_autodiff::{Shaped, Var};

use super::options::{layer, settings};
use super::size;
use crate::boltzmann::{Bound, Stage, Structure};
use crate::initializer::Gaussian;
use crate::layer::Flow;
use crate::recorder::{Initial, only};
use crate::{Recorder, Result};

layer! {
    /// A restricted Boltzmann machine (Smolensky 1986): `k` visible and `n` hidden units, a weight between every two of different
    /// sides. See [`boltzmann`](crate::boltzmann) for its energy and how it is trained.
    ///
    /// As a layer it is the up pass: `[k] -> [n]`, the means of the hidden units given the visible ones, `sigmoid(v W^T + c)` for
    /// Bernoulli units and `v W^T + c` for Gaussian ones. Parameters: `weight [n, k]`, `hidden_bias [n]` (c), `visible_bias [k]`
    /// (b), which the up pass does not use.
    ///
    /// Without other wishes the weight is drawn from the normal distribution of deviation 0.01 (Hinton 2010, section 8), the biases
    /// are 0.
    Rbm {
        weight: Initial = Initial::new(Gaussian::new(0.0, 0.01)),
        sparsity: Option<f64> = None,
        sparsity_cost: f64 = 0.1,
    }
}

settings! {
    Rbm {
        /// How the weight begins.
        init: initializer => |this, value| this.weight.initializer = value;
        /// Adds `l1` times the sum of the weight's absolute values to the loss; biases are left out.
        l1: number => |this, value| this.weight.l1 = value;
        /// Adds `l2 / 2` times the sum of the weight's squares to the loss (weight decay); biases are left out.
        l2: number => |this, value| this.weight.l2 = value;
        /// A penalty on the weight, of one's own or [`ElasticNet`](crate::regularizer::ElasticNet).
        regularizer: regularizer => |this, value| this.weight.regularizers.push(value);
        /// The mean activation, in `(0, 1)`, that each hidden unit is held to while training: the loss gets `sparsity_cost` times
        /// the sum over the hidden units of the cross-entropy between it and the unit's mean over the batch (Hinton 2010,
        /// section 11).
        sparsity: number => |this, value| this.sparsity = Some(value);
        /// What missing the target costs.
        sparsity_cost: number => |this, value| this.sparsity_cost = value;
    }
}

impl<I, O> Rbm<I, O> {
    fn apply<'t>(&self, tape: &Recorder<'t>, x: &[Var<'t>]) -> Result<Var<'t>> {
        let x = only("Rbm", x)?;
        let structure = self.of_sizes("", [x.extents().last(), size(self.spec.n)?]);
        Ok(Bound::recorded(&structure, tape).hidden_means(x))
    }

    fn of_sizes(&self, label: &str, [visible, hidden]: [usize; 2]) -> Structure {
        Structure {
            label: label.to_owned(),
            visible,
            hidden,
            visible_units: self.spec.visible,
            hidden_units: self.spec.hidden,
            steps: self.spec.k.value().unwrap_or(1),
            is_persistent: self.spec.persistent,
            weight: self.weight.clone(),
            sparsity: self.sparsity,
            sparsity_cost: self.sparsity_cost,
        }
    }
}

impl<I: Flow + Shaped, O: Shaped> Stage for Rbm<I, O> {
    const SIDES: [usize; 2] = [only_size::<I>(), only_size::<O>()];

    fn structure(&self, label: &str) -> Structure {
        self.of_sizes(label, Self::SIDES)
    }
}

/// The size of a shape of one axis; `network!` puts machines on no other.
const fn only_size<S: Shaped>() -> usize {
    match S::DIMS {
        Some([size]) => *size,
        _ => 0,
    }
}
