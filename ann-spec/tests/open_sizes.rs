//! Sizes that are named constants, const generics or steps.

mod text;

use ann_spec::Place;
use ann_spec::{Meaning, Misfit, Shape, expand};
use text::{Text, check, compare, graph, network};

#[test]
fn const_generics_pass_through_layers_that_copy_sizes() {
    let graph = graph("Mlp<H>: [784] -> [10] { Dense(H), Relu, BatchNorm, Dense(10) }");
    let outputs: Vec<_> = graph.nodes.iter().map(|node| graph.shape_text(&node.output.unwrap())).collect();
    assert_eq!(outputs, ["[H]", "[H]", "[H]", "[10]"]);
    assert!(matches!(graph.parameters(&graph.nodes[0]), Some(Err(Misfit::Open { .. }))));
}

#[test]
fn const_generics_cannot_be_computed_with() {
    check(
        "Net<H>: [1, 28, 28] -> [4, 28, 28] { Conv2d(4, kernel = H) }",
        &[(
            "H",
            "`H` is a const generic; `Conv2d` has to compute with it. Write an integer or a `const`, or declare what comes out: `-> [..]`
shapes so far: input [1, 28, 28]",
        )],
    );
    check(
        "Net<H>: [1, H, H] -> [1, 14, 14] { MaxPool2d(2) }",
        &[(
            "MaxPool2d",
            "`H` is a const generic; `MaxPool2d` has to compute with it. Write an integer or a `const`, or declare what comes out: `-> [..]`
shapes so far: input [1, H, H]",
        )],
    );
    check(
        "Net<H>: [8] -> [8] { Dense(H), Add <- (a, input), Relu }",
        &[("a", "nothing is labelled `a`; the only label before this point is input")],
    );
    check(
        "Net<H>: [8] -> [8] { a: Dense(H), Add <- (a, input), Relu }",
        &[(
            "Add",
            "`H` is a const generic; `Add` has to compute with it. Write an integer or a `const`, or declare what comes out: `-> [..]`
shapes so far: input [8] -> a [H]
shapes so far: input [8]",
        )],
    );
    check(
        "Net<H>: [8] -> [8] { Dense(H) }",
        &[("[8]", "the body ends in [H], but the signature promises [8]")],
    );
}

#[test]
fn const_generics_pass_through_windows_that_keep_the_size() {
    let text = "Block<S>: [8, S, S] -> [8, S, S] {
        Conv2d(16, kernel = 1), Conv2d(16, kernel = 3, pad = 1), Conv2d(16, kernel = (1, 5), pad = (0, 4), dilation = 2),
        MaxPool2d(3, stride = 1, pad = 1), AvgPool2d(5, stride = 1, pad = 2, ceil = true),
        Conv2d(8, kernel = 3, pad = 1, groups = 8), body: BatchNorm, Add <- (body, input)
    }";
    let graph = graph(text);
    let outputs: Vec<_> = graph.nodes.iter().map(|node| graph.shape_text(&node.output.unwrap())).collect();
    assert_eq!(outputs[..5], ["[16, S, S]"; 5]);
    assert_eq!(outputs[5..], ["[8, S, S]"; 3]);
    // One row more of padding, and the size is computed.
    check(
        "Net<S>: [1, S, S] -> [1, S, S] { Conv2d(1, kernel = 3, pad = 2) }",
        &[(
            "Conv2d",
            "`S` is a const generic; `Conv2d` has to compute with it. Write an integer or a `const`, or declare what comes out: `-> [..]`
shapes so far: input [1, S, S]",
        )],
    );
    // Every channel in a group of its own, however many there are.
    self::graph("Depthwise<C>: [C, 7, 7] -> [C, 7, 7] { Conv2d(C, kernel = 3, pad = 1, groups = C) }");
}

#[test]
fn what_is_computed_from_a_const_generic_can_be_declared() {
    let graph =
        graph("Half<S>: [4, S, S] -> [6, 7, 7] { Conv2d(6, kernel = 3, stride = 2, pad = 1) -> [6, 7, 7] }");
    assert!(graph.nodes[0].later.is_some());
    assert_eq!(graph.shape_text(&graph.nodes[0].output.unwrap()), "[6, 7, 7]");
    check(
        "Half<S>: [4, S, S] -> [6, 7, 7] { Conv2d(6, kernel = 3, stride = 2, pad = 1) -> [7, 7, 7] }",
        &[
            ("[7, 7, 7]", "`conv2d1` gives [6, 7, 7], not [7, 7, 7]"),
            ("[6, 7, 7]", "the body ends in [7, 7, 7], but the signature promises [6, 7, 7]"),
        ],
    );
}

#[test]
fn constants_are_left_to_constant_evaluation() {
    let text = "[1, SIDE, SIDE] -> [CLASSES] { c: Conv2d(WIDE, kernel = K), MaxPool2d(2), Dense(10) }";
    let graph = graph(text);
    let outputs: Vec<_> = graph.nodes.iter().map(|node| graph.shape_text(&node.output.unwrap())).collect();
    assert_eq!(outputs, ["[WIDE, ?, ?]", "[WIDE, ?, ?]", "[10]"]);
    // The place to point at is the open argument, or the layer.
    let places: Vec<_> = graph.nodes.iter().map(|node| node.later.clone().map(|at| &text[at])).collect();
    assert_eq!(places, [Some("WIDE"), Some("MaxPool2d"), None]);
    assert_eq!(graph.end_later.map(|at| &text[at]), Some("[CLASSES]"));
    let height = graph.nodes[1].output.unwrap().dim(1);
    let ann_spec::Dim::Open(symbol) = height else { panic!("{height:?} is known") };
    assert!(matches!(graph.symbols.meaning(symbol), Some(Meaning::Output { node: 1, axis: 1 })));
}

#[test]
fn constants_do_not_hide_what_is_wrong_anyway() {
    check(
        "[1, SIDE, SIDE] -> [10] { Conv2d(4, kernel = 3, groups = 3), Dense(12) }",
        &[
            (
                "3",
                "`groups = 3` divides neither the 1 input channels nor the 4 output channels of `Conv2d`
shapes so far: input [1, SIDE, SIDE]",
            ),
            ("[10]", "the body ends in [12], but the signature promises [10]"),
        ],
    );
}

#[test]
fn constants_of_one_name_are_equal() {
    let graph = graph("[N] -> [N] { a: Dense(N), Add <- (a, input) }");
    assert!(graph.end_later.is_none());
    assert!(graph.nodes[1].later.is_none());
}

#[test]
fn layers_of_ones_own_are_believed_or_left_to_the_type_system() {
    graph("[784] -> [784] { Encoder, Decoder }");
    graph("[784] -> [10] { Encoder -> [30], Dense(10) }");
    check(
        "[784] -> [10] { a: Encoder, Relu, Dense(10) }",
        &[("Encoder", "the macro cannot see `Encoder`'s output; write `a: Encoder -> [..]`")],
    );
    check(
        "[784] -> [10] { Dense(10), Encoder -> [30] }",
        &[("[10]", "the body ends in [30], but the signature promises [10]")],
    );
    // A near name with a declared shape is the user's own.
    graph("[784] -> [10] { Tense -> [30], Dense(10) }");
}

#[test]
fn files_know_no_layers_of_ones_own() {
    let text = "[784] -> [10] { Encoder -> [30], Dense(10) }";
    let lowered = network::<text::File>(text);
    assert_eq!(lowered.errors.len(), 1);
    assert_eq!(lowered.errors[0].message, "`Encoder` is no layer here");
    let text = "[784] -> [10] { dense(10) -> [10] }";
    compare(
        text,
        &network::<text::File>(text).errors,
        &[("dense", "`dense` is no layer here; did you mean `Dense`?")],
    );
    let _ = network::<Text>(text);
}

const PLACE: Place<'_> = Place { kind: "Conv2d", label: "conv1", inputs: &["input"], symbols: &[] };
const SPEC: ann_spec::LayerSpec = ann_spec::LayerSpec::Conv2d(ann_spec::layers::Conv2d {
    n: ann_spec::Dim::Known(20),
    kernel: [ann_spec::Dim::Known(5); 2],
    stride: [ann_spec::Dim::Known(1); 2],
    pad: [ann_spec::Dim::Known(0); 2],
    dilation: [ann_spec::Dim::Known(1); 2],
    groups: ann_spec::Dim::Known(1),
    bias: true,
});
const INPUT: Shape = expand::signature(Shape::known(&[1, 28, 28]));
const OUTPUT: Shape = expand::output(&PLACE, &SPEC, &[INPUT]);
const _: () = assert!(expand::dim(&OUTPUT, 1) == 24);
const _: () = assert!(expand::parameters(&PLACE, &SPEC, &[INPUT]) == 520);
const _: () = assert!(expand::flops(&PLACE, &SPEC, &[INPUT]) == 20 * 24 * 24 * 51);
const _: () = expand::require_end(&OUTPUT, &Shape::known(&[20, 24, 24]));
const _: () = assert!(expand::dim(&Shape::of(&[ann_spec::Dim::STEPS]), 0) == usize::MAX);

#[test]
#[should_panic(expected = "`conv1` has no room for its kernel: the input is [1, 4, 4] and the kernel is 5x5")]
fn constant_evaluation_says_the_same_sentence() {
    expand::output(&PLACE, &SPEC, &[Shape::known(&[1, 4, 4])]);
}

#[test]
#[should_panic(expected = "the body ends in [12], but the signature promises [10]")]
fn constant_evaluation_compares_the_end() {
    expand::require_end(&Shape::known(&[12]), &Shape::known(&[10]));
}

#[test]
#[should_panic(expected = "a size of [0, 4] is 0; it is at least 1")]
fn constant_evaluation_refuses_zero() {
    expand::signature(Shape::known(&[0, 4]));
}
