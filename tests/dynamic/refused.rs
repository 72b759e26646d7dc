//! What is no network is refused, at its own words.

use super::*;

/// What is said of layers between `[4]` and `[3]`.
fn said(layers: &str) -> String {
    of(&format!(r#"{{"name": "Net", "input": [4], "output": [3], "layers": [{layers}]}}"#))
}

fn of(text: &str) -> String {
    DynNetwork::from_json(text).expect_err("this should have been refused").to_string()
}

/// What is said of layers between `[2, 8, 8]` and `[3]`.
fn image(layers: &str) -> String {
    of(&format!(r#"{{"name": "Net", "input": [2, 8, 8], "output": [3], "layers": [{layers}]}}"#))
}

const OUT: &str = r#"{"layer": "Dense", "n": 3}"#;

#[test]
fn a_good_description_is_built() {
    let text = format!(r#"{{"name": "Net", "input": [4], "output": [3], "layers": [{OUT}]}}"#);
    assert_eq!(DynNetwork::from_json(&text).unwrap().build().layout().segments().len(), 2);
}

#[test]
fn unknown_layers() {
    assert_eq!(
        said(r#"{"layer": "Dens", "n": 3}"#),
        "layers[0].layer: `Dens` is no layer here; did you mean `Dense`?"
    );
    let message = said(&format!(r#"{OUT}, {{"layer": "Quantum"}}"#));
    assert!(message.starts_with("layers[1].layer: `Quantum` is no layer here"), "{message}");
}

#[test]
fn unknown_and_missing_arguments() {
    assert_eq!(
        image(&format!(r#"{{"layer": "Conv2d", "n": 3, "kernal": 3}}, {OUT}"#)).lines().next().unwrap(),
        "layers[0].kernal: `Conv2d` has no argument `kernal`; did you mean `kernel`?"
    );
    let message = said(r#"{"layer": "Dense", "n": 3, "colour": "red"}"#);
    assert!(
        message.starts_with("layers[0].colour: `Dense` has no argument `colour`; it takes n, bias, "),
        "{message}"
    );
    assert_eq!(
        said(r#"{"layer": "Dense"}"#),
        "layers[0].layer: `Dense` needs `n`, the number of output features; write `Dense(n)`"
    );
}

#[test]
fn duplicate_keys() {
    let message = said(r#"{"layer": "Dense", "n": 3, "n": 4}"#);
    assert!(message.starts_with("the key `n` is written twice at line 1 column "), "{message}");
}

#[test]
fn values_of_another_kind() {
    assert_eq!(
        said(r#"{"layer": "Dense", "n": "three"}"#),
        "layers[0].n: `n` of `Dense` is a whole number, not `three`"
    );
    assert_eq!(said(r#"{"layer": "Dense", "n": 0}"#), "layers[0].n: `n` of `Dense` is 0; it is at least 1");
    assert_eq!(
        said(r#"{"layer": "Dense", "n": -3}"#),
        "layers[0].n: `n` of `Dense` is -3; a size cannot be negative"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3.5}"#),
        "layers[0].n: `n` of `Dense` is 3.5; a size is a whole number"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "bias": 1}"#),
        "layers[0].bias: `bias` of `Dense` is `true` or `false`"
    );
    assert_eq!(
        said(&format!(r#"{{"layer": "Dropout", "p": 1.5}}, {OUT}"#)),
        "layers[0].p: `p` of `Dropout` is 1.5; a probability is at least 0 and less than 1"
    );
    assert_eq!(
        image(&format!(r#"{OUT_CONV}, {{"layer": "MaxPool2d", "k": [2, 2, 2]}}, {OUT}"#)),
        "layers[1].k: `k` of `MaxPool2d` is one size or a pair (height, width); here are 3 values"
    );
    assert_eq!(said(r#"{"layer": 3}"#), "layers[0].layer: it is a text, not an integer");
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "inputs": 7}"#),
        "layers[0].inputs: it is a list of labels, not an integer"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "inputs": ["input", 7]}"#),
        "layers[0].inputs[1]: it is the label of a layer, not an integer"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "label": 7}"#),
        "layers[0].label: it is a text, not an integer"
    );
    assert_eq!(said("7"), "layers[0]: it is an object, not an integer");
    assert_eq!(said(r#"{"n": 3}"#), "layers[0]: `layer` is missing");
}

const OUT_CONV: &str = r#"{"layer": "Conv2d", "n": 3, "kernel": 3}"#;

#[test]
fn shapes_that_do_not_fit() {
    let message = said(r#"{"layer": "Dense", "n": 5}"#);
    assert!(message.starts_with("output: the body ends in [5], but the signature promises [3]"), "{message}");
    let message = image(&format!(
        r#"{OUT_CONV}, {{"layer": "Relu"}}, {{"layer": "Conv2d", "label": "late", "n": 3, "kernel": 9}}, {OUT}"#
    ));
    assert!(
        message.starts_with("layers[2].kernel: `late` has no room for its kernel: the input is [3, 6, 6] and the kernel is 9x9"),
        "{message}"
    );
    let message = said(&format!(r#"{{"layer": "Conv2d", "n": 3, "kernel": 3}}, {OUT}"#));
    assert!(message.starts_with("layers[0].layer: "), "{message}");
    let message = said(r#"{"layer": "Dense", "n": 3, "output": [5]}"#);
    assert!(message.starts_with("layers[0].output: "), "{message}");
    let message = said(&format!(r#"{{"layer": "Reshape", "sizes": [2, 3]}}, {OUT}"#));
    assert!(
        message.starts_with("layers[0].sizes[0]: `Reshape` cannot turn [4] into [2, 3]: 4 numbers are not 6"),
        "{message}"
    );
}

#[test]
fn unknown_initializers() {
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "init": "Hee"}"#),
        "layers[0].init: there is no initializer `Hee`; there are Constant, FanInUniform, Gaussian, \
         He, HeUniform, Lecun, LecunUniform, Orthogonal, Uniform, Xavier, XavierNormal; did you mean `He`?"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "init": {"Gaussian": {"mean": 0}}}"#),
        "layers[0].init: `Gaussian` needs `deviation`"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "init": {"Gaussian": {"deviation": 1, "spread": 2}}}"#),
        "layers[0].init: `Gaussian` has no `spread`"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "init": {"Gaussian": {"deviation": "wide"}}}"#),
        "layers[0].init: `deviation` of `Gaussian` is a number, not a text"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "init": [1, 2]}"#),
        "layers[0].init: `init` cannot be a list"
    );
}

#[test]
fn what_only_code_can_give() {
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3}, {"layer": "Activation", "label": "act", "f": "Swish"}"#),
        "layers[1].f: `f` of `act` is an `Activation`, a value of Rust code, which a description cannot hold; \
         write the network with `network!`"
    );
    assert_eq!(
        said(r#"{"layer": "Dense", "n": 3, "regularizer": 0.1}"#),
        "layers[0].regularizer: `regularizer` of `Dense` is a `Regularizer`, a value of Rust code, which a \
         description cannot hold; write the network with `network!`"
    );
}

#[test]
fn initializers_with_settings_out_of_range() {
    let text = r#"{"name": "Net", "input": [4], "output": [3], "layers": [
        {"layer": "Dense", "n": 3, "init": {"Gaussian": {"deviation": -1}}}]}"#;
    let error = DynNetwork::from_json(text).and_then(ann::Builder::try_build).unwrap_err().to_string();
    assert_eq!(
        error,
        "dense1.weight: Gaussian: deviation = -1 is refused: it must be finite and not negative"
    );
}

#[test]
fn machines_of_two_way_networks() {
    let said = said(r#"{"layer": "Rbm", "n": 3}"#);
    assert!(said.contains("`Rbm` stands only in a two-way network"), "{said}");
}

#[test]
fn unknown_labels() {
    let message =
        said(r#"{"layer": "Dense", "label": "body", "n": 3}, {"layer": "Add", "inputs": ["bodi", "body"]}"#);
    assert!(
        message.starts_with(
            "layers[1].inputs[0]: nothing is labelled `bodi`; the labels before this point are input, body"
        ),
        "{message}"
    );
    let message = said(r#"{"layer": "Dense", "n": 3, "tied": "enc"}"#);
    assert!(message.starts_with("layers[0].tied: nothing is labelled `enc`"), "{message}");
    let message =
        said(r#"{"layer": "Dense", "label": "a", "n": 4}, {"layer": "Dense", "label": "a", "n": 3}"#);
    assert!(message.starts_with("layers[1].label: "), "{message}");
}

#[test]
fn an_output_that_nobody_uses() {
    let message = said(
        r#"{"layer": "Dense", "label": "lost", "n": 5}, {"layer": "Dense", "n": 3, "inputs": ["input"]}"#,
    );
    assert!(message.contains("lost") && message.starts_with("layers[0]"), "{message}");
}

#[test]
fn several_mistakes_are_listed_together() {
    let message = said(
        r#"{"layer": "Dense", "n": 0}, {"layer": "Rellu"}, {"layer": "Dropout", "p": 2}, {"layer": "Dense", "n": 3, "init": "He", "biass": true}"#,
    );
    let places: Vec<_> =
        message.lines().filter_map(|line| line.split_once(": ")).map(|(place, _)| place).collect();
    for place in ["layers[0].n", "layers[1].layer", "layers[2].p", "layers[3].biass"] {
        assert!(places.contains(&place), "{place} is not among\n{message}");
    }
}

#[test]
fn the_frame_of_a_description() {
    assert_eq!(of(r#"{"input": [4], "output": [3], "layers": []}"#), "`name` is missing");
    assert_eq!(
        of(r#"{"name": "Net", "input": [4], "output": [3], "layers": 3}"#),
        "layers: it is to be a list"
    );
    assert_eq!(
        of(&format!(
            r#"{{"name": "Net", "input": [4], "output": [3], "layers": [{OUT}], "optimizer": "Adam"}}"#
        )),
        "optimizer: nobody reads it; there are name, input, output, layers"
    );
    let message = of(r#"{"name": "Net", "input": [4], "output": [3], "layers": [}"#);
    assert!(message.contains("line 1 column "), "{message}");
    let message =
        of(r#"{"name": "Net", "input": [4, 0], "output": [3], "layers": [{"layer": "Dense", "n": 3}]}"#);
    assert!(message.starts_with("input[1]: "), "{message}");
    assert_eq!(
        of(r#"{"name": "Net", "input": [4], "output": [3], "layers": []}"#),
        "name: `Net` has no layers"
    );
}

#[test]
fn data_of_another_shape() {
    let text = format!(r#"{{"name": "Net", "input": [4], "output": [3], "layers": [{OUT}]}}"#);
    let net = DynNetwork::from_json(&text).unwrap().build();
    let x = Examples::from_vec_with_dims(vec![0.0_f32; 10], &[5]).unwrap();
    assert_eq!(net.predict(&x).unwrap_err().to_string(), "the input of Net: expected [4], found [5]");
}

#[test]
fn targets_of_another_shape() {
    fn check<T: Scalar>() {
        let text = format!(r#"{{"name": "Net", "input": [4], "output": [3], "layers": [{OUT}]}}"#);
        let mut net = DynNetwork::from_json(&text).unwrap().precision(T::DTYPE).build();
        let before = bits(&net).unwrap();
        let data = regression::<Rank1<4>, Rank1<2>>(8, &[4], &[2]).untyped();
        let error =
            Trainer::new(MeanSquaredError, Sgd::new(0.1)).batch(4).quiet().fit(&mut net, &data).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("[4, 3]") && message.contains("[4, 2]"), "{message}");
        assert!(bits(&net).unwrap() == before);
    }
    check::<f32>();
    check::<f64>();
}
