use ann::prelude::*;

network! { struct Digits: [784] -> [10] { Dense(10) } }

fn main() {
    let x: Examples<Rank1<100>> = Examples::from_vec(vec![0.0; 100]).unwrap();
    Digits::new(0).predict(&x).unwrap();
}
