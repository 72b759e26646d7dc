//! Items that are repeated: `* 3`.

mod text;

use ann_spec::{Input, Repetition};
use text::{File, check, check_warnings, compare, graph, network};

fn names(text: &str) -> Vec<String> {
    graph(text).nodes.into_iter().map(|node| node.name).collect()
}

#[test]
fn repetitions_are_layers_one_after_the_other() {
    let graph = graph("[4] -> [3] { Dense(5), body: Dense(5) * 3, Dense(3) }");
    let names: Vec<_> = graph.nodes.iter().map(|node| &*node.name).collect();
    assert_eq!(names, ["dense1", "body_1", "body_2", "body_3", "dense5"]);
    let inputs: Vec<_> = graph.nodes.iter().map(|node| node.inputs[0]).collect();
    let node = Input::Node;
    assert_eq!(inputs, [Input::Network, node(0), node(1), node(2), node(3)]);
    assert_eq!(graph.nodes[2].repetition, Some(Repetition { number: 2, times: 3 }));
    assert_eq!(graph.nodes[0].repetition, None);
}

#[test]
fn repetitions_without_label_are_called_as_if_they_were_written_out() {
    assert_eq!(names("[4] -> [5] { Dense(5) * 2, Tanh, Dense(5) }"), ["dense1", "dense2", "tanh1", "dense3"]);
    assert_eq!(names("[4] -> [5] { Dense(5) * 1 }"), ["dense1"]);
    assert_eq!(names("[4] -> [5] { a: Dense(5) * 1 }"), ["a_1"]);
}

#[test]
fn the_first_repetition_takes_what_stands_behind_the_arrow() {
    let graph = graph("[4] -> [4] { a: Dense(4), b: Dense(4) * 2 <- input, Add <- (a, b) }");
    assert_eq!(graph.nodes[1].inputs, [Input::Network]);
    assert_eq!(graph.nodes[2].inputs, [Input::Node(1)]);
    // The label without number is the last repetition.
    assert_eq!(graph.nodes[3].inputs, [Input::Node(0), Input::Node(2)]);
}

#[test]
fn a_repetition_is_named_by_its_number() {
    let graph = graph("[4] -> [4] { a: Dense(4) * 3, Add <- (a_1, a) }");
    assert_eq!(graph.nodes[3].inputs, [Input::Node(0), Input::Node(2)]);
}

#[test]
fn layers_of_ones_own_give_what_they_take_when_repeated() {
    let graph = graph("[8, 6, 6] -> [2] { a: Block * 2, b: Block -> [8, 6, 6] * 2, Dense(2) }");
    for node in &graph.nodes[..4] {
        assert_eq!(graph.shape_text(&node.output.unwrap()), "[8, 6, 6]");
    }
    check(
        "[8, 6, 6] -> [2] { a: Down -> [16, 3, 3] * 2, Dense(2) }",
        &[(
            "[16, 3, 3]",
            "`a_1` takes [8, 6, 6] and gives [16, 3, 3], which repetition 2 cannot take; what is repeated gives what it takes",
        )],
    );
    // One repetition repeats nothing.
    self::graph("[8, 6, 6] -> [2] { a: Down -> [16, 3, 3] * 1, Dense(2) }");
    check(
        "[8, 6, 6] -> [2] { a: Down * 1, Dense(2) }",
        &[("Down", "the macro cannot see `Down`'s output; write `a_1: Down -> [..]`")],
    );
}

#[test]
fn numbers_that_are_no_count() {
    for (number, why) in [
        ("0", "is 0; it is at least 1"),
        ("-1", "is -1; it cannot be negative"),
        ("2.5", "is 2.5; it is a whole number"),
        ("2u8", "is 2u8; it has no suffix"),
        ("1001", "is 1001; it is at most 1000"),
        ("99999999999999999999", "is 99999999999999999999, which is too large for a `usize`"),
        (
            "N",
            "is an integer written out: each repetition is a layer of its own, made before constants are known",
        ),
    ] {
        let message = format!("the number of repetitions {why}");
        check(&format!("[4] -> [4] {{ Dense(4) * {number} }}"), &[(number, &*message)]);
    }
}

#[test]
fn labels_of_repetitions_collide_with_no_other() {
    let message = "repetition 2 of `a` is called `a_2`, which is the label of another layer";
    check("[4] -> [4] { a: Dense(4) * 3, a_2: Dense(4) }", &[("a", message)]);
    check("[4] -> [4] { a_2: Dense(4), a: Dense(4) * 3 }", &[("a", message)]);
    check("[4] -> [4] { a: Dense(4) * 3, a: Dense(4) }", &[("a", "`a` labels two layers")]);
    check("[4] -> [4] { a: Dense(4), a: Dense(4) * 3 }", &[("a", "`a` labels two layers")]);
    check("[4] -> [4] { a: Dense(4) * 2, a: Dense(4) * 2 }", &[("a", "`a` labels two layers")]);
    check(
        "[4] -> [4] { input: Dense(4) * 3 }",
        &[("input", "`input` names the network's input and cannot be a label")],
    );
    check(
        "[4] -> [4] { a: Dense(4) * 2, Dense(4, tied = a) }",
        &[("a", "`a` is repeated; name one of its layers, `a_1` to `a_2`")],
    );
    check(
        "[4] -> [4] { Add <- (input, a_2), a: Dense(4) * 2 }",
        &[("a_2", "`a_2` comes later; a layer takes only from those before it")],
    );
}

#[test]
fn what_does_not_fit_says_which_repetition_it_is() {
    check(
        "[1, 12, 12] -> [10] { c: Conv2d(8, kernel = 5) * 4, Dense(10) }",
        &[(
            "5",
            "`c_3` has no room for its kernel: the input is [8, 4, 4] and the kernel is 5x5
shapes so far: input [1, 12, 12] -> c_1 [8, 8, 8] -> c_2 [8, 4, 4]
this is repetition 3 of 4",
        )],
    );
}

#[test]
fn a_mistake_of_all_repetitions_is_said_once() {
    check(
        "[4] -> [3] { Dense(5, kernal = 3) * 3, Dense(3) }",
        &[(
            "kernal",
            "`Dense` has no argument `kernal`; it takes n, bias, init, bias_init, l1, l2, max_norm, regularizer, tied",
        )],
    );
    let text = "[4] -> [4] { Dens(4) * 3 }";
    compare(
        text,
        &network::<File>(text).errors,
        &[("Dens", "`Dens` is no layer here; did you mean `Dense`?")],
    );
    check_warnings(
        "[4] -> [4] { Dense(4), Tanh * 4, Dense(4) }",
        &[(
            "Tanh",
            "`Tanh` straight after `Tanh`: two activations in a row, one of them is probably left over",
        )],
    );
}

#[test]
fn joins_are_not_repeated() {
    check(
        "[4] -> [4] { a: Dense(4), Add * 2 <- (a, input) }",
        &[(
            "Add",
            "`Add` joins at least 2 inputs, not 1; write `Add <- (a, b)`
shapes so far: input [4] -> a [4] -> add1 [4]
this is repetition 2 of 2",
        )],
    );
}
