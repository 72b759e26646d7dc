#![deny(warnings)]
use ann::prelude::*;

network! {
    struct Mlp<const H: usize>: [784] -> [10] { Dense(H), Relu, Dropout(0.1), Dense(10) }
    struct Two<const A: usize, const B: usize>: [A] -> [B] { Dense(B), Tanh, Dense(B) }
}

fn main() {
    assert_eq!(Mlp::<32>::PARAMETERS, 785 * 32 + 33 * 10);
    assert_eq!(Mlp::<32>::new(0).layout().trainable(), Mlp::<32>::PARAMETERS);
    assert_eq!(Two::<3, 5>::new(1).layout().trainable(), Two::<3, 5>::PARAMETERS);
}
