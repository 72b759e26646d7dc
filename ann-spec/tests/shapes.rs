//! Shapes and counts against numbers that were published or worked out elsewhere.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod text;

use text::{Text, graph, network};

/// Asserts the output of the last layer, its parameters and its cost.
#[track_caller]
fn check(network: &str, output: &str, parameters: usize, flops: u64) {
    let graph = graph(network);
    let last = graph.nodes.last().unwrap();
    assert_eq!(graph.shape_text(&last.output.unwrap()), output, "in {network}");
    assert_eq!(graph.parameters(last), Some(Ok(parameters)), "in {network}");
    assert_eq!(graph.flops(last), Some(Ok(flops)), "in {network}");
}

fn total(network: &str) -> usize {
    let graph = graph(network);
    graph.nodes.iter().map(|node| graph.parameters(node).unwrap().unwrap()).sum()
}

fn outputs(network: &str) -> Vec<String> {
    let graph = graph(network);
    graph
        .nodes
        .iter()
        .map(|node| format!("{} {}", node.name, graph.shape_text(&node.output.unwrap())))
        .collect()
}

#[test]
fn every_layer() {
    check("[4] -> [3] { Dense(3) }", "[3]", 15, 27);
    check("[4] -> [3] { Dense(3, bias = false) }", "[3]", 12, 24);
    check("[_, 4] -> [_, 3] { Dense(3) }", "[_, 3]", 15, 27);
    check("[7, 4] -> [7, 3] { Dense(3) }", "[7, 3]", 15, 189);
    check("[2, 3, 4] -> [5] { Dense(5) }", "[5]", 125, 245);
    check("[1, 28, 28] -> [20, 24, 24] { Conv2d(20, kernel = 5) }", "[20, 24, 24]", 520, 20 * 576 * 51);
    check(
        "[3, 9, 9] -> [6, 5, 5] { Conv2d(6, kernel = 3, stride = 2, pad = 1) }",
        "[6, 5, 5]",
        168,
        6 * 25 * 55,
    );
    check("[3, 9, 9] -> [6, 5, 5] { Conv2d(6, kernel = 3, dilation = 2) }", "[6, 5, 5]", 168, 6 * 25 * 55);
    check("[4, 9, 9] -> [6, 9, 7] { Conv2d(6, kernel = (1, 3), groups = 2) }", "[6, 9, 7]", 42, 6 * 63 * 13);
    check("[3, 6, 6] -> [3, 3, 3] { MaxPool2d(2) }", "[3, 3, 3]", 0, 108);
    check("[3, 6, 6] -> [3, 2, 2] { MaxPool2d(3, stride = 2) }", "[3, 2, 2]", 0, 108);
    check("[3, 6, 6] -> [3, 3, 3] { MaxPool2d(3, stride = 2, ceil = true) }", "[3, 3, 3]", 0, 243);
    check("[3, 6, 4] -> [3, 3, 2] { AvgPool2d((2, 2)) }", "[3, 3, 2]", 0, 72);
    check("[3, 6, 4] -> [3] { GlobalAvgPool2d }", "[3]", 0, 72);
    check("[3, 2, 2] -> [3, 2, 2] { Lrn(5) }", "[3, 2, 2]", 0, 168);
    check("[3, 2, 2] -> [3, 2, 2] { Lrn(3, within_channel = true) }", "[3, 2, 2]", 0, 264);
    check("[3, 2, 2] -> [3, 2, 2] { BatchNorm }", "[3, 2, 2]", 6, 48);
    check("[3] -> [3] { BatchNorm(affine = false) }", "[3]", 0, 6);
    check("[_, 3] -> [_, 3] { LayerNorm }", "[_, 3]", 6, 27);
    check("[3, 2, 2] -> [3, 2, 2] { LayerNorm }", "[3, 2, 2]", 24, 108);
    check("[3, 2, 2] -> [3, 2, 2] { Relu }", "[3, 2, 2]", 0, 12);
    check("[3] -> [3] { LeakyRelu(0.01) }", "[3]", 0, 6);
    check("[3] -> [3] { Elu(1.0) }", "[3]", 0, 12);
    check("[3, 2, 2] -> [3, 2, 2] { PRelu }", "[3, 2, 2]", 3, 24);
    check("[_, 5] -> [_, 5] { PRelu }", "[_, 5]", 5, 10);
    check("[_, 5] -> [_, 5] { LogSoftmax }", "[_, 5]", 0, 20);
    check("[2, 3, 4] -> [24] { Flatten }", "[24]", 0, 0);
    check("[24] -> [2, 3, 4] { Reshape(2, 3, 4) }", "[2, 3, 4]", 0, 0);
    check("[24] -> [24] { a: Relu, Add <- (a, input) }", "[24]", 0, 24);
    check("[24] -> [24] { a: Relu, Mul <- (a, input, input) }", "[24]", 0, 48);
    check("[2, 3, 4] -> [4, 3, 4] { a: Relu, Concat <- (a, input) }", "[4, 3, 4]", 0, 0);
    check("[_, 4] -> [_, 8] { a: Relu, Concat <- (a, input) }", "[_, 8]", 0, 0);
    check("[7, 4] -> [7, 8] { a: Relu, Concat <- (a, input) }", "[7, 8]", 0, 0);
    check("[9, 3, 4] -> [5, 3, 4] { Slice(2, 7) }", "[5, 3, 4]", 0, 0);
    check("[_, 9] -> [_, 5] { Slice(2, 7) }", "[_, 5]", 0, 0);
    check("[784] -> [784] { enc: Dense(64), Sigmoid, Dense(784, tied = enc) }", "[784]", 784, 784 * 129);
}

#[test]
fn recurrent_and_transposed_layers_are_measured() {
    let measured = |text: &str| {
        let graph = network::<Text>(text).graph;
        let node = graph.nodes.first().unwrap();
        (graph.shape_text(&node.output.unwrap()), graph.parameters(node).unwrap().unwrap())
    };
    // Parameters of the recurrent layers with one bias a gate, as in Keras (Gru: reset_after = False has 3 n, ours one more).
    assert_eq!(measured("[_, 65] -> [_, 256] { Lstm(256) }"), ("[_, 256]".into(), 329_728));
    assert_eq!(measured("[28, 28] -> [28, 256] { Lstm(128, bidirectional = true) }").0, "[28, 256]");
    assert_eq!(measured("[28, 28] -> [28, 16] { Rnn(16) }"), ("[28, 16]".into(), 16 * 28 + 16 * 16 + 16));
    assert_eq!(measured("[28, 28] -> [28, 16] { Gru(16) }").1, 3 * (16 * 28 + 16 * 16) + 4 * 16);
    assert_eq!(measured("[28, 16] -> [16] { Last }"), ("[16]".into(), 0));
    assert_eq!(measured("[_] -> [_, 16] { Embedding(1000, 16) }"), ("[_, 16]".into(), 16_000));
    assert_eq!(measured("[784] <-> [500] { Rbm(500) }"), ("[500]".into(), 784 * 500 + 784 + 500));
    assert_eq!(
        measured("[16, 7, 7] -> [8, 14, 14] { ConvTranspose2d(8, kernel = 4, stride = 2, pad = 1) }"),
        ("[8, 14, 14]".into(), 16 * 8 * 16 + 8)
    );
}

#[test]
fn caffes_lenet_has_431_080_parameters() {
    let lenet = "LeNet: [1, 28, 28] -> [10] {
        conv1: Conv2d(20, kernel = 5), MaxPool2d(2), conv2: Conv2d(50, kernel = 5), MaxPool2d(2),
        fc1: Dense(500), Relu, Dropout(0.5), fc2: Dense(10),
    }";
    assert_eq!(total(lenet), 431_080);
    assert_eq!(
        outputs(lenet),
        [
            "conv1 [20, 24, 24]",
            "maxpool2d1 [20, 12, 12]",
            "conv2 [50, 8, 8]",
            "maxpool2d2 [50, 4, 4]",
            "fc1 [500]",
            "relu1 [500]",
            "dropout1 [500]",
            "fc2 [10]"
        ]
    );
}

#[test]
fn caffes_alexnet_has_60_965_224_parameters() {
    let alexnet = "AlexNet: [3, 227, 227] -> [1000] {
        conv1: Conv2d(96, kernel = 11, stride = 4), Relu, Lrn(5), MaxPool2d(3, stride = 2),
        conv2: Conv2d(256, kernel = 5, pad = 2, groups = 2), Relu, Lrn(5), MaxPool2d(3, stride = 2),
        conv3: Conv2d(384, kernel = 3, pad = 1), Relu,
        conv4: Conv2d(384, kernel = 3, pad = 1, groups = 2), Relu,
        conv5: Conv2d(256, kernel = 3, pad = 1, groups = 2), Relu, MaxPool2d(3, stride = 2),
        fc6: Dense(4096), Relu, Dropout(0.5), fc7: Dense(4096), Relu, Dropout(0.5), fc8: Dense(1000),
    }";
    assert_eq!(total(alexnet), 60_965_224);
    let outputs = outputs(alexnet);
    for shape in [
        "conv1 [96, 55, 55]",
        "maxpool2d1 [96, 27, 27]",
        "conv2 [256, 27, 27]",
        "maxpool2d2 [256, 13, 13]",
        "conv3 [384, 13, 13]",
        "conv4 [384, 13, 13]",
        "conv5 [256, 13, 13]",
        "maxpool2d3 [256, 6, 6]",
        "fc8 [1000]",
    ] {
        assert!(outputs.iter().any(|output| output == shape), "{shape} is not in {outputs:?}");
    }
}

#[test]
fn the_networks_of_the_language_page() {
    for (network, parameters) in [
        ("[4] -> [3] { Dense(5), Sigmoid, Dense(4), Sigmoid, Dense(3) }", 64),
        ("[8] -> [2] { Dense(64), Tanh, Dense(64), Tanh, Dense(2) }", 4866),
        ("[784] -> [30] { Dense(1000), Relu, Dense(250), Relu, Dense(30) }", 1_042_780),
        ("[30] -> [784] { Dense(250), Relu, Dense(1000), Relu, Dense(784), Sigmoid }", 1_043_534),
        ("[784] -> [784] { enc: Dense(64), Sigmoid, Dense(784, tied = enc), Sigmoid }", 51_024),
        (
            "[64, 56, 56] -> [64, 56, 56] {
                Conv2d(64, kernel = 3, pad = 1), BatchNorm, Relu,
                Conv2d(64, kernel = 3, pad = 1), body: BatchNorm,
                Add <- (body, input), Relu,
            }",
            2 * 36_928 + 2 * 128,
        ),
    ] {
        assert_eq!(total(network), parameters, "in {network}");
    }
    let autoencoder = graph("[784] -> [784] { encoder: Encoder -> [30], decoder: Decoder -> [784] }");
    assert_eq!(autoencoder.nodes[0].output, Some(ann_spec::Shape::known(&[30])));
}

#[test]
fn automatic_names_count_all_layers_of_a_kind() {
    let names = |text: &str| graph(text).nodes.into_iter().map(|node| node.name).collect::<Vec<_>>();
    assert_eq!(
        names("[4] -> [4] { Dense(4), fc: Dense(4), Dense(4), nets::Small -> [4], self::Dense -> [4] }"),
        ["dense1", "fc", "dense3", "small1", "dense4"]
    );
}
