use ann::prelude::*;

network! { struct Filter: [1, 28, 28] -> [1, 28, 28] { Conv2d(1, kernel = 3, pad = 1) } }

fn main() {
    let images = ann::data::Mnist::train("data").unwrap();
    let mut net = Filter::new(0);
    Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).fit(&mut net, &images).unwrap();
}
