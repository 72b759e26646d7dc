//! [`Classifier`]: a two-way network with a layer on top that tells classes.

use std::fmt;
use std::marker::PhantomData;

use ann_autodiff::random::Random;
use ann_autodiff::{Rank1, Var};
use ann_spec::table::Row;

use super::stack::{self, Product};
use super::{TwoWay, Units};
use crate::error::require;
use crate::initializer::{Initializer, Xavier};
use crate::layer::{Cost, Flow, Layer};
use crate::network::Network;
use crate::recorder::{Mode, only};
use crate::weights::Weights;
use crate::{Error, Recorder, Result};

/// The up pass of a two-way network and, on top, a product with `N` outputs: logits of `N` classes. Made by
/// [`TwoWay::into_classifier`]; an ordinary [`Network`], to be trained on by back-propagation
/// ([`CrossEntropy`](crate::loss::CrossEntropy)).
///
/// Parameters: `encoder.rbm1.weight [n, k]` and `encoder.rbm1.bias [n]` of each machine, its weight and hidden bias;
/// `head.weight [N, n]` and `head.bias [N]`. Layers of Bernoulli units end in the sigmoid, those of Gaussian ones are linear.
pub struct Classifier<M, const N: usize> {
    name: String,
    products: Vec<Product>,
    dropout: [f64; 2],
    weights: Weights,
    of: PhantomData<fn() -> M>,
}

impl<M: TwoWay, const N: usize> Classifier<M, N> {
    /// How many units the head takes.
    const TOP: usize = match M::SIDES.last() {
        Some([_, hidden]) => *hidden,
        None => 0,
    };
    /// How many parameters it learns.
    pub const PARAMETERS: usize =
        stack::n_weights(M::SIDES) + stack::n_units(M::SIDES, 1) + N * Self::TOP + N;
    /// Floating-point operations forward for one example, a multiply-add counting two.
    pub const FLOPS_PER_EXAMPLE: u64 = 2 * stack::n_weights(M::SIDES) as u64
        + 4 * stack::n_units(M::SIDES, 1) as u64
        + (2 * N * Self::TOP + N) as u64;

    pub(super) fn new(network: &M) -> Self {
        const { assert!(0 < N, "a classifier has at least one class: `into_classifier::<10>()`") }
        let machines = network.machines();
        let mut products: Vec<Product> =
            machines.iter().map(|machine| Product::up(machine.structure())).collect();
        products.push(Product {
            of: "",
            label: "head".to_owned(),
            n: N,
            k: Self::TOP,
            units: Units::Gaussian,
        });
        let weights = super::unrolled::weights(network, &machines, &products);
        let name = stack::name("Classifier", network);
        Self { name, products, dropout: [0.0; 2], weights, of: PhantomData }.seed(0)
    }

    /// Draws the weight of the head, by [`Xavier`], and sets its bias to 0; without a wish the seed is 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        let mut weight = vec![0.0; N * Self::TOP];
        // Xavier takes any shape that is not empty.
        let drawn = Xavier.fill(&[N, Self::TOP], Random::new(seed).child(1), &mut weight);
        if drawn.and_then(|()| self.set_parameter("head.weight", &weight)).is_ok() {
            self.weights.write().set("head.bias", &[0.0; N]);
        }
        self
    }

    /// While training, drops each input with probability `input` and the output of each machine's layer with probability `hidden`
    /// (Srivastava et al. 2014, who fine-tune pretrained nets so); both in `[0, 1)`. What is kept is scaled up, so that the machines'
    /// weights serve as they are.
    #[must_use]
    pub fn dropout(self, input: f64, hidden: f64) -> Self {
        Self { dropout: [input, hidden], ..self }
    }
}

impl<M: TwoWay, const N: usize> Layer for Classifier<M, N> {
    type Input = M::Input;
    type Output = Rank1<N>;

    fn record<'t>(&self, tape: &Recorder<'t>, x: <M::Input as Flow>::Vars<'t>) -> Result<Var<'t, Rank1<N>>> {
        for (name, p) in ["input", "hidden"].into_iter().zip(self.dropout) {
            require((0.0..1.0).contains(&p), "Classifier::dropout", name, p, "it must lie in [0, 1)")?;
        }
        let drop =
            |x: Var<'t>, p: f64| if tape.mode() == Mode::Training && p != 0.0 { x.dropout(p) } else { x };
        let [input, hidden] = self.dropout;
        let mut y = drop(only("Classifier", &M::Input::list(x))?, input);
        let Some((head, machines)) = self.products.split_last() else {
            return Err(Error::Inputs { layer: "Classifier", expected: 1, found: 0 });
        };
        for product in machines {
            y = drop(product.record(tape, y), hidden);
        }
        Ok(head.linear(tape, y).typed())
    }

    fn join(&mut self, weights: &Weights) {
        self.weights = weights.clone();
    }

    fn joined(&self) -> Option<&Weights> {
        Some(&self.weights)
    }
}

impl<M: TwoWay, const N: usize> Cost for Classifier<M, N> {
    const PARAMETERS: usize = Self::PARAMETERS;
    const FLOPS: u64 = Self::FLOPS_PER_EXAMPLE;
}

impl<M: TwoWay, const N: usize> Network for Classifier<M, N> {
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

impl<M, const N: usize> Clone for Classifier<M, N> {
    /// A network of the same values in a vector of its own.
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            products: self.products.clone(),
            dropout: self.dropout,
            weights: self.weights.deep_copy(),
            of: PhantomData,
        }
    }
}

impl<M: TwoWay, const N: usize> fmt::Debug for Classifier<M, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())
    }
}
