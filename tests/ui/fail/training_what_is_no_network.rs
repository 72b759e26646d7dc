use ann::prelude::*;

network! { struct Digits: [784] -> [10] { Dense(10) } }

fn main() {
    let images = ann::data::Mnist::train("data").unwrap().flatten();
    let mut net = String::new();
    Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).fit(&mut net, &images).unwrap();
}
