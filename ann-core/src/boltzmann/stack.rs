//! The layers that a two-way network becomes when it is trained on by back-propagation: products with a bias and a function.

use std::sync::Arc;

use ann_autodiff::{Dtype, Parameters, Tape, Var};
use ann_spec::table::Row;

use super::{Machine, Structure, Units};
use crate::initializer::Xavier;
use crate::network::Network;
use crate::recorder::{Initial, Recorder};
use crate::weights::{Store, Weights};

/// `function(x W^T + b)`, `W [n, k]`, `b [n]`.
#[derive(Clone, Debug)]
pub(super) struct Product {
    /// Scope and label: `encoder`, `rbm1`.
    pub(super) of: &'static str,
    pub(super) label: String,
    pub(super) n: usize,
    pub(super) k: usize,
    /// What its outputs stand for: Bernoulli ones go through the sigmoid.
    pub(super) units: Units,
}

impl Product {
    /// From a machine's visible to its hidden units.
    pub(super) fn up(structure: &Structure) -> Self {
        let Structure { label, visible: k, hidden: n, hidden_units: units, .. } = structure.clone();
        Self { of: "encoder", label, n, k, units }
    }

    /// From a machine's hidden to its visible units.
    pub(super) fn down(structure: &Structure) -> Self {
        let Structure { label, visible: n, hidden: k, visible_units: units, .. } = structure.clone();
        Self { of: "decoder", label, n, k, units }
    }

    pub(super) fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t>) -> Var<'t> {
        let y = self.linear(tape, x);
        match self.units {
            Units::Bernoulli => y.sigmoid(),
            Units::Gaussian => y,
        }
    }

    /// Without the function.
    pub(super) fn linear<'t>(&self, tape: &Recorder<'t>, x: Var<'t>) -> Var<'t> {
        let product = || {
            let weight = tape.parameter("weight", &[self.n, self.k], &Initial::new(Xavier));
            x.linear(weight, tape.parameter("bias", &[self.n], &Initial::constant(0.0)))
        };
        scoped(tape.tape(), self.of, || scoped(tape.tape(), &self.label, product))
    }

    pub(super) fn row(&self) -> Row {
        Row {
            label: self.path(""),
            kind: "Dense".to_owned(),
            output: format!("[{}]", self.n),
            parameters: Some(self.n * self.k + self.n),
        }
    }

    /// `encoder.rbm1.weight`
    pub(super) fn path(&self, parameter: &str) -> String {
        [self.of, &self.label, parameter]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(".")
    }
}

/// What is recorded belongs to a scope, unless it has no name.
fn scoped<R>(tape: &Tape, name: &str, f: impl FnOnce() -> R) -> R {
    if name.is_empty() { f() } else { tape.scope(name, f) }
}

/// The parameters of products, in the precision of a network, from values by name.
pub(super) fn weights(
    precision: Dtype,
    products: &[Product],
    mut value: impl FnMut(&Product, &'static str) -> Vec<f64>,
) -> Weights {
    let tape = Tape::new();
    let recorder = Recorder::new(&tape, crate::Mode::Prediction);
    for product in products {
        product.linear(&recorder, tape.data(&[1, product.k]));
    }
    let mut parameters = Parameters::<f64>::zeros(Arc::new(tape.layout()));
    for product in products {
        for name in ["weight", "bias"] {
            if let Some(to) = parameters.get_mut(&product.path(name)) {
                to.copy_from_slice(&value(product, name));
            }
        }
    }
    Weights::new(match precision {
        Dtype::F32 => Store::F32(parameters.cast()),
        Dtype::F64 => Store::F64(parameters),
    })
}

/// The values that a machine has for a product's parameter.
pub(super) fn of_machine(machines: &[Machine], product: &Product, name: &str) -> Vec<f64> {
    // A product of no machine, a head, may be called as one.
    let is_of = |machine: &&Machine| !product.of.is_empty() && machine.structure().label == product.label;
    let Some(machine) = machines.iter().find(is_of) else {
        return vec![0.0; if name == "weight" { product.n * product.k } else { product.n }];
    };
    match (product.of, name) {
        ("encoder", "weight") => machine.weight().to_vec(),
        ("encoder", _) => machine.hidden_bias().to_vec(),
        (_, "weight") => {
            let weight = machine.weight();
            (0..product.n * product.k).map(|i| weight[i % product.k * product.n + i / product.k]).collect()
        }
        _ => machine.visible_bias().to_vec(),
    }
}

/// How many weights there are between the sides of all machines, biases left out.
pub(super) const fn n_weights(sides: &[[usize; 2]]) -> usize {
    let (mut sum, mut i) = (0, 0);
    while i < sides.len() {
        sum += sides[i][0] * sides[i][1];
        i += 1;
    }
    sum
}

/// How many units there are on one side, 0 or 1, of all machines.
pub(super) const fn n_units(sides: &[[usize; 2]], side: usize) -> usize {
    let (mut sum, mut i) = (0, 0);
    while i < sides.len() {
        sum += sides[i][side];
        i += 1;
    }
    sum
}

/// The name of a network made of another.
pub(super) fn name(of: &str, network: &impl Network) -> String {
    format!("{of}<{}>", network.name())
}
