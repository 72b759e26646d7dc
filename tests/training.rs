//! What training does beside descending: full batches, penalties, bounds, statistics, stopping, schedules, predictions.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::{Arc, Mutex};

use ann::metric::Metric;
use ann::optimizer::Lbfgs;
use ann::prelude::*;
use ann::schedule::Step;
use ann::train::{Callback, Control, Epoch, FullBatch, Snapshot, StepEnd};
use ann::{Cost, Dtype, Recorder, Var};
use ann_tests::{Dense3, Small, bits, images};

network! {
    struct Xor: [2] -> [2] { Dense(6), Tanh, Dense(2) }
    struct Line: [1] -> [1] { Dense(1) }
    struct Shrunk: [1] -> [1] { only: Dense(1, bias = false, init = 1.0, l1 = 0.25, l2 = 0.5) }
    struct Bounded: [4] -> [3] { only: Dense(3, init = 2.0, max_norm = 1.0) }
    struct Headed: [3] -> [2] {
        body: Dense(4), trunk: Tanh, head: Dense(2),
        Auxiliary(weight = 0.3) <- (trunk, head),
        end: Dense(2),
    }
    struct HeadOnly: [3] -> [2] { body: Dense(4), Tanh, head: Dense(2) }
    struct EndOnly: [3] -> [2] { body: Dense(4), Tanh, end: Dense(2) }
    struct AroundHeaded: [3] -> [5] { body: Headed -> [2], last: Dense(5) }
    struct AroundEnd: [3] -> [5] { body: EndOnly -> [2], last: Dense(5) }
    struct Residual: [3] -> [3] { Dense(3), Tanh, part: EndOnly -> [2], Dense(3) }
    struct Mine: [3] -> [3] { first: Twice -> [3], Dense(3) }
    struct InNames: [3] -> [3] { first: ByName -> [3], Dense(3) }
    struct Normal: [2] -> [2] { norm: BatchNorm(momentum = 0.5) }
}

fn xor() -> InMemory<Rank1<2>, Class<2>, f64> {
    let x = Examples::from_vec(vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]).unwrap();
    InMemory::classes(x, &[0, 1, 1, 0]).unwrap()
}

/// `y = 3 x - 1` at some places.
fn line() -> InMemory<Rank1<1>, Values<Rank1<1>>, f64> {
    let x: Vec<f64> = (0..20).map(|i| f64::from(i) / 10.0 - 1.0).collect();
    let y = x.iter().map(|x| 3.0 * x - 1.0).collect();
    InMemory::values(Examples::from_vec(x).unwrap(), Examples::from_vec(y).unwrap()).unwrap()
}

#[test]
fn lbfgs_solves_xor_and_finds_a_line_exactly() {
    let mut net = Xor::builder().seed(1).precision(Dtype::F64).build();
    let outcome = FullBatch::new(CrossEntropy::new(), Lbfgs::new()).fit(&mut net, &xor()).unwrap();
    assert!(outcome.loss < 1e-3, "{outcome}");
    let mut line_net = Line::builder().precision(Dtype::F64).build();
    FullBatch::new(MeanSquaredError, Lbfgs::new()).fit(&mut line_net, &line()).unwrap();
    let found =
        [line_net.parameter("dense1.weight").unwrap()[0], line_net.parameter("dense1.bias").unwrap()[0]];
    assert!((found[0] - 3.0).abs() < 1e-6 && (found[1] + 1.0).abs() < 1e-6, "{found:?}");
}

#[test]
fn lbfgs_refuses_what_is_no_function_of_the_parameters() {
    let data = images(32).unwrap();
    let mut net = Small::new(0);
    let before = bits(&net).unwrap();
    let error =
        FullBatch::new(CrossEntropy::new(), Lbfgs::new()).fit(&mut net, &data).unwrap_err().to_string();
    assert!(error.contains("running_mean") || error.contains("running statistic"), "{error}");
    assert!(bits(&net).unwrap() == before);
}

#[test]
fn penalties_are_in_the_loss_and_in_the_gradient() {
    // One weight w = 1 on x = 0: the loss is the penalty alone, 0.25 |w| + 0.5 / 2 w^2, its slope 0.25 + 0.5 w.
    let zero = Examples::<Rank1<1>, f64>::from_vec(vec![0.0]).unwrap();
    let data: InMemory<Rank1<1>, Values<Rank1<1>>, f64> = InMemory::values(zero.clone(), zero).unwrap();
    let mut net = Shrunk::builder().precision(Dtype::F64).build();
    let mut trainer = Trainer::new(MeanSquaredError, Sgd::new(0.1)).epochs(1).batch(1);
    let history = trainer.fit(&mut net, &data).unwrap();
    assert!((history.epochs()[0].loss - 0.5).abs() < 1e-15);
    assert!((net.parameter("only.weight").unwrap()[0] - (1.0 - 0.1 * 0.75)).abs() < 1e-15);
    assert_eq!(trainer.evaluate(&net, &data).unwrap().loss, 0.0, "an evaluation has no penalties");
}

#[test]
fn a_largest_norm_is_held_after_each_step() {
    let x = Examples::<Rank1<4>>::from_vec(vec![1.0; 8]).unwrap();
    let data: InMemory<Rank1<4>, Class<3>> = InMemory::classes(x, &[0, 2]).unwrap();
    let mut net = Bounded::new(0);
    Trainer::new(CrossEntropy::new(), Sgd::new(0.5)).epochs(5).batch(1).fit(&mut net, &data).unwrap();
    for unit in net.parameter("only.weight").unwrap().chunks(4) {
        let norm = unit.iter().map(|w| w * w).sum::<f64>().sqrt();
        assert!(norm < 1.0 + 1e-6, "{norm}");
    }
}

#[test]
fn running_statistics_follow_the_batches_and_serve_predictions() {
    // Feature 0 is 1 and 3: mean 2, unbiased variance 2; feature 1 is always 5.
    let x = Examples::<Rank1<2>, f64>::from_vec(vec![1.0, 5.0, 3.0, 5.0]).unwrap();
    let data: InMemory<Rank1<2>, Values<Rank1<2>>, f64> = InMemory::values(x.clone(), x.clone()).unwrap();
    let mut net = Normal::builder().precision(Dtype::F64).build();
    Trainer::new(MeanSquaredError, Sgd::new(0.0)).epochs(1).batch(2).fit(&mut net, &data).unwrap();
    assert_eq!(net.parameter("norm.running_mean").unwrap(), [1.0, 2.5]);
    let variance = net.parameter("norm.running_var").unwrap();
    assert!((variance[0] - 1.5).abs() < 1e-12 && (variance[1] - 0.5).abs() < 1e-12, "{variance:?}");
    let y = net.predict(&x).unwrap();
    // (x - running mean) / sqrt(running variance + eps), of both examples.
    for (y, (x, mean, variance)) in
        y.as_slice().iter().zip([(1.0, 1.0, 1.5), (5.0, 2.5, 0.5), (3.0, 1.0, 1.5), (5.0, 2.5, 0.5_f64)])
    {
        assert!((y - (x - mean) / (variance + 1e-5).sqrt()).abs() < 1e-12, "{y} of {x}");
    }
    assert_eq!(Normal::PARAMETERS, 4, "statistics are no parameters");
}

/// Keeps what it is told.
#[derive(Clone, Debug, Default)]
struct Notes {
    steps: Arc<Mutex<Vec<StepEnd>>>,
    epochs: Arc<Mutex<Vec<Epoch>>>,
    limit: Option<u64>,
}

impl Callback for Notes {
    fn on_step(&mut self, at: &StepEnd) -> Result<Control> {
        self.steps.lock().unwrap().push(*at);
        Ok(if self.limit == Some(at.step) { Control::Stop } else { Control::Continue })
    }

    fn on_epoch(&mut self, epoch: &Epoch, _: &Snapshot<'_>) -> Result<Control> {
        self.epochs.lock().unwrap().push(epoch.clone());
        Ok(Control::Continue)
    }
}

#[test]
fn callbacks_see_every_step_and_may_stop_the_run() {
    let data = images(100).unwrap().flatten();
    let notes = Notes { limit: Some(7), ..Notes::default() };
    let mut trainer =
        Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).epochs(5).batch(30).callback(notes.clone());
    let history = trainer.fit(&mut Dense3::new(0), &data).unwrap();
    let steps = notes.steps.lock().unwrap();
    let places: Vec<(u64, u64)> = steps.iter().map(|at| (at.step, at.epoch)).collect();
    // 100 examples in batches of 30 are four steps an epoch.
    assert_eq!(places, [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (6, 2), (7, 2)]);
    assert_eq!((history.len(), notes.epochs.lock().unwrap().len()), (1, 1));
}

#[test]
fn the_rest_of_an_epoch_is_kept_or_dropped_as_told() {
    let data = images(100).unwrap().flatten();
    let steps = |drops: bool| {
        let trainer = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).epochs(2).batch(30);
        let mut trainer = if drops { trainer.drop_last() } else { trainer };
        trainer.fit(&mut Dense3::new(0), &data).unwrap().last().unwrap().step
    };
    assert_eq!((steps(false), steps(true)), (8, 6));
}

#[test]
fn schedules_change_the_learning_rate_of_each_step() {
    let data = images(60).unwrap().flatten();
    let notes = Notes::default();
    let trainer = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).epochs(4).batch(30);
    trainer.schedule(Step::epochs(2, 0.1)).callback(notes.clone()).fit(&mut Dense3::new(0), &data).unwrap();
    let rates: Vec<f64> = notes.steps.lock().unwrap().iter().map(|at| at.learning_rate).collect();
    assert_eq!(rates.len(), 8);
    for (rate, expected) in rates.iter().zip([0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01]) {
        assert!((rate - expected).abs() < 1e-15, "{rates:?}");
    }
}

#[test]
fn early_stopping_ends_with_the_best_parameters() {
    let (train, validation) = (images(300).unwrap().flatten(), images(600).unwrap().flatten());
    let mut net = Dense3::new(0);
    let mut trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.01))
        .epochs(40)
        .batch(30)
        .metric(Accuracy::new())
        .early_stopping(EarlyStopping::new(2));
    let history = trainer.fit_validated(&mut net, &train, &validation).unwrap();
    assert!(history.len() < 40, "it never stopped");
    let losses: Vec<f64> = history.epochs().iter().map(|epoch| epoch.validation_loss.unwrap()).collect();
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(losses[losses.len() - 3], best, "two epochs without a better one end it");
    assert!((trainer.evaluate(&net, &validation).unwrap().loss - best).abs() < 1e-12);
}

#[test]
fn a_network_within_another_one_is_trained_and_saved_on_its_own() {
    network! {
        struct Inner: [784] -> [10] { Dense(16), Relu, Dense(10) }
        struct Outer: [784] -> [10] { inner: Inner -> [10], last: Dense(10) }
    }
    let data = images(100).unwrap().flatten();
    let mut net = Outer::new(0);
    let last = net.parameter("last.weight").unwrap();
    let before = net.parameter("inner.dense1.weight").unwrap();
    Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).epochs(1).batch(50).fit(&mut net.inner, &data).unwrap();
    // The part shares the whole's parameters: they moved in both, and nothing else did.
    assert_ne!(net.parameter("inner.dense1.weight").unwrap(), before);
    assert_eq!(net.inner.parameter("dense1.weight").unwrap(), net.parameter("inner.dense1.weight").unwrap());
    assert_eq!(net.parameter("last.weight").unwrap(), last);

    let folder = tempfile::tempdir().unwrap();
    net.inner.save(folder.path().join("inner.safetensors")).unwrap();
    let mut alone = Inner::new(5);
    alone.load(folder.path().join("inner.safetensors")).unwrap();
    assert!(bits(&alone).unwrap() == bits(&net.inner).unwrap());
    // One that was built on its own cannot take its place unseen.
    net.inner = alone;
    let error = net.predict(&data.inputs::<f32>().unwrap()).unwrap_err().to_string();
    assert!(error.contains("`inner` has weights of its own"), "{error}");
}

#[test]
fn a_predictor_gives_what_predict_gives_on_any_number_of_threads() {
    let net = Small::new(2);
    let x = images(300).unwrap().inputs::<f32>().unwrap();
    let expected = net.predict(&x).unwrap();
    for threads in [1, 2, 3] {
        let mut predictor = net.predictor().unwrap().threads(threads);
        assert_eq!(predictor.predict(&x).unwrap().as_slice(), expected.as_slice());
        assert_eq!(predictor.predict(&x.take(5)).unwrap().as_slice(), &expected.as_slice()[..50]);
    }
    let none = Examples::<Rank3<1, 28, 28>>::from_vec(Vec::new()).unwrap();
    assert_eq!(net.predict(&none).unwrap().len(), 0);
}

#[test]
fn a_predictor_stays_as_the_network_was() {
    let mut net = Small::new(2);
    let x = images(3).unwrap().inputs::<f32>().unwrap();
    let expected = net.predict(&x).unwrap();
    let mut predictor = net.predictor().unwrap();
    assert_eq!(predictor.predict(&x.take(1)).unwrap().as_slice(), &expected.as_slice()[..10]);
    let name = net.layout().segments().last().unwrap().name.clone();
    let values: Vec<f64> = net.parameter(&name).unwrap().iter().map(|value| value + 1.0).collect();
    net.set_parameter(&name, &values).unwrap();
    assert_eq!(predictor.predict(&x).unwrap(), expected);
    assert_ne!(net.predict(&x).unwrap(), expected);
}

#[test]
fn early_stopping_may_keep_the_last_parameters() {
    let (train, validation) = (images(300).unwrap().flatten(), images(600).unwrap().flatten());
    let mut net = Dense3::new(0);
    let rule = EarlyStopping::new(2).restore_best(false);
    let mut trainer =
        Trainer::new(CrossEntropy::new(), Adam::new(0.01)).epochs(40).batch(30).early_stopping(rule);
    let history = trainer.fit_validated(&mut net, &train, &validation).unwrap();
    let last = history.last().unwrap().validation_loss.unwrap();
    assert!((trainer.evaluate(&net, &validation).unwrap().loss - last).abs() < 1e-12);
}

#[test]
fn a_network_goes_from_one_precision_to_the_other() {
    let mut net = Small::builder().seed(3).precision(Dtype::F64).build();
    let name = net.layout().segments()[0].name.clone();
    let mut weights = net.parameter(&name).unwrap();
    weights[0] = 1.0 / 3.0;
    net.set_parameter(&name, &weights).unwrap();
    let single = net.in_precision(Dtype::F32);
    let rounded: Vec<f64> = weights.iter().map(|w| f64::from(*w as f32)).collect();
    assert_eq!(single.parameter(&name).unwrap(), rounded);
    assert_eq!(single.in_precision(Dtype::F64).parameter(&name).unwrap(), rounded);
    assert_eq!(net.parameter(&name).unwrap(), weights, "the network itself is as it was");
}

#[test]
fn the_weights_on_the_disk_end_as_those_of_the_network() {
    let (train, validation) = (images(300).unwrap().flatten(), images(600).unwrap().flatten());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    // As many epochs as there may be: early stopping ends it.
    let trainer = || {
        Trainer::new(CrossEntropy::new(), Adam::new(0.01))
            .epochs(u64::MAX)
            .batch(30)
            .early_stopping(EarlyStopping::new(1))
            .checkpoint(&path)
            .resume()
    };
    let mut net = Dense3::new(0);
    let history = trainer().fit_validated(&mut net, &train, &validation).unwrap();
    let on_disk = || {
        let mut net = Dense3::new(9);
        net.load(&path).unwrap();
        bits(&net).unwrap()
    };
    assert!(on_disk() == bits(&net).unwrap());
    // Cut off between the two files: the weights are missing, or of an earlier epoch. Resuming puts them right.
    std::fs::remove_file(&path).unwrap();
    for _ in 0..2 {
        let mut again = Dense3::new(5);
        assert_eq!(trainer().fit_validated(&mut again, &train, &validation).unwrap(), history);
        assert!(on_disk() == bits(&net).unwrap() && bits(&again).unwrap() == bits(&net).unwrap());
        Dense3::new(7).save(&path).unwrap();
    }
}

#[test]
fn checkpoints_are_refused_without_a_folder_and_not_begun_by_no_epochs() {
    let data = images(60).unwrap().flatten();
    let mut net = Dense3::new(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none/net");
    let error = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).checkpoint(&path).fit(&mut net, &data);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("none/net: there is no folder"), "{error}");
    assert!(bits(&net).unwrap() == bits(&Dense3::new(0)).unwrap());
    // A run of no epochs leaves nothing that a later one could not go on with.
    let path = folder.path().join("net");
    for epochs in [0, 0, 1] {
        let trainer =
            Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).epochs(epochs).checkpoint(&path).resume();
        { trainer }.fit(&mut net, &data).unwrap();
        assert_eq!(path.exists(), 0 < epochs);
    }
}

#[test]
fn stopping_at_the_last_step_of_an_epoch_completes_it() {
    #[derive(Debug)]
    struct After(u64);
    impl Callback for After {
        fn on_step(&mut self, at: &StepEnd) -> Result<Control> {
            Ok(if at.step == self.0 { Control::Stop } else { Control::Continue })
        }
    }
    let data = images(60).unwrap().flatten();
    for (step, epochs) in [(1, 0), (2, 1), (3, 1), (4, 2)] {
        let trainer = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).batch(30);
        let history = trainer.callback(After(step)).fit(&mut Dense3::new(0), &data).unwrap();
        assert_eq!(history.len(), epochs, "stopped after step {step}");
    }
}

#[test]
fn names_that_are_taken_are_refused() {
    #[derive(Clone, Debug)]
    struct Named(&'static str);
    impl Metric for Named {
        fn name(&self) -> String {
            self.0.into()
        }
        fn reset(&mut self) {}
        fn update(&mut self, _: &[f64], _: &[f64], _: usize) {}
        fn value(&self) -> f64 {
            0.0
        }
        fn better(&self) -> ann::metric::Better {
            ann::metric::Better::Lower
        }
    }
    let data = images(30).unwrap().flatten();
    for names in [["loss", "other"], ["other", "other"], ["seconds", "other"]] {
        let trainer = names
            .into_iter()
            .fold(Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).batch(30), |trainer, name| {
                trainer.metric(Named(name))
            });
        let error = { trainer }.fit(&mut Dense3::new(0), &data).unwrap_err().to_string();
        let expected = format!("`{}` twice", if names[0] == "other" { "other" } else { names[0] });
        assert!(
            error.starts_with("the metrics of a trainer: expected names that differ")
                && error.ends_with(&expected),
            "{error}"
        );
    }
}

#[test]
fn a_head_adds_its_loss_by_its_weight_and_is_left_out_at_prediction() {
    let x: Vec<f64> = (0..15).map(|i| (f64::from(i) * 0.7).sin()).collect();
    let data: InMemory<Rank1<3>, Class<2>, f64> =
        InMemory::classes(Examples::from_vec(x).unwrap(), &[0, 1, 1, 0, 1]).unwrap();
    let headed = Headed::builder().seed(3).precision(Dtype::F64).build();
    let (mut head, mut end) =
        (HeadOnly::builder().precision(Dtype::F64).build(), EndOnly::builder().precision(Dtype::F64).build());
    for name in ["body.weight", "body.bias", "head.weight", "head.bias"] {
        head.set_parameter(name, &headed.parameter(name).unwrap()).unwrap();
    }
    for name in ["body.weight", "body.bias", "end.weight", "end.bias"] {
        end.set_parameter(name, &headed.parameter(name).unwrap()).unwrap();
    }
    let mut trainer = Trainer::new(CrossEntropy::new(), Sgd::new(1.0)).quiet();
    let of_all = trainer.gradients(&headed, &data).unwrap();
    let (of_head, of_end) =
        (trainer.gradients(&head, &data).unwrap(), trainer.gradients(&end, &data).unwrap());
    // Sums of f64 of the order of 1.
    assert!((of_all.loss - (of_end.loss + 0.3 * of_head.loss)).abs() < 1e-14);
    for segment in of_all.layout().segments() {
        let name = &segment.name;
        let part =
            |gradients: &ann::train::Gradients, place: usize| gradients.get(name).map_or(0.0, |g| g[place]);
        for (place, found) in of_all.get(name).unwrap().iter().enumerate() {
            let expected = part(&of_end, place) + 0.3 * part(&of_head, place);
            assert!((found - expected).abs() < 1e-14, "{name}: {found}, not {expected}");
        }
    }
    // Judged and predicted by the output alone.
    assert_eq!(trainer.evaluate(&headed, &data).unwrap().loss, trainer.evaluate(&end, &data).unwrap().loss);
    let of_headed = headed.predict(&data.inputs).unwrap();
    assert_eq!(of_headed.as_slice(), end.predict(&data.inputs).unwrap().as_slice());
}

#[test]
fn heads_of_a_network_within_another_are_left_out() {
    let x: Vec<f64> = (0..15).map(|i| (f64::from(i) * 0.7).sin()).collect();
    let data: InMemory<Rank1<3>, Class<5>, f64> =
        InMemory::classes(Examples::from_vec(x).unwrap(), &[0, 1, 4, 3, 1]).unwrap();
    let mut headed = AroundHeaded::builder().seed(3).precision(Dtype::F64).build();
    let mut end = AroundEnd::builder().precision(Dtype::F64).build();
    for segment in end.layout().segments() {
        end.set_parameter(&segment.name, &headed.parameter(&segment.name).unwrap()).unwrap();
    }
    let head = headed.parameter("body.head.weight").unwrap();
    let mut trainer = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).epochs(3).batch(2).quiet();
    assert_eq!(
        trainer.fit(&mut headed, &data).unwrap().epochs()[2].loss,
        trainer.fit(&mut end, &data).unwrap().epochs()[2].loss
    );
    assert_eq!(headed.parameter("body.body.weight").unwrap(), end.parameter("body.body.weight").unwrap());
    assert_eq!(headed.parameter("body.head.weight").unwrap(), head);
    // Its own heads count where it is trained itself.
    let data: InMemory<Rank1<3>, Class<2>, f64> = InMemory::classes(data.inputs, &[0, 1, 1, 0, 1]).unwrap();
    trainer.fit(&mut headed.body, &data).unwrap();
    assert_ne!(headed.parameter("body.head.weight").unwrap(), head);
}

/// A network, twice.
#[derive(Clone, Debug, Default)]
struct Twice {
    part: Residual,
}

impl Layer for Twice {
    type Input = Rank1<3>;
    type Output = Rank1<3>;

    fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<3>>) -> Result<Var<'t, Rank1<3>>> {
        let x = tape.layer("one", &self.part, x)?;
        tape.layer("other", &self.part, x)
    }
}

impl Cost for Twice {
    const PARAMETERS: usize = 2 * Residual::PARAMETERS;
    const FLOPS: u64 = 2 * Residual::FLOPS_PER_EXAMPLE;
}

/// A network with values of its own.
#[derive(Clone, Debug)]
struct ByName {
    part: Residual,
}

impl Default for ByName {
    fn default() -> Self {
        Self { part: Residual::new(0) }
    }
}

impl Layer for ByName {
    type Input = Rank1<3>;
    type Output = Rank1<3>;

    fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<3>>) -> Result<Var<'t, Rank1<3>>> {
        tape.layer("part", &self.part, x)
    }
}

impl Cost for ByName {
    const PARAMETERS: usize = Residual::PARAMETERS;
    const FLOPS: u64 = Residual::FLOPS_PER_EXAMPLE;
}

#[test]
fn a_layer_of_ones_own_may_hold_a_network() {
    let mut net = Mine::builder().seed(2).precision(Dtype::F64).build();
    assert_eq!(net.layout().len(), Mine::PARAMETERS);
    let x = Examples::from_vec((0..30).map(|i| (f64::from(i) * 0.7).sin()).collect()).unwrap();
    let data: InMemory<Rank1<3>, Values<Rank1<3>>, f64> = InMemory::values(x.clone(), x.clone()).unwrap();
    let names = ["first.one.part.body.weight", "first.other.dense2.weight"];
    let before = names.map(|name| net.parameter(name).unwrap());
    let loss = |net: &Mine| Trainer::new(MeanSquaredError, Sgd::new(0.1)).evaluate(net, &data).unwrap().loss;
    let first = loss(&net);
    Trainer::new(MeanSquaredError, Adam::new(0.02)).epochs(50).batch(5).quiet().fit(&mut net, &data).unwrap();
    assert!(loss(&net) < 0.5 * first, "{first} {}", loss(&net));
    assert!(names.iter().zip(before).all(|(name, before)| net.parameter(name).unwrap() != before));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.safetensors");
    net.save(&path).unwrap();
    let mut other = Mine::builder().seed(7).precision(Dtype::F64).build();
    other.load(&path).unwrap();
    assert!(bits(&net).unwrap() == bits(&other).unwrap());
    assert_eq!(net.predict(&x).unwrap(), other.predict(&x).unwrap());
    assert_eq!(net.in_precision(Dtype::F32).predict(&x).unwrap().len(), 10);
    // A network that has values would not be what is trained.
    let error = InNames::new(0).predict(&x).unwrap_err().to_string();
    assert_eq!(
        error,
        "`part` has weights of its own, which `InNames` does not see: copy them into it with `copy_from`; \
         a layer of your own holds a network without weights, its `default()`"
    );
}
