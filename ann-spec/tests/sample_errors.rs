//! The errors that the language page shows, word for word.

mod text;

use text::check;

#[test]
fn a_kernel_larger_than_its_input() {
    check(
        "LeNet: [1, 28, 28] -> [10] {
            conv1: Conv2d(20, kernel = 5), MaxPool2d(6), conv2: Conv2d(50, kernel = 5), Dense(10)
        }",
        &[(
            "5",
            "`conv2` has no room for its kernel: the input is [20, 4, 4] and the kernel is 5x5
shapes so far: input [1, 28, 28] -> conv1 [20, 24, 24] -> maxpool2d1 [20, 4, 4]",
        )],
    );
}

#[test]
fn a_body_that_ends_elsewhere() {
    check(
        "[784] -> [10] { Dense(12) }",
        &[("[10]", "the body ends in [12], but the signature promises [10]")],
    );
}

#[test]
fn a_layer_that_is_nearly_one() {
    check(
        "[1, 28, 28] -> [10] { Conv2D(12, kernel = 5), Dense(10) }",
        &[(
            "Conv2D",
            "`Conv2D` is no layer here; did you mean `Conv2d`?
a type of your own: write `self::Conv2D`",
        )],
    );
}

#[test]
fn an_unknown_argument() {
    check(
        "[4] -> [3] { Dense(3, kernal = 2) }",
        &[(
            "kernal",
            "`Dense` has no argument `kernal`; it takes n, bias, init, bias_init, l1, l2, max_norm, regularizer, tied",
        )],
    );
}

#[test]
fn groups_that_divide_nothing() {
    check(
        "[64, 8, 8] -> [96, 6, 6] { conv4: Conv2d(97, kernel = 3, groups = 3) -> [96, 6, 6] }",
        &[(
            "3",
            "`groups = 3` divides neither the 64 input channels nor the 97 output channels of `conv4`
shapes so far: input [64, 8, 8]",
        )],
    );
    check(
        "[64, 8, 8] -> [96, 6, 6] { Conv2d(96, kernel = 3, groups = 3) }",
        &[(
            "3",
            "`groups = 3` does not divide the 64 input channels of `Conv2d`
shapes so far: input [64, 8, 8]",
        )],
    );
    check(
        "[63, 8, 8] -> [95, 6, 6] { Conv2d(95, kernel = 3, groups = 3) }",
        &[(
            "3",
            "`groups = 3` does not divide the 95 output channels of `Conv2d`
shapes so far: input [63, 8, 8]",
        )],
    );
}

#[test]
fn sums_of_different_shapes() {
    check(
        "[64, 56, 56] -> [64, 56, 56] { body: MaxPool2d(2), Add <- (body, input), Relu }",
        &[(
            "(body, input)",
            "`Add` needs inputs of one shape; `body` is [64, 28, 28] and `input` is [64, 56, 56]
shapes so far: input [64, 56, 56] -> body [64, 28, 28]
shapes so far: input [64, 56, 56]",
        )],
    );
}

#[test]
fn an_unknown_label() {
    check(
        "[8] -> [8] { body: Dense(8), Add <- (bodi, input) }",
        &[(
            "bodi",
            "nothing is labelled `bodi`; the labels before this point are input, body
did you mean `body`?",
        )],
    );
}

#[test]
fn two_mistakes_of_one_network_are_told_together() {
    check(
        "LeNet: [1, 28, 28] -> [10] {
            conv1: Conv2d(20, kernel = 5), MaxPool2d(6), conv2: Conv2d(50, kernel = 5), MaxPool2d(2),
            fc1: Dense(500), Relu, fc2: Dense(12)
        }",
        &[
            (
                "5",
                "`conv2` has no room for its kernel: the input is [20, 4, 4] and the kernel is 5x5
shapes so far: input [1, 28, 28] -> conv1 [20, 24, 24] -> maxpool2d1 [20, 4, 4]",
            ),
            ("[10]", "the body ends in [12], but the signature promises [10]"),
        ],
    );
}
