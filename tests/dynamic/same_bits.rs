//! A network of every layer at run time has the bits of the typed one.

use super::*;

/// The same before and after two epochs of training.
macro_rules! alike {
    ($typed:ty, $dynamic:expr, $precision:expr, $data:expr, $loss:expr, $dims:expr) => {{
        let mut typed = <$typed>::builder().seed(11).precision($precision).build();
        let mut dynamic: DynNetwork = $dynamic;
        let dims: &[usize] = &$dims;
        let x = numbers(3 * dims.iter().product::<usize>());
        same(&typed, &dynamic, &x, dims);
        let first = bits(&typed).unwrap();
        let data = $data;
        let trainer = || Trainer::new($loss, Adam::new(0.01)).epochs(2).batch(16).seed(4).threads(2).quiet();
        let of_typed = trainer().fit(&mut typed, &data).unwrap();
        let of_dynamic = trainer().fit(&mut dynamic, &data.untyped()).unwrap();
        for (typed, dynamic) in of_typed.epochs().iter().zip(of_dynamic.epochs()) {
            assert_eq!(typed.loss.to_bits(), dynamic.loss.to_bits(), "losses differ");
        }
        assert!(bits(&typed).unwrap() != first, "nothing was learned");
        same(&typed, &dynamic, &x, dims);
    }};
}

network! {
    struct LeNet: [1, 28, 28] -> [10] {
        conv1: Conv2d(6, kernel = 5),
        MaxPool2d(2),
        conv2: Conv2d(8, kernel = (5, 3), stride = 2, pad = (2, 1), groups = 2, bias_init = Gaussian::new(0.0, 0.1)),
        AvgPool2d(2),
        fc1: Dense(20), Relu,
        Dropout(0.5),
        fc2: Dense(10),
    }
}

#[test]
fn convolutions_by_json() {
    let text = r#"{
        "name": "LeNet", "input": [1, 28, 28], "output": [10],
        "layers": [
            {"layer": "Conv2d", "label": "conv1", "n": 6, "kernel": 5},
            {"layer": "MaxPool2d", "k": 2},
            {"layer": "Conv2d", "label": "conv2", "n": 8, "kernel": [5, 3], "stride": 2, "pad": [2, 1], "groups": 2,
             "bias_init": {"Gaussian": {"deviation": 0.1}}},
            {"layer": "AvgPool2d", "k": 2},
            {"layer": "Dense", "label": "fc1", "n": 20},
            {"layer": "Relu"},
            {"layer": "Dropout", "p": 0.5},
            {"layer": "Dense", "label": "fc2", "n": 10}
        ]
    }"#;
    for precision in PRECISIONS {
        alike!(LeNet, json(text, precision), precision, digits(), CrossEntropy::new(), [1, 28, 28]);
    }
}

network! {
    struct Recurrent: [_, 3] -> [2] {
        Rnn(4, activation = Relu, dropout = 0.2), Gru(5, bidirectional = true, l2 = 0.01),
        Lstm(6, peepholes = true, forget_bias = 0.5, recurrent_init = Xavier, max_norm = 2.0), Last, Dense(2),
    }
}

#[test]
fn recurrent_layers_by_json() {
    let text = r#"{
        "name": "Recurrent", "input": ["_", 3], "output": [2],
        "layers": [
            {"layer": "Rnn", "n": 4, "activation": "Relu", "dropout": 0.2},
            {"layer": "Gru", "n": 5, "bidirectional": true, "l2": 0.01},
            {"layer": "Lstm", "n": 6, "peepholes": true, "forget_bias": 0.5, "recurrent_init": "Xavier", "max_norm": 2.0},
            {"layer": "Last"},
            {"layer": "Dense", "n": 2}
        ]
    }"#;
    for precision in PRECISIONS {
        let data = regression::<Rank2<STEPS, 3>, Rank1<2>>(40, &[5, 3], &[2]);
        alike!(Recurrent, json(text, precision), precision, data, MeanSquaredError, [5, 3]);
    }
}

#[test]
fn convolutions_by_calls() {
    let description = Description::new("LeNet", [1, 28, 28], [10])
        .layer(Part::new("Conv2d").label("conv1").with("n", 6).with("kernel", 5))
        .layer(Part::new("MaxPool2d").with("k", 2))
        .layer(
            Part::new("Conv2d")
                .label("conv2")
                .with("n", 8)
                .with("kernel", [5, 3])
                .with("stride", 2)
                .with("pad", [2, 1])
                .with("groups", 2)
                .with(
                    "bias_init",
                    ann::dynamic::Value::Object(vec![(
                        "Gaussian".into(),
                        ann::dynamic::Value::Object(vec![("deviation".into(), 0.1.into())]),
                    )]),
                ),
        )
        .layer(Part::new("AvgPool2d").with("k", 2))
        .layer(Part::new("Dense").label("fc1").with("n", 20))
        .layer(Part::new("Relu"))
        .layer(Part::new("Dropout").with("p", 0.5))
        .layer(Part::new("Dense").label("fc2").with("n", 10));
    for precision in PRECISIONS {
        alike!(LeNet, called(&description, precision), precision, digits(), CrossEntropy::new(), [1, 28, 28]);
    }
}

network! {
    struct Mlp: [784] -> [10] {
        Dense(24, init = He, l2 = 1e-3), Relu, Dropout(0.2),
        Dense(16, init = Uniform::new(-0.2, 0.2), bias_init = 0.1, l1 = 1e-4), Tanh, Dropout(0.1),
        Dense(12, max_norm = 1.0, bias = false), LeakyRelu(0.05),
        Dense(10),
    }
}

#[test]
fn perceptrons_by_json() {
    let text = r#"{
        "name": "Mlp", "input": [784], "output": [10],
        "layers": [
            {"layer": "Dense", "n": 24, "init": "He", "l2": 1e-3}, {"layer": "Relu"}, {"layer": "Dropout", "p": 0.2},
            {"layer": "Dense", "n": 16, "init": {"Uniform": {"low": -0.2, "high": 0.2}}, "bias_init": 0.1, "l1": 1e-4},
            {"layer": "Tanh"}, {"layer": "Dropout", "p": 0.1},
            {"layer": "Dense", "n": 12, "max_norm": 1, "bias": false}, {"layer": "LeakyRelu", "a": 0.05},
            {"layer": "Dense", "n": 10}
        ]
    }"#;
    for precision in PRECISIONS {
        alike!(Mlp, json(text, precision), precision, digits().flatten(), CrossEntropy::new(), [784]);
    }
}

network! {
    struct Block: [4, 6, 6] -> [3] {
        Conv2d(4, kernel = 3, pad = 1), BatchNorm, Relu,
        Conv2d(4, kernel = 3, pad = 1), body: BatchNorm(momentum = 0.8),
        sum: Add <- (body, input), prelu: PRelu,
        gate: Sigmoid <- sum,
        Mul <- (gate, prelu),
        Lrn(3), GlobalAvgPool2d, LayerNorm, Dense(3),
    }
}

#[test]
fn graphs_with_running_statistics() {
    let description = Description::new("Block", [4, 6, 6], [3])
        .layer(Part::new("Conv2d").with("n", 4).with("kernel", 3).with("pad", 1))
        .layer(Part::new("BatchNorm"))
        .layer(Part::new("Relu"))
        .layer(Part::new("Conv2d").with("n", 4).with("kernel", 3).with("pad", 1))
        .layer(Part::new("BatchNorm").label("body").with("momentum", 0.8))
        .layer(Part::new("Add").label("sum").inputs(["body", "input"]))
        .layer(Part::new("PRelu").label("prelu"))
        .layer(Part::new("Sigmoid").label("gate").inputs(["sum"]))
        .layer(Part::new("Mul").inputs(["gate", "prelu"]))
        .layer(Part::new("Lrn").with("size", 3))
        .layer(Part::new("GlobalAvgPool2d"))
        .layer(Part::new("LayerNorm"))
        .layer(Part::new("Dense").with("n", 3));
    let text = r#"{
        "name": "Block", "input": [4, 6, 6], "output": [3],
        "layers": [
            {"layer": "Conv2d", "n": 4, "kernel": 3, "pad": 1}, {"layer": "BatchNorm"}, {"layer": "Relu"},
            {"layer": "Conv2d", "n": 4, "kernel": 3, "pad": 1}, {"layer": "BatchNorm", "label": "body", "momentum": 0.8},
            {"layer": "Add", "label": "sum", "inputs": ["body", "input"]}, {"layer": "PRelu", "label": "prelu"},
            {"layer": "Sigmoid", "label": "gate", "inputs": "sum"}, {"layer": "Mul", "inputs": ["gate", "prelu"]},
            {"layer": "Lrn", "size": 3}, {"layer": "GlobalAvgPool2d"}, {"layer": "LayerNorm"}, {"layer": "Dense", "n": 3}
        ]
    }"#;
    assert_eq!(Description::from_json(text).unwrap(), description);
    for precision in PRECISIONS {
        let data = || regression::<Rank3<4, 6, 6>, Rank1<3>>(40, &[4, 6, 6], &[3]);
        alike!(Block, called(&description, precision), precision, data(), MeanSquaredError, [4, 6, 6]);
        alike!(Block, json(text, precision), precision, data(), MeanSquaredError, [4, 6, 6]);
    }
}

network! {
    struct Deep: [4, 3, 3] -> [3] {
        up: ConvTranspose2d(4, kernel = 3, pad = 1, groups = 2) * 2, Relu,
        ConvTranspose2d(2, kernel = 2, stride = 2, bias = false),
        middle: Tanh,
        head: Dense(3),
        Auxiliary(weight = 0.3) <- (middle, head),
        Dense(3) * 3,
    }
}

#[test]
fn repetitions_and_heads_beside_the_output() {
    let description = Description::new("Deep", [4, 3, 3], [3])
        .layer(
            Part::new("ConvTranspose2d")
                .label("up")
                .times(2)
                .with("n", 4)
                .with("kernel", 3)
                .with("pad", 1)
                .with("groups", 2),
        )
        .layer(Part::new("Relu"))
        .layer(
            Part::new("ConvTranspose2d").with("n", 2).with("kernel", 2).with("stride", 2).with("bias", false),
        )
        .layer(Part::new("Tanh").label("middle"))
        .layer(Part::new("Dense").label("head").with("n", 3))
        .layer(Part::new("Auxiliary").inputs(["middle", "head"]).with("weight", 0.3))
        .layer(Part::new("Dense").with("n", 3).times(3));
    let text = r#"{
        "name": "Deep", "input": [4, 3, 3], "output": [3],
        "layers": [
            {"layer": "ConvTranspose2d", "label": "up", "times": 2, "n": 4, "kernel": 3, "pad": 1, "groups": 2},
            {"layer": "Relu"}, {"layer": "ConvTranspose2d", "n": 2, "kernel": 2, "stride": 2, "bias": false},
            {"layer": "Tanh", "label": "middle"}, {"layer": "Dense", "label": "head", "n": 3},
            {"layer": "Auxiliary", "inputs": ["middle", "head"], "weight": 0.3}, {"layer": "Dense", "n": 3, "times": 3}
        ]
    }"#;
    assert_eq!(Description::from_json(text).unwrap(), description);
    for precision in PRECISIONS {
        let data = || regression::<Rank3<4, 3, 3>, Rank1<3>>(40, &[4, 3, 3], &[3]);
        alike!(Deep, called(&description, precision), precision, data(), MeanSquaredError, [4, 3, 3]);
        alike!(Deep, json(text, precision), precision, data(), MeanSquaredError, [4, 3, 3]);
    }
}

#[test]
fn numbers_of_repetitions_that_are_none() {
    for (times, why) in [
        ("0", "is 0; it is at least 1"),
        ("-1", "is -1; it cannot be negative"),
        ("2.5", "is 2.5; it is a whole number"),
        ("true", "is a whole number, not `true`"),
    ] {
        let text = format!(
            r#"{{"name": "N", "input": [4], "output": [4], "layers": [{{"layer": "Dense", "n": 4, "times": {times}}}]}}"#
        );
        let error = DynNetwork::from_json(&text).unwrap_err().to_string();
        assert!(error.contains(&format!("layers[0].times: the number of repetitions {why}")), "{error}");
    }
}

network! {
    struct Parts: [12] -> [8] {
        Dense(12), all: Elu(0.7),
        low: Slice(0, 5) <- all,
        high: Slice(5, 12) <- all, Gelu,
        Reshape(1, 7), Silu, Flatten, wide: Dense(7),
        Concat <- (low, wide, input), Softplus,
        Reshape(2, 3, 4), Conv2d(2, kernel = (2, 3)), Identity, Flatten,
    }
}

#[test]
fn parts_put_together_and_reshaped() {
    let text = r#"{
        "name": "Parts", "input": [12], "output": [8],
        "layers": [
            {"layer": "Dense", "n": 12}, {"layer": "Elu", "label": "all", "a": 0.7},
            {"layer": "Slice", "label": "low", "from": 0, "to": 5, "inputs": ["all"]},
            {"layer": "Slice", "label": "high", "from": 5, "to": 12, "inputs": "all"}, {"layer": "Gelu"},
            {"layer": "Reshape", "sizes": [1, 7]}, {"layer": "Silu"}, {"layer": "Flatten"},
            {"layer": "Dense", "label": "wide", "n": 7},
            {"layer": "Concat", "inputs": ["low", "wide", "input"]}, {"layer": "Softplus"},
            {"layer": "Reshape", "sizes": [2, 3, 4]}, {"layer": "Conv2d", "n": 2, "kernel": [2, 3]},
            {"layer": "Identity"}, {"layer": "Flatten"}
        ]
    }"#;
    for precision in PRECISIONS {
        let data = regression::<Rank1<12>, Rank1<8>>(40, &[12], &[8]);
        alike!(Parts, json(text, precision), precision, data, MeanSquaredError, [12]);
    }
}

network! {
    struct Tied: [20] -> [20] { enc: Dense(6), Sigmoid, Dense(20, tied = enc), Sigmoid }
}

#[test]
fn tied_weights() {
    let text = r#"{
        "name": "Tied", "input": [20], "output": [20],
        "layers": [
            {"layer": "Dense", "label": "enc", "n": 6}, {"layer": "Sigmoid"},
            {"layer": "Dense", "n": 20, "tied": "enc"}, {"layer": "Sigmoid"}
        ]
    }"#;
    let description = Description::new("Tied", [20], [20])
        .layer(Part::new("Dense").label("enc").with("n", 6))
        .layer(Part::new("Sigmoid"))
        .layer(Part::new("Dense").with("n", 20).with("tied", "enc"))
        .layer(Part::new("Sigmoid"));
    for precision in PRECISIONS {
        let data = || regression::<Rank1<20>, Rank1<20>>(40, &[20], &[20]);
        alike!(Tied, json(text, precision), precision, data(), MeanSquaredError, [20]);
        alike!(Tied, called(&description, precision), precision, data(), MeanSquaredError, [20]);
    }
}

network! {
    struct Steps: [_, 5] -> [_, 3] { Dense(6), Tanh, LayerNorm, Dense(4), PRelu, Dropout(0.1), Dense(3) }
}

#[test]
fn sequences_of_open_length() {
    let text = r#"{
        "name": "Steps", "input": ["_", 5], "output": ["_", 3],
        "layers": [
            {"layer": "Dense", "n": 6}, {"layer": "Tanh"}, {"layer": "LayerNorm"},
            {"layer": "Dense", "n": 4}, {"layer": "PRelu"}, {"layer": "Dropout", "p": 0.1}, {"layer": "Dense", "n": 3}
        ]
    }"#;
    let description = Description::new("Steps", [STEPS, 5], [STEPS, 3])
        .layer(Part::new("Dense").with("n", 6))
        .layer(Part::new("Tanh"))
        .layer(Part::new("LayerNorm"))
        .layer(Part::new("Dense").with("n", 4))
        .layer(Part::new("PRelu"))
        .layer(Part::new("Dropout").with("p", 0.1))
        .layer(Part::new("Dense").with("n", 3));
    for precision in PRECISIONS {
        let data = || regression::<Rank2<STEPS, 5>, Rank2<STEPS, 3>>(40, &[7, 5], &[7, 3]);
        alike!(Steps, json(text, precision), precision, data(), MeanSquaredError, [7, 5]);
        alike!(Steps, called(&description, precision), precision, data(), MeanSquaredError, [4, 5]);
    }
}

#[test]
fn files_go_from_one_to_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tied.safetensors");
    Tied::new(3).save(&path).unwrap();
    let text = r#"{"name": "Tied", "input": [20], "output": [20], "layers": [
        {"layer": "Dense", "label": "enc", "n": 6}, {"layer": "Sigmoid"},
        {"layer": "Dense", "n": 20, "tied": "enc"}, {"layer": "Sigmoid"}]}"#;
    let mut net = json(text, Dtype::F32);
    net.load(&path).unwrap();
    assert!(bits(&net).unwrap() == bits(&Tied::new(3)).unwrap());
    let before = std::fs::read(&path).unwrap();
    net.save(&path).unwrap();
    assert!(std::fs::read(&path).unwrap() == before);
}
