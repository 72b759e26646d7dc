//! A loss that turns NaN stops training with the step and the layer, and the last good parameters are kept.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::Error;
use ann::data::Examples;
use ann::metric::Mse;
use ann::prelude::*;
use ann::train::{Callback, Control, StepEnd};
use ann_tests::{bits, images};

network! {
    struct Chain: [784] -> [10] { first: Dense(16), Tanh, second: Dense(16), Tanh, third: Dense(10) }
}

fn descend(rate: f64) -> Trainer<CrossEntropy> {
    Trainer::new(CrossEntropy::new(), Sgd::new(rate)).epochs(3).batch(50)
}

#[test]
fn divergence_names_the_step_and_keeps_the_last_good_parameters() {
    let mut net = Chain::new(0);
    let before = bits(&net).unwrap();
    let error = descend(1e39).fit(&mut net, &images(200).unwrap().flatten()).unwrap_err();
    let Error::Diverged { step, epoch, layer, .. } = &error else { panic!("{error}") };
    assert_eq!((*step, *epoch), (2, 1));
    // An update of 1e39 is beyond f32: the first layer's weights are the first to be infinite.
    assert_eq!(layer.as_deref(), Some("first"));
    assert!(bits(&net).unwrap() == before, "the parameters before the run were the last good ones");
}

#[test]
fn the_layer_whose_output_first_went_wrong_is_named() {
    let mut net = Chain::new(0);
    let mut weights = net.parameter("second.weight").unwrap();
    weights[3] = f64::NAN;
    net.set_parameter("second.weight", &weights).unwrap();
    let error = descend(0.1).fit(&mut net, &images(200).unwrap().flatten()).unwrap_err();
    let Error::Diverged { step: 1, layer: Some(layer), .. } = &error else { panic!("{error}") };
    assert_eq!(layer, "second");
}

#[test]
fn a_nan_among_the_data_is_named_by_its_place() {
    let mut x = vec![0.5_f32; 20 * 784];
    x[7 * 784 + 3] = f32::NAN;
    let error = Examples::<Rank1<784>, f32>::from_vec(x).unwrap_err();
    assert_eq!(error.to_string(), "example 7, column 3 is NaN; data must be finite numbers");
}

#[test]
fn parameters_from_before_the_epoch_survive_a_late_divergence() {
    // The learning rate grows without bound: the first epochs are fine, then it runs off.
    #[derive(Debug)]
    struct Explodes;
    impl ann::schedule::Schedule for Explodes {
        fn factor(&self, at: ann::schedule::Progress) -> f64 {
            if at.epoch < 2 { 1.0 } else { 1e40 }
        }
    }
    let data = images(200).unwrap().flatten();
    let mut diverged = Chain::new(0);
    let error = descend(0.1).epochs(4).schedule(Explodes).fit(&mut diverged, &data).unwrap_err();
    assert!(matches!(error, Error::Diverged { epoch: 3, .. }), "{error}");
    let mut good = Chain::new(0);
    descend(0.1).epochs(2).fit(&mut good, &data).unwrap();
    assert!(bits(&diverged).unwrap() == bits(&good).unwrap());
}

/// Does what it is told after the first step.
#[derive(Clone, Debug)]
struct AfterTheFirstStep(fn() -> Result<Control>);

impl Callback for AfterTheFirstStep {
    fn on_step(&mut self, _: &StepEnd) -> Result<Control> {
        (self.0)()
    }
}

#[test]
fn a_run_that_ends_right_after_it_ran_off_keeps_the_last_good_parameters() {
    let data = images(200).unwrap().flatten();
    let mut net = Chain::new(0);
    let before = bits(&net).unwrap();
    let error =
        descend(1e39).callback(AfterTheFirstStep(|| Ok(Control::Stop))).fit(&mut net, &data).unwrap_err();
    assert!(matches!(error, Error::Diverged { step: 1, epoch: 1, .. }), "{error}");
    assert!(bits(&net).unwrap() == before);
    let stop = AfterTheFirstStep(|| Err(Error::Empty { what: "the callback".into() }));
    let error = descend(1e39).callback(stop).fit(&mut net, &data).unwrap_err();
    assert!(matches!(error, Error::Empty { .. }), "{error}");
    assert!(bits(&net).unwrap() == before);
}

#[test]
fn a_callback_that_fails_loses_no_good_step() {
    let data = images(200).unwrap().flatten();
    let (mut stopped, mut failed) = (Chain::new(0), Chain::new(0));
    descend(0.1).callback(AfterTheFirstStep(|| Ok(Control::Stop))).fit(&mut stopped, &data).unwrap();
    let fails = AfterTheFirstStep(|| Err(Error::Empty { what: "the callback".into() }));
    descend(0.1).callback(fails).fit(&mut failed, &data).unwrap_err();
    assert!(bits(&stopped).unwrap() == bits(&failed).unwrap());
    assert!(bits(&stopped).unwrap() != bits(&Chain::new(0)).unwrap());
}

#[test]
fn parameters_that_are_finite_but_have_run_off_are_not_written() {
    network! { struct Line: [1] -> [1] { Dense(1) } }
    let x = Examples::<Rank1<1>, f32>::from_vec((0..40).map(|i| i as f32).collect()).unwrap();
    let data: InMemory<Rank1<1>, Values<Rank1<1>>> = InMemory::values(x.clone(), x).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line");
    let trainer = |rate, epochs| {
        Trainer::new(MeanSquaredError, Sgd::new(rate)).epochs(epochs).batch(40).checkpoint(&path)
    };
    let mut net = Line::new(0);
    trainer(1e-4, 1).fit(&mut net, &data).unwrap();
    let (good, file) = (bits(&net).unwrap(), std::fs::read(&path).unwrap());
    // One step takes the weights to 1e25, whose squares are beyond `f32`; nothing but the next loss would tell.
    let error = trainer(1e25, 1).metric(Mse::new()).fit(&mut net, &data).unwrap_err();
    assert!(matches!(error, Error::Evaluation { .. } | Error::Diverged { .. }), "{error}");
    assert!(bits(&net).unwrap() == good);
    assert!(std::fs::read(&path).unwrap() == file);
    let error = trainer(1e25, 1).fit(&mut net, &data).unwrap_err();
    assert!(matches!(error, Error::Diverged { step: 1, .. }), "{error}");
    assert!(bits(&net).unwrap() == good);
    assert!(std::fs::read(&path).unwrap() == file);
}
