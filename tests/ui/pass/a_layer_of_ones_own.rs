#![deny(warnings)]
use ann::prelude::*;

use ann::{Cost, Initial, Recorder, Var};

/// `y = w x`.
#[derive(Clone, Debug, Default)]
struct Scale<const N: usize>;

impl<const N: usize> Layer for Scale<N> {
    type Input = Rank1<N>;
    type Output = Rank1<N>;

    fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<N>>) -> Result<Var<'t, Rank1<N>>> {
        let weight = tape.parameter("weight", &[N], &Initial::constant(1.0));
        Ok((x * weight).typed())
    }
}

impl<const N: usize> Cost for Scale<N> {
    const PARAMETERS: usize = N;
    const FLOPS: u64 = N as u64;
}

/// `y = factor x + offset`.
#[derive(Clone, Debug)]
struct Power<const N: usize> {
    factor: f64,
    offset: f64,
}

impl<const N: usize> Power<N> {
    fn new(factor: f64) -> Self {
        Self { factor, offset: 0.0 }
    }

    fn offset(self, offset: f64) -> Self {
        Self { offset, ..self }
    }

    fn r#type(self, _: &str) -> Self {
        self
    }
}

impl<const N: usize> Layer for Power<N> {
    type Input = Rank1<N>;
    type Output = Rank1<N>;

    fn record<'t>(&self, _: &Recorder<'t>, x: Var<'t, Rank1<N>>) -> Result<Var<'t, Rank1<N>>> {
        Ok(x.affine(self.factor, self.offset).typed())
    }
}

impl<const N: usize> Cost for Power<N> {
    const PARAMETERS: usize = 0;
    const FLOPS: u64 = 2 * N as u64;
}

network! {
    struct Net: [8] -> [4] { scale: Scale<8> -> [8], twice: Power<8>(2.0, offset = 1.0, r#type = "line") -> [8], Dense(4) }
}

fn main() {
    let net = Net::new(0);
    assert_eq!(net.parameter("scale.weight").unwrap(), [1.0; 8]);
    assert_eq!(net.layout().trainable(), Net::PARAMETERS);
}
