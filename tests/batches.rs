//! What a batch has beside its inputs: lengths of sequences, weights of examples, state from the batch before, heads beside
//! the output.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::{Arc, Mutex};

use ann::data::{Classes, Examples};
use ann::metric::Accuracy;
use ann::prelude::*;
use ann::train::{Callback, Control, Gradients, StepEnd};
use ann::{Cost, Dtype, Error, Recorder, STEPS, Var};
use ann_tests::bits;

network! {
    /// A value at each step, of that step alone.
    struct EachStep: [_, 3] -> [_, 4] { Dense(5), Tanh, Dense(4) }
    struct EachStepValues: [_, 3] -> [_, 2] { Dense(2) }
    struct Linear: [3] -> [4] { Dense(5), Tanh, Dense(4) }
    struct Values2: [3] -> [2] { Dense(2) }
    struct Flat: [4, 3] -> [2] { Flatten, Dense(2) }
    struct Counter: [2] -> [2] { memory: Memory -> [2] }
    struct Heads: [3] -> [4] { Dense(5), Tanh, Dense(4), own: Beside -> [4] }
}

/// `y = w x + state`, which is the state from then on.
#[derive(Clone, Debug, Default)]
struct Memory;

impl Layer for Memory {
    type Input = Rank1<2>;
    type Output = Rank1<2>;

    fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<2>>) -> Result<Var<'t, Rank1<2>>> {
        let y = x * tape.parameter("weight", &[2], &ann::Initial::constant(1.0));
        if !tape.carries() {
            return Ok(y.typed());
        }
        let state = tape.tape().state(&x.extents());
        let y = y + state;
        tape.tape().carry(state, y);
        Ok(y.typed())
    }
}

impl Cost for Memory {
    const PARAMETERS: usize = 2;
    const FLOPS: u64 = 2;
}

/// Makes a head of what it takes and gives it on.
#[derive(Clone, Debug, Default)]
struct Beside;

impl Layer for Beside {
    type Input = Rank1<4>;
    type Output = Rank1<4>;

    fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<4>>) -> Result<Var<'t, Rank1<4>>> {
        tape.auxiliary((x * 2.0).untyped(), 0.25);
        Ok(x)
    }
}

impl Cost for Beside {
    const PARAMETERS: usize = 0;
    const FLOPS: u64 = 0;
}

/// A loss that counts all rows the same.
#[derive(Clone, Debug)]
struct Plain;

impl<S: Shaped> Loss<S> for Plain {
    type Target = Values<S>;

    fn record<'t>(&self, _: &Recorder<'t>, y: Var<'t, S>, target: Var<'t>) -> Result<Var<'t>> {
        Ok((y - target).abs().mean())
    }
}

fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let random = ann::autodiff::random::Random::new(seed);
    (0..count as u64).map(|i| random.normal(i)).collect()
}

fn same(one: &Gradients, other: &Gradients) {
    assert!((one.loss - other.loss).abs() < 1e-12, "{} and {}", one.loss, other.loss);
    for (number, (a, b)) in one.as_slice().iter().zip(other.as_slice()).enumerate() {
        assert!((a - b).abs() < 1e-12, "gradient {number}: {a} and {b}");
    }
}

#[test]
fn an_example_of_weight_two_counts_as_two() {
    let x = numbers(9, 1);
    let twice = |rows: &[f64], width: usize| [rows, &rows[..width]].concat();
    let net = Linear::builder().seed(3).precision(Dtype::F64).build();
    let weighted: InMemory<Rank1<3>, Class<4>, f64> =
        InMemory::classes(Examples::from_vec(x.clone()).unwrap(), &[1, 3, 0]).unwrap();
    let weighted = weighted.with_weights(&[2.0, 1.0, 1.0]).unwrap();
    let repeated: InMemory<Rank1<3>, Class<4>, f64> =
        InMemory::classes(Examples::from_vec(twice(&x, 3)).unwrap(), &[1, 3, 0, 1]).unwrap();
    let mut trainer = Trainer::new(CrossEntropy::new().label_smoothing(0.1), Sgd::new(0.1)).batch(2).quiet();
    same(&trainer.gradients(&net, &weighted).unwrap(), &trainer.gradients(&net, &repeated).unwrap());
    // An evaluation weighs as well, over batches.
    let losses =
        [trainer.evaluate(&net, &weighted).unwrap().loss, trainer.evaluate(&net, &repeated).unwrap().loss];
    assert!((losses[0] - losses[1]).abs() < 1e-12, "{losses:?}");

    let net = Values2::builder().seed(3).precision(Dtype::F64).build();
    let t = numbers(6, 2);
    let weighted: InMemory<Rank1<3>, Values<Rank1<2>>, f64> =
        InMemory::values(Examples::from_vec(x.clone()).unwrap(), Examples::from_vec(t.clone()).unwrap())
            .unwrap();
    let weighted = weighted.with_weights(&[2.0, 1.0, 1.0]).unwrap();
    let repeated: InMemory<Rank1<3>, Values<Rank1<2>>, f64> = InMemory::values(
        Examples::from_vec(twice(&x, 3)).unwrap(),
        Examples::from_vec(twice(&t, 2)).unwrap(),
    )
    .unwrap();
    macro_rules! by {
        ($($loss:expr),+) => {
            $({
                let mut trainer = Trainer::new($loss, Sgd::new(0.1));
                same(&trainer.gradients(&net, &weighted).unwrap(), &trainer.gradients(&net, &repeated).unwrap());
            })+
        };
    }
    by!(MeanSquaredError, MeanAbsoluteError, Huber::default(), BinaryCrossEntropy);
}

#[test]
fn the_loss_of_an_epoch_and_full_batches_weigh_too() {
    let x: Vec<f64> = numbers(9, 1);
    let data: InMemory<Rank1<3>, Class<4>, f64> =
        InMemory::classes(Examples::from_vec(x).unwrap(), &[1, 3, 0]).unwrap();
    let data = data.with_weights(&[3.0, 1.0, 0.5]).unwrap();
    let mut net = Linear::builder().seed(3).precision(Dtype::F64).build();
    let mut trainer = Trainer::new(CrossEntropy::new(), Sgd::new(1e-300)).epochs(1).batch(1).quiet();
    let expected = trainer.gradients(&net, &data).unwrap().loss;
    let found = trainer.fit(&mut net, &data).unwrap().epochs()[0].loss;
    assert!((found - expected).abs() < 1e-12, "{found} and {expected}");
    let outcome =
        ann::train::FullBatch::new(CrossEntropy::new(), ann::optimizer::Lbfgs::new()).fit(&mut net, &data);
    let after = trainer.evaluate(&net, &data).unwrap().loss;
    assert!((outcome.unwrap().loss - after).abs() < 1e-9 && after < expected);
}

#[test]
fn padding_is_neither_read_nor_learned_from() {
    let (x, labels) = (numbers(2 * 4 * 3, 5), [1, 3, 0, 2, 2, 1, 0, 0]);
    let mut padded = x.clone();
    // The second sequence has one step; behind it lies nonsense.
    padded[5 * 3..].fill(1e30);
    let sequences = |x: Vec<f64>| Examples::from_vec_with_dims(x, &[4, 3]).unwrap();
    let data: InMemory<Rank2<STEPS, 3>, Classes<STEPS, 4>, f64> =
        InMemory::step_classes(sequences(padded), &labels).unwrap();
    let data = data.with_lengths(&[4, 1]).unwrap();
    let net = EachStep::builder().seed(3).precision(Dtype::F64).build();
    let mut trainer = Trainer::new(CrossEntropy::new(), Sgd::new(0.1)).metric(Accuracy::new());
    let found = trainer.gradients(&net, &data).unwrap();
    // The same five steps as five examples of a network without steps.
    let mut flat = Linear::builder().precision(Dtype::F64).build();
    for segment in net.layout().segments() {
        flat.set_parameter(&segment.name, &net.parameter(&segment.name).unwrap()).unwrap();
    }
    let steps: InMemory<Rank1<3>, Class<4>, f64> =
        InMemory::classes(Examples::from_vec(x[..15].to_vec()).unwrap(), &labels[..5]).unwrap();
    let expected = trainer.gradients(&flat, &steps).unwrap();
    same(&found, &expected);
    let (one, other) = (trainer.evaluate(&net, &data).unwrap(), trainer.evaluate(&flat, &steps).unwrap());
    assert!((one.loss - other.loss).abs() < 1e-12);
    assert_eq!(one.get("accuracy"), other.get("accuracy"));
    // A label in the padding may be anything; one before it may not.
    let wrong = InMemory::<Rank2<STEPS, 3>, Values<Rank2<STEPS, 2>>, f64>::values(
        sequences(x.clone()),
        Examples::from_vec_with_dims(numbers(16, 7), &[4, 2]).unwrap(),
    );
    let values = wrong.unwrap().with_lengths(&[4, 1]).unwrap();
    let net = EachStepValues::builder().precision(Dtype::F64).build();
    let error = Trainer::new(Plain, Sgd::new(0.1)).gradients(&net, &values).unwrap_err();
    assert!(matches!(error, Error::Unweighted { what: "lengths", .. }), "{error}");
    let loss = Trainer::new(MeanSquaredError, Sgd::new(0.1)).gradients(&net, &values).unwrap().loss;
    assert!(loss.is_finite());
}

#[test]
fn weights_are_refused_by_a_loss_that_does_not_weigh() {
    let data: InMemory<Rank1<3>, Values<Rank1<2>>> = InMemory::values(
        Examples::from_vec(vec![0.5; 6]).unwrap(),
        Examples::from_vec(vec![0.5; 4]).unwrap(),
    )
    .unwrap();
    let data = data.with_weights(&[1.0, 2.0]).unwrap();
    let error =
        Trainer::new(Plain, Sgd::new(0.1)).batch(2).quiet().fit(&mut Values2::new(0), &data).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the loss Plain does not ask what its rows count (`Recorder::loss_weights`), but the data have weights"
    );
}

#[test]
fn lengths_and_weights_that_make_no_sense_are_refused() {
    let sequences = || -> InMemory<Rank2<4, 3>, Class<2>> {
        InMemory::classes(Examples::from_vec(vec![0.5; 24]).unwrap(), &[0, 1]).unwrap()
    };
    let refused = |result: Result<InMemory<Rank2<4, 3>, Class<2>>>| result.unwrap_err().to_string();
    assert_eq!(
        refused(sequences().with_lengths(&[4, 0])),
        "the length of sequence 1: expected 1 to 4, the steps of an input, found 0"
    );
    assert_eq!(
        refused(sequences().with_lengths(&[5, 1])),
        "the length of sequence 0: expected 1 to 4, the steps of an input, found 5"
    );
    assert_eq!(
        refused(sequences().with_lengths(&[4])),
        "the lengths of a dataset: expected 2, one each, found 1"
    );
    assert_eq!(
        refused(sequences().with_weights(&[1.0, -1.0])),
        "the weight of example 1: expected a finite number, at least 0, found -1"
    );
    assert!(refused(sequences().with_weights(&[f64::NAN, 1.0])).contains("found NaN"));
    assert_eq!(
        refused(sequences().with_weights(&[0.0, 0.0])),
        "the weights of the data: expected one above 0, found none"
    );
    // A layer that mixes steps would read the padding.
    let data = sequences().with_lengths(&[4, 2]).unwrap();
    let error = Trainer::new(CrossEntropy::new(), Sgd::new(0.1))
        .batch(2)
        .quiet()
        .fit(&mut Flat::new(0), &data)
        .unwrap_err();
    assert!(matches!(error, Error::Padding { layer: "Flatten" }), "{error}");
    let x = Examples::from_vec(vec![0.5_f32; 24]).unwrap();
    let error = Flat::new(0).predictor().unwrap().predict_with_lengths(&x, &[4, 9]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the length of sequence 1: expected 1 to 4, the steps of an input, found 9"
    );
}

/// Values of two steps in two rows: `x`, and sums over time as targets.
fn counted() -> InMemory<Rank1<2>, Values<Rank1<2>>, f64> {
    let x = vec![1.0, 2.0, 10.0, 20.0, 3.0, 4.0, 30.0, 40.0, 5.0, 6.0, 50.0, 60.0];
    let sums = vec![1.0, 2.0, 10.0, 20.0, 4.0, 6.0, 40.0, 60.0, 9.0, 12.0, 90.0, 120.0];
    InMemory::values(Examples::from_vec(x).unwrap(), Examples::from_vec(sums).unwrap()).unwrap()
}

fn carrying(epochs: u64) -> Trainer<MeanSquaredError> {
    Trainer::new(MeanSquaredError, Sgd::new(1e-4)).epochs(epochs).batch(2).carry_state().quiet()
}

#[test]
fn state_goes_on_from_batch_to_batch_and_an_epoch_begins_anew() {
    let net = Counter::builder().precision(Dtype::F64).build();
    // With weights of 1 the memory is the sum over time, exactly; without carrying it is not.
    assert_eq!(carrying(1).evaluate(&net, &counted()).unwrap().loss, 0.0);
    assert!(Trainer::new(MeanSquaredError, Sgd::new(0.1)).evaluate(&net, &counted()).unwrap().loss > 1.0);
    let mut trained = net.clone();
    let history = carrying(2).fit(&mut trained, &counted()).unwrap();
    assert_eq!(history.epochs()[1].loss, 0.0, "the second epoch begins at zero again");
    let mut predictor = net.predictor().unwrap().keep_state();
    let x = |values: &[f64]| Examples::<Rank1<2>, f64>::from_vec(values.to_vec()).unwrap();
    predictor.predict(&x(&[1.0, 2.0])).unwrap();
    assert_eq!(predictor.predict(&x(&[10.0, 20.0])).unwrap().as_slice(), [11.0, 22.0]);
    let error = predictor.predict(&x(&[0.0; 4])).unwrap_err().to_string();
    assert!(error.contains("expected 1, as before, or `reset`, found 2"), "{error}");
    assert_eq!(
        predictor.predict(&x(&[0.0, 0.0])).unwrap().as_slice(),
        [11.0, 22.0],
        "an error changes nothing"
    );
    predictor.reset();
    assert_eq!(predictor.predict(&x(&[0.0; 4])).unwrap().as_slice(), [0.0; 4]);
}

#[test]
fn batches_that_are_not_full_cannot_carry_state() {
    let data = counted().select(&[0, 1, 2, 3, 4]).unwrap();
    let error = carrying(1).fit(&mut Counter::new(0), &data).unwrap_err().to_string();
    assert_eq!(
        error,
        "the number of examples: expected a multiple of the 2 a batch has, as state is carried, found 5"
    );
}

/// Ends a run after some steps.
#[derive(Debug)]
struct Until(u64);

impl Callback for Until {
    fn on_step(&mut self, at: &StepEnd) -> Result<Control> {
        Ok(if at.step < self.0 { Control::Continue } else { Control::Stop })
    }
}

#[test]
fn a_run_that_carries_state_is_resumed_in_the_middle_of_an_epoch_to_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("counter.safetensors");
    let start = || {
        let mut net = Counter::builder().precision(Dtype::F64).build();
        net.set_parameter("memory.weight", &[0.5, 1.5]).unwrap();
        net
    };
    let mut whole = start();
    carrying(3).fit(&mut whole, &counted()).unwrap();
    let mut cut = start();
    carrying(3).checkpoint(&path).callback(Until(5)).fit(&mut cut, &counted()).unwrap();
    assert_ne!(bits(&whole).unwrap(), bits(&cut).unwrap());
    let mut resumed = start();
    carrying(3).checkpoint(&path).resume().fit(&mut resumed, &counted()).unwrap();
    assert_eq!(bits(&whole).unwrap(), bits(&resumed).unwrap());
}

#[test]
fn the_loss_of_a_head_is_added_while_training_alone() {
    let x = Examples::<Rank1<3>, f64>::from_vec(numbers(6, 1)).unwrap();
    let data: InMemory<Rank1<3>, Values<Rank1<4>>, f64> =
        InMemory::values(x.clone(), Examples::from_vec(vec![0.0; 8]).unwrap()).unwrap();
    let net = Heads::builder().seed(1).precision(Dtype::F64).build();
    let mut trainer = Trainer::new(MeanSquaredError, Sgd::new(0.1));
    let y = net.predict(&x).unwrap();
    let plain = y.as_slice().iter().map(|y| y * y).sum::<f64>() / 8.0;
    assert!((trainer.evaluate(&net, &data).unwrap().loss - plain).abs() < 1e-14);
    // The head is twice the output: 0.25 times four times its loss.
    assert!((trainer.gradients(&net, &data).unwrap().loss - 2.0 * plain).abs() < 1e-14);
}

/// Looks at the parameters after each epoch.
#[derive(Debug)]
struct Look(Arc<Mutex<Vec<Vec<u64>>>>);

impl Callback for Look {
    fn on_epoch(&mut self, _: &ann::train::Epoch, now: &ann::train::Snapshot<'_>) -> Result<Control> {
        let mut net = Counter::builder().precision(Dtype::F64).build();
        now.copy_to(&mut net)?;
        let mut seen = self.0.lock().unwrap();
        seen.push(bits(&net)?);
        assert!(now.copy_to(&mut Linear::new(0)).is_err(), "another network has other parameters");
        Ok(if seen.len() < 2 { Control::Continue } else { Control::Stop })
    }
}

#[test]
fn a_callback_sees_the_parameters_as_they_are() {
    let mut net = Counter::builder().precision(Dtype::F64).build();
    net.set_parameter("memory.weight", &[0.5, 1.5]).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    carrying(5).callback(Look(Arc::clone(&seen))).fit(&mut net, &counted()).unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!((seen.len(), &seen[1]), (2, &bits(&net).unwrap()));
    assert_ne!(seen[0], seen[1]);
}
