//! [`Unrolled`]: an autoencoder made of a two-way network.

use std::fmt;
use std::marker::PhantomData;

use ann_autodiff::Var;
use ann_spec::table::Row;

use super::stack::{self, Product};
use super::{Machine, TwoWay};
use crate::layer::{Cost, Flow, Layer};
use crate::network::Network;
use crate::recorder::only;
use crate::weights::Weights;
use crate::{Recorder, Result};

/// A two-way network unrolled to an autoencoder (Hinton and Salakhutdinov 2006): its machines upwards, then downwards, from its
/// input to its input. Made by [`TwoWay::unroll`]; an ordinary [`Network`], to be trained on by back-propagation.
///
/// Upwards are `encoder.rbm1.weight [n, k]` and `encoder.rbm1.bias [n]` of each machine, its weight and hidden bias; downwards, in
/// the other order, `decoder.rbm1.weight [k, n]` and `decoder.rbm1.bias [k]`, a copy of the weight, transposed, that goes its own way
/// from here, and the visible bias. Layers of Bernoulli units end in the sigmoid, those of Gaussian ones are linear.
///
/// The output are means of the visible units, which [`MeanSquaredError`](crate::loss::MeanSquaredError) compares with the input.
/// [`BinaryCrossEntropy`](crate::loss::BinaryCrossEntropy) wants them without the sigmoid: [`logits`](Self::logits).
pub struct Unrolled<M> {
    name: String,
    products: Vec<Product>,
    ends_in_logits: bool,
    weights: Weights,
    of: PhantomData<fn() -> M>,
}

impl<M: TwoWay> Unrolled<M> {
    /// How many parameters it learns.
    pub const PARAMETERS: usize =
        2 * stack::n_weights(M::SIDES) + stack::n_units(M::SIDES, 0) + stack::n_units(M::SIDES, 1);
    /// Floating-point operations forward for one example, a multiply-add counting two.
    pub const FLOPS_PER_EXAMPLE: u64 = 4 * stack::n_weights(M::SIDES) as u64
        + 4 * (stack::n_units(M::SIDES, 0) + stack::n_units(M::SIDES, 1)) as u64;

    pub(super) fn new(network: &M) -> Self {
        let machines = network.machines();
        let up = machines.iter().map(|machine| Product::up(machine.structure()));
        let down = machines.iter().rev().map(|machine| Product::down(machine.structure()));
        let products: Vec<Product> = up.chain(down).collect();
        Self {
            name: stack::name("Unrolled", network),
            weights: weights(network, &machines, &products),
            products,
            ends_in_logits: false,
            of: PhantomData,
        }
    }

    /// The same with an output before the last sigmoid, as a loss on logits takes it.
    #[must_use]
    pub fn logits(mut self) -> Self {
        self.ends_in_logits = true;
        self
    }

    /// Gives the encoder's parameters to the network that it was made of, whose output is then the code of an example.
    pub fn copy_encoder_to(&self, network: &mut M) -> Result<()> {
        for product in self.products.iter().filter(|product| product.of == "encoder") {
            for (of, to) in [("weight", "weight"), ("bias", "hidden_bias")] {
                let values = self.parameter(&product.path(of))?;
                network.set_parameter(&format!("{}.{to}", product.label), &values)?;
            }
        }
        Ok(())
    }
}

/// The machines' numbers as those of products.
pub(super) fn weights<M: TwoWay>(network: &M, machines: &[Machine], products: &[Product]) -> Weights {
    stack::weights(network.precision(), products, |product, name| stack::of_machine(machines, product, name))
}

impl<M: TwoWay> Layer for Unrolled<M> {
    type Input = M::Input;
    type Output = M::Input;

    fn record<'t>(&self, tape: &Recorder<'t>, x: <M::Input as Flow>::Vars<'t>) -> Result<Var<'t, M::Input>> {
        let mut y = only("Unrolled", &M::Input::list(x))?;
        for (number, product) in self.products.iter().enumerate() {
            let is_last = number + 1 == self.products.len();
            y = if is_last && self.ends_in_logits {
                product.linear(tape, y)
            } else {
                product.record(tape, y)
            };
        }
        Ok(y.typed())
    }

    fn join(&mut self, weights: &Weights) {
        self.weights = weights.clone();
    }

    fn joined(&self) -> Option<&Weights> {
        Some(&self.weights)
    }
}

impl<M: TwoWay> Cost for Unrolled<M> {
    const PARAMETERS: usize = Self::PARAMETERS;
    const FLOPS: u64 = Self::FLOPS_PER_EXAMPLE;
}

impl<M: TwoWay> Network for Unrolled<M> {
    fn name(&self) -> &str {
        &self.name
    }

    fn rows(&self) -> Vec<Row> {
        self.products.iter().map(Product::row).collect()
    }

    fn weights(&self) -> &Weights {
        &self.weights
    }
}

impl<M> Clone for Unrolled<M> {
    /// A network of the same values in a vector of its own.
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            products: self.products.clone(),
            ends_in_logits: self.ends_in_logits,
            weights: self.weights.deep_copy(),
            of: PhantomData,
        }
    }
}

impl<M: TwoWay> fmt::Debug for Unrolled<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())
    }
}
