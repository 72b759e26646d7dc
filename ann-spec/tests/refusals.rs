//! Every refusal of the language, with its full text and the place it points at.

mod text;

use text::check;

#[test]
fn labels() {
    check("[4] -> [3] { a: Dense(5), a: Dense(3) }", &[("a", "`a` labels two layers")]);
    check(
        "[4] -> [3] { input: Dense(3) }",
        &[("input", "`input` names the network's input and cannot be a label")],
    );
    check(
        "[4] -> [3] { __weights: Dense(3) }",
        &[(
            "__weights",
            "`__weights` cannot be a label: names that begin with `__` are kept for the network itself",
        )],
    );
    check(
        "[4] -> [3] { dense2: Relu, Dense(5), Dense(3) }",
        &[(
            "Dense",
            "`dense2` is the name of this `Dense`, which has no label, and the label of another layer; label it",
        )],
    );
}

#[test]
fn sources() {
    check(
        "[4] -> [4] { a: Dense(4), b: Dense(4) <- input, Relu }",
        &[("a", "nothing uses the output of `a`")],
    );
    check(
        "[4] -> [4] { Dense(4), Add <- (input, late), late: Dense(4) }",
        &[("late", "`late` comes later; a layer takes only from those before it")],
    );
    check(
        "[4] -> [4] { Dense(4) <- (input, input) }",
        &[(
            "(input, input)",
            "`Dense` takes one input, not 2; `Add`, `Mul` and `Concat` join several\nshapes so far: input [4]",
        )],
    );
    check(
        "[4] -> [4] { Dense(4), Add }",
        &[(
            "Add",
            "`Add` joins at least 2 inputs, not 1; write `Add <- (a, b)`\nshapes so far: input [4] -> dense1 [4]",
        )],
    );
    check("[4] -> [4] { Relu <- () }", &[("()", "no name stands behind `<-`")]);
    check("[4] -> [4] { Encoder <- () }", &[("()", "no name stands behind `<-`")]);
    check(
        "[4] -> [4] { a: Relu, b: Dense(5), Add <- (a, input, b) }",
        &[(
            "b",
            "`Add` needs inputs of one shape; `a` is [4] and `b` is [5]
shapes so far: input [4] -> a [4]
shapes so far: input [4]
shapes so far: input [4] -> a [4] -> b [5]",
        )],
    );
    check(
        "[4] -> [4] { Relu <- wrong }",
        &[("wrong", "nothing is labelled `wrong`; the only label before this point is input")],
    );
}

#[test]
fn arguments_by_name_and_position() {
    check(
        "[4] -> [4] { Dense }",
        &[("Dense", "`Dense` needs `n`, the number of output features; write `Dense(n)`")],
    );
    check(
        "[1, 8, 8] -> [4] { c: Conv2d(4), Dense(4) }",
        &[("Conv2d", "`c` needs `kernel`, the size of the window; write `kernel = ..`")],
    );
    check("[4] -> [4] { Dense(4, n = 5) }", &[("n", "`n` is given twice to `Dense`")]);
    check(
        "[4] -> [4] { Dense(4, bias = true, bias = false) }",
        &[("bias", "`bias` is given twice to `Dense`")],
    );
    check(
        "[4] -> [4] { Dense(bias = true, 4) }",
        &[("4", "a positional value may not follow a named one in `Dense`")],
    );
    check(
        "[4] -> [4] { Dense(4, 5) }",
        &[(
            "5",
            "`Dense` takes one value by position, n; by name it takes bias, init, bias_init, l1, l2, max_norm, regularizer, tied",
        )],
    );
    check(
        "[1, 8, 8] -> [4, 4, 4] { Conv2d(4, kernal = 5) }",
        &[(
            "kernal",
            "`Conv2d` has no argument `kernal`; did you mean `kernel`?
it takes n, kernel, stride, pad, dilation, groups, bias, init, bias_init, l1, l2, max_norm, regularizer, tied",
        )],
    );
    check("[8] -> [2] { Slice(1, 3, 5, 7) }", &[("5", "`Slice` takes 2 values by position, from, to")]);
    check(
        "[8] -> [8] { BatchNorm(0.9) }",
        &[("0.9", "`BatchNorm` takes no value by position; by name it takes momentum, eps, affine")],
    );
    check("[4] -> [4] { Relu(4) }", &[("4", "`Relu` takes no arguments")]);
    check("[4] -> [4] { Relu(slope = 4) }", &[("slope", "`Relu` takes no arguments")]);
    check(
        "[4, 4, 4] -> [4] { GlobalAvgPool2d, LayerNorm(momentum = 0.1) }",
        &[("momentum", "`LayerNorm` has no argument `momentum`; it takes eps, affine")],
    );
}

#[test]
fn sizes() {
    check("[4] -> [4] { Dense(0) }", &[("0", "`n` of `Dense` is 0; it is at least 1")]);
    check("[4] -> [4] { fc: Dense(-3) }", &[("-3", "`n` of `fc` is -3; a size cannot be negative")]);
    check("[4] -> [4] { Dense(2.5) }", &[("2.5", "`n` of `Dense` is 2.5; a size is a whole number")]);
    check(
        "[4] -> [4] { Dense(99999999999999999999) }",
        &[(
            "99999999999999999999",
            "`n` of `Dense` is 99999999999999999999, which is too large for a `usize`",
        )],
    );
    check("[4] -> [4] { Dense(true) }", &[("true", "`n` of `Dense` is a whole number, not `true`")]);
    check("[4] -> [4] { Dense((4, 4)) }", &[("(4, 4)", "`n` of `Dense` is one size, not several")]);
    check(
        "[4] -> [4] { Dense(_) }",
        &[("_", "`n` of `Dense` must be known; `_` stands only first in a shape of the signature")],
    );
    check(
        "[1, 9, 9] -> [4, 9, 9] { Conv2d(4, kernel = (3, 3, 3)) }",
        &[("(3, 3, 3)", "`kernel` of `Conv2d` is one size or a pair (height, width); here are 3 values")],
    );
    check(
        "[1, 9, 9] -> [4, 9, 9] { Conv2d(4, kernel = (3, 0), pad = -1) }",
        &[
            ("0", "`kernel` of `Conv2d` is 0; it is at least 1"),
            ("-1", "`pad` of `Conv2d` is -1; a size cannot be negative"),
        ],
    );
    check(
        "[9] -> [9] { Dense(9000000000000000000) -> [9] }",
        &[(
            "Dense",
            "`Dense` is too large: its numbers cannot be counted in a `usize`\nshapes so far: input [9]",
        )],
    );
}

#[test]
fn values() {
    check(
        "[4] -> [4] { Dropout(1.0), Dense(4) }",
        &[("1.0", "`p` of `Dropout` is 1.0; a probability is at least 0 and less than 1")],
    );
    check(
        "[4] -> [4] { Dropout(-0.1), Dense(4) }",
        &[("-0.1", "`p` of `Dropout` is -0.1; a probability is at least 0 and less than 1")],
    );
    check("[4] -> [4] { Dropout(true), Dense(4) }", &[("true", "`p` of `Dropout` is a number, not `true`")]);
    check(
        "[4] -> [4] { GaussianNoise(-0.1), Dense(4) }",
        &[("-0.1", "`deviation` of `GaussianNoise` is -0.1; it is at least 0")],
    );
    check(
        "[4] -> [4] { GaussianNoise, Dense(4) }",
        &[(
            "GaussianNoise",
            "`GaussianNoise` needs `deviation`, the noise's standard deviation; write `GaussianNoise(deviation)`",
        )],
    );
    check(
        "[4] -> [4] { Dense(4), Activation }",
        &[("Activation", "`Activation` needs `f`, the function; write `Activation(f)`")],
    );
    check("[4] -> [4] { Dense(4), act: Activation(_) }", &[("_", "`_` is no value for `f` of `act`")]);
    check(
        "[4] -> [4] { Dense(4, regularizer = _) }",
        &[("_", "`_` is no value for `regularizer` of `Dense`")],
    );
    check("[4] -> [4] { Dense(4, bias = 1) }", &[("1", "`bias` of `Dense` is `true` or `false`")]);
    check("[4] -> [4] { Dense(4, l2 = -1) }", &[("-1", "`l2` of `Dense` is -1; it is at least 0")]);
    check(
        "[4] -> [4] { Dense(4, max_norm = 0.0) }",
        &[("0.0", "`max_norm` of `Dense` is 0.0; it is greater than 0")],
    );
    check("[4] -> [4] { Dense(4, init = _) }", &[("_", "`_` is no value for `init` of `Dense`")]);
    check(
        "[4] -> [4] { BatchNorm(momentum = 1.5), Dense(4) }",
        &[("1.5", "`momentum` of `BatchNorm` is 1.5; it is at least 0 and at most 1")],
    );
    check(
        "[4] <-> [4] { Rbm(4, hidden = Gausian) }",
        &[("Gausian", "`hidden` of `Rbm` is Bernoulli or Gaussian, not `Gausian`; did you mean `Gaussian`?")],
    );
    check(
        "[4, 4, 4] -> [4, 4, 4] { norm1: Lrn(4) }",
        &[(
            "4",
            "`size` of `norm1` is 4; a window around a channel has an odd size\nshapes so far: input [4, 4, 4]",
        )],
    );
}

#[test]
fn shapes_of_the_signature() {
    check("[] -> [4] { Dense(4) }", &[("[]", "a shape has 1 to 4 sizes; this one has 0")]);
    check(
        "[1, 2, 3, 4, 5] -> [4] { Dense(4) }",
        &[("[1, 2, 3, 4, 5]", "a shape has 1 to 4 sizes; this one has 5")],
    );
    check("[0] -> [4] { Dense(4) }", &[("0", "a size of the input is 0; it is at least 1")]);
    check("[4] -> [-4] { Dense(4) }", &[("-4", "a size of the output is -4; a size cannot be negative")]);
    check(
        "[4, _] -> [4, 4] { Dense(4) }",
        &[("_", "`_`, a length known at run time, stands only first in a shape")],
    );
    check("[4] -> [4] { }", &[("", "`Net` has no layers")]);
}

#[test]
fn shapes_that_layers_do_not_take() {
    check(
        "[784] -> [10] { conv1: Conv2d(20, kernel = 5), Dense(10) }",
        &[("Conv2d", "`conv1` takes an image [c, h, w]; the input is [784]\nshapes so far: input [784]")],
    );
    check(
        "[2, 3, 4, 5] -> [10] { Dense(10) }",
        &[(
            "Dense",
            "`Dense` takes features [k], a sequence [t, k] or an image [c, h, w]; the input is [2, 3, 4, 5]
shapes so far: input [2, 3, 4, 5]",
        )],
    );
    check(
        "[28, 28] -> [28, 28] { BatchNorm }",
        &[(
            "BatchNorm",
            "`BatchNorm` takes features [k] or an image [c, h, w]; the input is [28, 28]\nshapes so far: input [28, 28]",
        )],
    );
    check(
        "[10] -> [10] { Last }",
        &[("Last", "`Last` takes a sequence [t, k]; the input is [10]\nshapes so far: input [10]")],
    );
    check("[3, 9, 9] -> [3, 4, 4] { MaxPool2d(3, stride = 2, pad = 3) }", &[(
        "3",
        "`MaxPool2d` pads by 3x3, which its kernel of 3x3 does not exceed; some windows would see padding only
shapes so far: input [3, 9, 9]",
    )]);
    check("[3, 4, 4] -> [3, 4, 4] { Conv2d(3, kernel = 3, dilation = 4, pad = 1) }", &[(
        "3",
        "`Conv2d` has no room for its kernel: the input is [3, 4, 4] and the kernel is 3x3 with dilation 4x4, padded by 1x1
shapes so far: input [3, 4, 4]",
    )]);
    check("[3, 1, 1] -> [3, 1, 1] { ConvTranspose2d(3, kernel = 2, pad = 1) }", &[(
        "1",
        "nothing is left of the output of `ConvTranspose2d`: the input is [3, 1, 1] and 1x1 is cut off on each side
shapes so far: input [3, 1, 1]",
    )]);
    check(
        "[784] -> [784] { Reshape(1, 28, 27), Flatten }",
        &[(
            "1",
            "`Reshape` cannot turn [784] into [1, 28, 27]: 784 numbers are not 756\nshapes so far: input [784]",
        )],
    );
    check(
        "[784] -> [784] { Reshape(1, 1, 1, 28, 28), Flatten }",
        &[("28", "a shape has at most 4 sizes; `Reshape` has 5")],
    );
    check(
        "[784] -> [784] { Reshape, Flatten }",
        &[("Reshape", "`Reshape` needs `sizes`, the sizes of the new shape; write `Reshape(sizes)`")],
    );
    check(
        "[10] -> [5] { Slice(7, 12) }",
        &[(
            "12",
            "`Slice` ends at 12, past the end: the input is [10], of which it cuts the axis of 10\nshapes so far: input [10]",
        )],
    );
    check(
        "[10] -> [5] { Slice(7, 7) }",
        &[("7", "`Slice` is empty: it begins at 7 and ends before 7\nshapes so far: input [10]")],
    );
    check("[3, 9, 9] -> [6, 9, 9] { a: MaxPool2d(2), Concat <- (a, input) }", &[(
        "(a, input)",
        "`Concat` joins along the first axis and needs the rest alike; `a` is [3, 4, 4] and `input` is [3, 9, 9]
shapes so far: input [3, 9, 9] -> a [3, 4, 4]
shapes so far: input [3, 9, 9]",
    )]);
}

#[test]
fn declared_shapes_of_built_in_layers() {
    check("[784] -> [10] { fc: Dense(30) -> [31], Dense(10) }", &[("[31]", "`fc` gives [30], not [31]")]);
}

#[test]
fn lengths_known_at_run_time() {
    check(
        "[_, 28, 28] -> [10] { Conv2d(8, kernel = 3), Dense(10) }",
        &[(
            "Conv2d",
            "`Conv2d` has to know its sizes; `_` is a length known only at run time\nshapes so far: input [_, 28, 28]",
        )],
    );
    check(
        "[_, 65] -> [10] { Flatten, Dense(10) }",
        &[(
            "Flatten",
            "`Flatten` has to know its sizes; `_` is a length known only at run time\nshapes so far: input [_, 65]",
        )],
    );
    check(
        "[_] -> [10] { Dense(10) }",
        &[(
            "Dense",
            "`Dense` has to know its sizes; `_` is a length known only at run time\nshapes so far: input [_]",
        )],
    );
    check(
        "[_, 65] -> [10, 65] { Dense(65) }",
        &[("[10, 65]", "the body ends in [_, 65], but the signature promises [10, 65]")],
    );
}

#[test]
fn tied_weights() {
    check(
        "[784] -> [784] { enc: Dense(64), Sigmoid, dec: Dense(784, tied = encc) }",
        &[(
            "encc",
            "nothing is labelled `encc`; the only label before this point is enc\ndid you mean `enc`?",
        )],
    );
    check(
        "[784] -> [784] { Dense(64), act: Sigmoid, Dense(784, tied = act) }",
        &[("act", "`act` is a `Sigmoid`; weights can be tied to those of a `Dense` only")],
    );
    check(
        "[784] -> [784] { enc: Dense(32), Dense(64), dec: Dense(784, tied = enc) }",
        &[("enc", "`dec` needs a weight of [784, 64]; that of `enc` is [784, 32] when transposed")],
    );
    check(
        "[8] -> [8] { a: Dense(8), b: Dense(8, tied = a), Dense(8, tied = b) }",
        &[("b", "`b` is tied itself and has no weight of its own")],
    );
    check(
        "[8] -> [8] { a: Dense(8), Dense(8, tied = a, init = Constant(1.0), l2 = 0.1) }",
        &[
            ("Constant(1.0)", "`Dense` is tied and has no weight of its own for `init`"),
            ("0.1", "`Dense` is tied and has no weight of its own for `l2`"),
        ],
    );
    check(
        "[8] -> [8] { a: Dense(8), Dense(8, tied = a, regularizer = Mine) }",
        &[("Mine", "`Dense` is tied and has no weight of its own for `regularizer`")],
    );
    check("[8] -> [8] { Dense(8, tied = 3) }", &[("3", "`tied` of `Dense` is the label of a layer")]);
    check(
        "[8] -> [8] { Dense(8, bias = false, bias_init = Zero) }",
        &[("Zero", "`Dense` has no bias for `bias_init`")],
    );
    check(
        "[8, 8, 8] -> [8, 8, 8] { a: Conv2d(8, kernel = 1), Conv2d(8, kernel = 1, tied = a) }",
        &[("a", "`tied` is for `Dense` alone, not for `Conv2d`")],
    );
}

#[test]
fn arrows() {
    check(
        "[784] -> [500] { Rbm(500) }",
        &[("Rbm", "`Rbm` stands only in a two-way network, whose signature is written `<->`")],
    );
    check(
        "[784] <-> [500] { Dense(500) }",
        &[("Dense", "`Dense` cannot stand in a two-way network (`<->`); it is made of `Rbm` only")],
    );
    check(
        "[784] <-> [500] { Encoder -> [500] }",
        &[("Encoder", "`Encoder` cannot stand in a two-way network (`<->`); it is made of `Rbm` only")],
    );
    check(
        "[784] <-> [501] { Rbm(1000), Rbm(500, hidden = Gaussian) }",
        &[("[501]", "the body ends in [500], but the signature promises [501]")],
    );
    check("[784] <-> [30] { Rbm(1000), Rbm(500), Rbm(250), Rbm(30, hidden = Gaussian) }", &[]);
    check(
        "[784] <-> [30] { Rbm(90, hidden = Gaussian), Rbm(30, visible = Gaussian, sparsity = 0.1, sparsity_cost = 1) }",
        &[],
    );
}

#[test]
fn machines_of_two_way_networks() {
    check(
        "[784] <-> [30] { a: Rbm(90), Rbm(30) <- a }",
        &[("a", "`<-` has no place in a two-way network (`<->`): each machine stands on the one before")],
    );
    check(
        "[784] <-> [30] { Rbm(90, hidden = Gaussian), top: Rbm(30) }",
        &[(
            "Rbm",
            "`top` has visible units of 0 and 1, but takes the Gaussian hidden units of `rbm1`; write `visible = Gaussian`",
        )],
    );
    check(
        "[784] <-> [30] { Rbm(90, hidden = Gaussian), Rbm(30, visible = Bernoulli) }",
        &[(
            "Bernoulli",
            "`Rbm` has visible units of 0 and 1, but takes the Gaussian hidden units of `rbm1`; write `visible = Gaussian`",
        )],
    );
    check(
        "[784] <-> [30] { Rbm(30, hidden = Gaussian, sparsity = 0.2) }",
        &[("0.2", "`sparsity` of `Rbm` is a probability that hidden units are 1; Gaussian ones have none")],
    );
    check(
        "[784] <-> [30] { Rbm(30, sparsity_cost = 0.2) }",
        &[("0.2", "`Rbm` has no `sparsity` for `sparsity_cost` to be the cost of")],
    );
    check(
        "[784] <-> [30] { Rbm(30, sparsity = 1, l2 = -1, k = 0, persistent = 3) }",
        &[
            ("0", "`k` of `Rbm` is 0; it is at least 1"),
            ("3", "`persistent` of `Rbm` is `true` or `false`"),
            ("-1", "`l2` of `Rbm` is -1; it is at least 0"),
            ("1", "`sparsity` of `Rbm` is 1; a probability is at least 0 and less than 1"),
        ],
    );
}

#[test]
fn recurrent_layers() {
    check("[28, 28] -> [10] { Lstm(0), Last, Dense(10) }", &[("0", "`n` of `Lstm` is 0; it is at least 1")]);
    check(
        "[_, 3] -> [_, 4] { Rnn(4, activation = Tnah) }",
        &[("Tnah", "`activation` of `Rnn` is Tanh or Relu or Sigmoid, not `Tnah`; did you mean `Tanh`?")],
    );
    check(
        "[_, 3] -> [_, 4] { Lstm(4, forget_bias = true) }",
        &[("true", "`forget_bias` of `Lstm` is a number, not `true`")],
    );
    check(
        "[_, 3] -> [_, 4] { Gru(4, dropout = 1.0) }",
        &[("1.0", "`dropout` of `Gru` is 1.0; a probability is at least 0 and less than 1")],
    );
    check(
        "[_, 3] -> [_, 4] { Lstm(4, peepholes = 1) }",
        &[("1", "`peepholes` of `Lstm` is `true` or `false`")],
    );
    check(
        "[_, 3] -> [_, 4] { Gru(4, bidirectional = true) }",
        &[("[_, 4]", "the body ends in [_, 8], but the signature promises [_, 4]")],
    );
}

#[test]
fn one_mistake_gives_one_message_and_every_mistake_is_told() {
    check(
        "[1, 28, 28] -> [10] {
            a: Conv2d(20, kernel = 50), MaxPool2d(2), Conv2d(0, kernel = 5), Dropout(2), Dense(10, baas = true)
        }",
        &[
            (
                "50",
                "`a` has no room for its kernel: the input is [1, 28, 28] and the kernel is 50x50
shapes so far: input [1, 28, 28]",
            ),
            ("0", "`n` of `Conv2d` is 0; it is at least 1"),
            ("2", "`p` of `Dropout` is 2; a probability is at least 0 and less than 1"),
            (
                "baas",
                "`Dense` has no argument `baas`; did you mean `bias`?
it takes n, bias, init, bias_init, l1, l2, max_norm, regularizer, tied",
            ),
        ],
    );
}
