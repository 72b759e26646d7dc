//! Boltzmann machines and deep belief nets: held to enumeration, to finite differences and to formulas computed by hand.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::data::Mnist;
use ann::prelude::*;

network! {
    pub struct DigitRbm: [784] <-> [100] { Rbm(100) }
}

#[test]
fn cd_learns_digits() {
    let data = Mnist::test(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/mnist")).unwrap().flatten();
    let mut net = DigitRbm::new(0);
    println!("{}", net.summary());
    let mut trainer = Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1)).epochs(5).batch(100);
    let history = trainer.pretrain(&mut net, &data).unwrap();
    println!("{history:?}");
}
