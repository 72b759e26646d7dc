//! What is legal but surely not meant.

mod text;

use text::{check_warnings, graph};

#[test]
fn two_activations_in_a_row() {
    check_warnings(
        "[4] -> [4] { Dense(4), Relu, Tanh, Dense(4) }",
        &[(
            "Tanh",
            "`Tanh` straight after `Relu`: two activations in a row, one of them is probably left over",
        )],
    );
    graph("[4] -> [8] { a: Relu, b: Tanh <- input, Concat <- (a, b) }");
}

#[test]
fn dropout_before_the_output() {
    check_warnings(
        "[4] -> [4] { Dense(4), Dropout(0.5) }",
        &[("Dropout", "`Dropout` straight before the output: it switches predictions off, not features")],
    );
}

#[test]
fn softmax_at_the_end() {
    check_warnings(
        "[4] -> [4] { Dense(4), Softmax }",
        &[(
            "Softmax",
            "`Softmax` at the end: the cross-entropies take logits and apply it themselves; \
         leave it out, or train with another loss",
        )],
    );
}
