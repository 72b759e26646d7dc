use ann::prelude::*;

network! { struct DigitRbm: [784] <-> [20] { Rbm(20) } }

fn main() {
    let x: Examples<Rank1<784>> = Examples::from_vec(vec![]).unwrap();
    let data: InMemory<Rank1<784>, Class<3>> = InMemory::classes(x, &[]).unwrap();
    let mut net = DigitRbm::new(0).into_classifier::<10>();
    Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).fit(&mut net, &data).unwrap();
}
