use ann::prelude::*;

network! {
    struct Dbn: [784] <-> [30] {
        a: Rbm(100, hidden = Gaussian, sparsity = 0.1),
        top: Rbm(30, sparsity_cost = 0.1) <- a,
    }
}

fn main() {}
