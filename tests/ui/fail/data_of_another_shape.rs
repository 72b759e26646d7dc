use ann::prelude::*;

network! { struct Digits: [784] -> [10] { Dense(10) } }

fn main() {
    let images = ann::data::Mnist::train("data").unwrap();
    let mut net = Digits::new(0);
    Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).fit(&mut net, &images).unwrap();
}
