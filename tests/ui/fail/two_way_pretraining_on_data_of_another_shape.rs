use ann::prelude::*;

network! { struct DigitRbm: [784] <-> [20] { Rbm(20) } }

fn main() {
    let x: Examples<Rank1<3>> = Examples::from_vec(vec![]).unwrap();
    let data: InMemory<Rank1<3>, Class<10>> = InMemory::classes(x, &[]).unwrap();
    let mut net = DigitRbm::new(0);
    Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1)).pretrain(&mut net, &data).unwrap();
}
