use ann::prelude::*;

network! { struct DigitRbm: [784] <-> [20] { Rbm(20) } }

fn main() {
    let _ = DigitRbm::new(0).into_classifier::<0>();
}
