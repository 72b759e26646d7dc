use ann::prelude::*;

network! { struct Digits: [784] -> [10] { Dense(10) } }

fn main() {
    let _ = Trainer::new(CrossEntropy::new(), 0.1);
}
