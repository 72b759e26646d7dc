//! What a two-way network becomes for back-propagation computes what its machines say.

use ann::Dtype;
use ann::boltzmann::{Classifier, Unrolled};
use ann::prelude::*;
use ann_tests::{bits, images};

use super::oracle::{Numbers, examples, fill, sigmoid};

network! {
    /// Gaussian units in the middle and at the top.
    struct Dbn: [5] <-> [2] { low: Rbm(4), Rbm(3, hidden = Gaussian), Rbm(2, visible = Gaussian) }
    struct Digits: [784] <-> [6] { Rbm(20), Rbm(6) }
    struct Repeated: [6] <-> [6] { stack: Rbm(6) * 2 }
    struct Wide<const H: usize>: [784] <-> [6] { Rbm(H), Rbm(6) }
    struct Labelled: [5] <-> [2] { head: Rbm(3), encoder: Rbm(2) }
}

const _: () = assert!(Dbn::PARAMETERS == (5 * 4 + 9) + (4 * 3 + 7) + (3 * 2 + 5));
const _: () = assert!(Unrolled::<Dbn>::PARAMETERS == Dbn::PARAMETERS + 5 * 4 + 4 * 3 + 3 * 2);
const _: () =
    assert!(Classifier::<Dbn, 7>::PARAMETERS == (5 * 4 + 4) + (4 * 3 + 3) + (3 * 2 + 2) + 7 * 2 + 7);
const _: () = assert!(Wide::<9>::PARAMETERS == 784 * 9 + 784 + 9 + 9 * 6 + 9 + 6);

/// `function(b + W x)`, `W` row-major.
fn product(weight: impl Fn(usize, usize) -> f64, bias: &[f64], x: &[f64], is_sigmoid: bool) -> Vec<f64> {
    let row = |(i, b): (usize, &f64)| {
        let y = b + x.iter().enumerate().map(|(j, x)| weight(i, j) * x).sum::<f64>();
        if is_sigmoid { sigmoid(y) } else { y }
    };
    bias.iter().enumerate().map(row).collect()
}

fn up(numbers: &Numbers, x: &[f64], is_sigmoid: bool) -> Vec<f64> {
    product(|i, j| numbers.weight[i * x.len() + j], &numbers.c, x, is_sigmoid)
}

fn down(numbers: &Numbers, x: &[f64], is_sigmoid: bool) -> Vec<f64> {
    let width = numbers.b.len();
    product(|i, j| numbers.weight[j * width + i], &numbers.b, x, is_sigmoid)
}

fn near(found: &[f64], expected: &[f64]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12)
}

#[test]
fn both_compute_what_the_machines_say() {
    let mut net = Dbn::builder().precision(Dtype::F64).build();
    fill(&mut net, 0.7, 5);
    let [low, mid, top] = ["low", "rbm2", "rbm3"].map(|label| Numbers::of(&net, label));
    let v = vec![1.0, 0.0, 0.3, 1.0, 0.8];
    let x = examples::<5>(std::slice::from_ref(&v));
    let code = up(&top, &up(&mid, &up(&low, &v, true), false), true);
    assert!(near(net.predict(&x).unwrap().as_slice(), &code));
    let at_low = down(&mid, &down(&top, &code, false), true);
    let expected = down(&low, &at_low, true);
    assert!(near(net.reconstruct(&x).unwrap().as_slice(), &expected));
    let autoencoder = net.unroll();
    assert!(near(autoencoder.predict(&x).unwrap().as_slice(), &expected));
    let logits = autoencoder.clone().logits();
    assert!(near(logits.predict(&x).unwrap().as_slice(), &down(&low, &at_low, false)));

    let mut classifier = net.clone().into_classifier::<4>();
    let head = [classifier.parameter("head.weight").unwrap(), vec![0.1, 0.2, 0.3, 0.4]];
    classifier.set_parameter("head.bias", &head[1]).unwrap();
    let expected = product(|i, j| head[0][i * 2 + j], &head[1], &code, false);
    assert!(near(classifier.predict(&x).unwrap().as_slice(), &expected));
    assert!(classifier.clone().seed(0).parameter("head.weight").unwrap() == head[0]);
    assert!(classifier.clone().seed(1).parameter("head.weight").unwrap() != head[0]);
}

#[test]
fn a_machine_may_be_called_as_the_head_is() {
    let mut net = Labelled::builder().precision(Dtype::F64).build();
    fill(&mut net, 0.7, 5);
    let [low, top] = ["head", "encoder"].map(|label| Numbers::of(&net, label));
    let v = vec![1.0, 0.0, 0.3, 1.0, 0.8];
    let code = up(&top, &up(&low, &v, true), true);
    let classifier = net.clone().into_classifier::<4>();
    assert_eq!(classifier.parameter("encoder.head.weight").unwrap(), low.weight);
    let head = [classifier.parameter("head.weight").unwrap(), classifier.parameter("head.bias").unwrap()];
    assert_eq!((head[0].len(), &head[1]), (4 * 2, &vec![0.0; 4]));
    let expected = product(|i, j| head[0][i * 2 + j], &head[1], &code, false);
    let x = examples::<5>(std::slice::from_ref(&v));
    assert!(near(classifier.predict(&x).unwrap().as_slice(), &expected));
    let expected = down(&low, &down(&top, &code, true), true);
    assert!(near(net.unroll().predict(&x).unwrap().as_slice(), &expected));
}

#[test]
fn they_are_networks_like_any_other() {
    let net = Dbn::new(1);
    let (autoencoder, classifier) = (net.unroll(), net.into_classifier::<7>());
    assert_eq!(autoencoder.name(), "Unrolled<Dbn>");
    let names = |layout: ann::autodiff::Layout| -> Vec<String> {
        layout.segments().iter().map(|s| format!("{} {}", s.name, s.extents)).collect()
    };
    assert_eq!(names(autoencoder.layout())[..2], ["encoder.low.weight [4, 5]", "encoder.low.bias [4]"]);
    assert_eq!(names(autoencoder.layout())[10..], ["decoder.low.weight [5, 4]", "decoder.low.bias [5]"]);
    assert_eq!(names(classifier.layout())[6..], ["head.weight [7, 2]", "head.bias [7]"]);
    assert_eq!(autoencoder.layout().len(), Unrolled::<Dbn>::PARAMETERS);
    assert_eq!(classifier.layout().len(), Classifier::<Dbn, 7>::PARAMETERS);
    assert!(autoencoder.summary().contains("total"), "{}", autoencoder.summary());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unrolled.safetensors");
    autoencoder.save(&path).unwrap();
    let mut other = Dbn::new(2).unroll();
    assert!(bits(&other).unwrap() != bits(&autoencoder).unwrap());
    other.load(&path).unwrap();
    assert!(bits(&other).unwrap() == bits(&autoencoder).unwrap());
    assert!(Dbn::new(3).into_classifier::<7>().load(&path).is_err());
    assert_eq!(autoencoder.in_precision(Dtype::F64).precision(), Dtype::F64);
}

#[test]
fn an_autoencoder_trains_on_and_gives_its_encoder_back() {
    let data = images(200).unwrap().flatten().reconstruct();
    for precision in [Dtype::F32, Dtype::F64] {
        let mut net = Digits::builder().precision(precision).build();
        Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1))
            .epochs(2)
            .batch(20)
            .quiet()
            .pretrain(&mut net, &data)
            .unwrap();
        let mut autoencoder = net.unroll();
        let before = bits(&net).unwrap();
        let mut trainer = Trainer::new(MeanSquaredError, Adam::new(0.003)).epochs(3).batch(20).quiet();
        let history = trainer.fit(&mut autoencoder, &data).unwrap();
        assert!(history.epochs()[2].loss < history.epochs()[0].loss);
        assert!(bits(&net).unwrap() == before, "the autoencoder has numbers of its own");
        autoencoder.copy_encoder_to(&mut net).unwrap();
        assert!(
            net.parameter("rbm2.weight").unwrap() == autoencoder.parameter("encoder.rbm2.weight").unwrap()
        );
        let mut by_entropy = autoencoder.logits();
        let mut trainer = Trainer::new(BinaryCrossEntropy, Adam::new(0.003)).epochs(3).batch(20).quiet();
        let history = trainer.fit(&mut by_entropy, &data).unwrap();
        assert!(history.epochs()[2].loss < history.epochs()[0].loss);
    }
}

#[test]
fn dropout_drops_while_training_only() {
    let data = images(60).unwrap().flatten();
    let x: Examples<Rank1<784>> = data.inputs().unwrap();
    let plain = Digits::new(1).into_classifier::<10>();
    let dropped = plain.clone().dropout(0.2, 0.5);
    assert_eq!(plain.predict(&x).unwrap(), dropped.predict(&x).unwrap());
    let loss = |net: &Classifier<Digits, 10>| {
        let mut net = net.clone();
        let mut trainer = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).epochs(1).batch(60).quiet();
        trainer.fit(&mut net, &data).unwrap().epochs()[0].loss
    };
    assert!(loss(&plain) != loss(&dropped));
    assert!(loss(&dropped) != loss(&plain.clone().dropout(0.2, 0.0)));
    let mut wrong = plain.dropout(0.2, 1.0);
    let error = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).quiet().fit(&mut wrong, &data).unwrap_err();
    assert_eq!(error.to_string(), "Classifier::dropout: hidden = 1 is refused: it must lie in [0, 1)");
}

#[test]
fn a_belief_net_generates_what_its_input_could_be() {
    let net = Digits::new(4);
    let images = net.sample(3, 10, 1).unwrap();
    assert_eq!((images.len(), images.width()), (3, 784));
    assert!(images.as_slice().iter().all(|pixel| (0.0..=1.0).contains(pixel)));
    assert_eq!(images, net.sample(3, 10, 1).unwrap());
    assert_ne!(images, net.sample(3, 10, 2).unwrap());
}

#[test]
fn a_two_way_network_is_a_layer_of_others_and_is_saved() {
    network! { struct Around: [784] -> [10] { features: Digits -> [6], Dense(10) } }
    let data = images(40).unwrap().flatten();
    let mut around = Around::new(1);
    Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1))
        .epochs(1)
        .batch(20)
        .quiet()
        .pretrain(&mut around.features, &data)
        .unwrap();
    assert!(
        around.parameter("features.rbm1.weight").unwrap()
            == around.features.parameter("rbm1.weight").unwrap()
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dbn.safetensors");
    around.features.save(&path).unwrap();
    let mut digits = Digits::new(9);
    digits.load(&path).unwrap();
    assert!(bits(&digits).unwrap() == bits(&around.features).unwrap());
}

#[test]
fn a_machine_may_be_repeated() {
    let net = Repeated::new(1);
    let labels: Vec<String> =
        net.machines().iter().map(|machine| machine.structure().label().to_owned()).collect();
    assert_eq!(labels.len(), 2);
    let x = examples::<6>(&[vec![1.0, 0.0, 0.0, 1.0, 1.0, 0.5]]);
    let [low, high] = [0, 1].map(|number| Numbers::of(&net, &labels[number]));
    let expected = up(&high, &up(&low, x.as_slice(), true), true);
    let found = net.predict(&x).unwrap();
    // In 32 bits.
    assert!(found.as_slice().iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
}
