use ann::prelude::*;

network! { struct Digits: [784] -> [10] { Dense(10) } }

fn main() {
    let x: Examples<Rank1<784>> = Examples::from_vec(vec![]).unwrap();
    let data: InMemory<Rank1<784>, Class<10>> = InMemory::classes(x, &[]).unwrap();
    let mut net = Digits::new(0);
    Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1)).pretrain(&mut net, &data).unwrap();
}
