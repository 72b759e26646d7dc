#![deny(warnings)]
use ann::prelude::*;

const STATE: usize = 12;

network! {
    struct Chars: [_] -> [_, 65] {
        Embedding(65, 16, init = Gaussian::new(0.0, 0.1)), Lstm(32, dropout = 0.2), Lstm(STATE, forget_bias = 2.0, peepholes = true), Dense(65),
    }
    struct Rows<const H: usize>: [28, 28] -> [10] { Gru(H), back: Gru(16, bidirectional = true, l2 = 1e-4), Last, Dense(10) }
    struct All: [5, 3] -> [4] {
        Rnn(4, activation = Sigmoid, init = He, recurrent_init = Uniform::new(-0.1, 0.1), l1 = 1e-5, max_norm = 3.0),
        Rnn(6, activation = Relu, bidirectional = true), Last, Dense(4),
    }
}

fn main() {
    // Gates times input and state, biases, peepholes.
    let lstm = |n: usize, k: usize| 4 * n * (k + n + 1);
    let chars = 65 * 16 + lstm(32, 16) + lstm(12, 32) + 3 * 12 + 65 * 13;
    assert_eq!((Chars::PARAMETERS, Chars::new(0).layout().trainable()), (chars, chars));
    let gru = |n: usize, k: usize| 3 * n * (k + n + 1) + n;
    let rows = gru(8, 28) + 2 * gru(16, 8) + 10 * 33;
    assert_eq!((Rows::<8>::PARAMETERS, Rows::<8>::new(0).layout().trainable()), (rows, rows));
    let rnn = |n: usize, k: usize| n * (k + n + 1);
    assert_eq!(All::PARAMETERS, rnn(4, 3) + 2 * rnn(6, 4) + 4 * 13);
    assert_eq!(All::new(0).layout().trainable(), All::PARAMETERS);
}
