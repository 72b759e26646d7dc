use ann::prelude::*;

const FEATURES: usize = 30;

network! {
    /// One machine.
    pub struct DigitRbm: [784] <-> [500] { Rbm(500) }

    /// Several, with labels and all their settings.
    pub struct DigitDbn: [784] <-> [FEATURES] {
        Rbm(1000, k = 3, init = Gaussian::new(0.0, 0.05), l1 = 1e-5, l2 = 2e-4),
        mid: Rbm(250, persistent = true, sparsity = 0.1, sparsity_cost = 0.5),
        Rbm(FEATURES, hidden = Gaussian),
    }

    /// A size left to the caller.
    pub struct Open<const H: usize>: [784] <-> [H] { Rbm(H, visible = Gaussian) }

    /// A two-way network is a layer of others.
    pub struct Around: [784] -> [10] { features: DigitRbm -> [500], Dense(10) }
}

const _: () = assert!(DigitRbm::PARAMETERS == 784 * 500 + 784 + 500);
const _: () = assert!(Open::<3>::PARAMETERS == 784 * 3 + 784 + 3);

fn main() {
    let dbn = DigitDbn::new(0);
    let _ = &dbn.mid;
    let _: ann::boltzmann::Unrolled<DigitDbn> = dbn.unroll();
    let _: ann::boltzmann::Classifier<DigitDbn, 10> = dbn.into_classifier::<10>();
}
