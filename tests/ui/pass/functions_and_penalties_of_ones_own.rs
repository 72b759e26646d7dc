#![deny(warnings)]
use ann::Activation;
use ann::prelude::*;
use ann::regularizer::{ElasticNet, Regularizer};

/// `x / (1 + e^(-beta x))`
#[derive(Clone, Debug)]
struct Swish {
    beta: f64,
}

impl Activation for Swish {
    fn value(&self, x: f64) -> f64 {
        x / (1.0 + (-self.beta * x).exp())
    }

    fn slope(&self, x: f64) -> f64 {
        let s = 1.0 / (1.0 + (-self.beta * x).exp());
        s + self.beta * x * s * (1.0 - s)
    }
}

/// `strength * ln(1 + w^2)`
#[derive(Clone, Debug)]
struct Cauchy(f64);

impl Regularizer for Cauchy {
    fn penalty(&self, w: f64) -> f64 {
        self.0 * (w * w).ln_1p()
    }

    fn slope(&self, w: f64) -> f64 {
        self.0 * 2.0 * w / (1.0 + w * w)
    }
}

const NOISE: f64 = 0.1;

network! {
    struct Net: [1, 8, 8] -> [10] {
        GaussianNoise(NOISE),
        Conv2d(4, kernel = 3, regularizer = ElasticNet::new(1e-4, 0.5)), act: Activation(Swish { beta: 1.5 }),
        Dense(20, l2 = 1e-4, regularizer = Cauchy(1e-3)), GaussianNoise(deviation = 0.0),
        Activation(f = Swish { beta: NOISE }),
        Dense(10),
    }

    struct Steps: [_, 8] -> [_, 8] { GaussianNoise(0.1), Dense(8), Activation(Box::new(Swish { beta: 1.0 })) }
}

fn main() {
    let net = Net::new(0);
    assert_eq!(net.layout().trainable(), Net::PARAMETERS);
    assert_eq!(Steps::PARAMETERS, 72);
}
