//! Data that a trainer refuses: NaN, labels out of range, too few, of another shape.

mod resumed;

use super::*;
use ann::Scalar;

/// A user's own data: good but for the numbers that are put in their places.
#[derive(Clone, Default)]
struct Own {
    len: usize,
    /// Example, column, number.
    input: Option<(usize, usize, f64)>,
    /// Example, number.
    target: Option<(usize, f64)>,
}

impl Own {
    fn fill<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) {
        for (column, place) in input.iter_mut().enumerate() {
            *place = T::from_f64((3 * index + column) as f64 / 20.0);
        }
        target[0] = T::from_f64((index % 3) as f64);
        if let Some((_, column, number)) = self.input.filter(|(example, ..)| *example == index) {
            input[column] = T::from_f64(number);
        }
        if let Some((_, number)) = self.target.filter(|(example, _)| *example == index) {
            target[0] = T::from_f64(number);
        }
    }
}

/// The same with classes or values for targets.
macro_rules! own {
    ($name:ident, $target:ty, $dims:expr) => {
        #[derive(Clone, Default)]
        struct $name(Own);

        impl Dataset for $name {
            type Input = Rank1<2>;
            type Target = $target;

            fn len(&self) -> usize {
                self.0.len
            }
            fn input_dims(&self) -> Vec<usize> {
                vec![2]
            }
            fn target_dims(&self) -> Vec<usize> {
                $dims
            }
            fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<()> {
                self.0.fill(index, input, target);
                Ok(())
            }
        }
    };
}
own!(Classes, Class<3>, vec![]);
own!(Numbers, Values<Rank1<1>>, vec![1]);

fn classes(len: usize) -> Classes {
    Classes(Own { len, ..Own::default() })
}

fn trainer() -> Trainer<CrossEntropy> {
    Trainer::new(CrossEntropy::new(), Adam::new(0.01)).epochs(3).batch(4).quiet()
}

/// What is said when a network is trained in either precision; it has to stay as it was.
fn said<D: Dataset<Input = Rank1<2>, Target = Class<3>>>(
    trainer: impl Fn() -> Trainer<CrossEntropy>,
    data: &D,
) -> String {
    let [narrow, wide] = [Dtype::F32, Dtype::F64].map(|precision| {
        let mut net = Two::builder().seed(1).precision(precision).build();
        let before = bits(&net).unwrap();
        let error = trainer().fit(&mut net, data).unwrap_err();
        assert!(bits(&net).unwrap() == before, "the network was changed");
        error.to_string()
    });
    assert_eq!(narrow, wide);
    narrow
}

#[test]
fn good_data_of_ones_own_are_trained_on() {
    let mut net = Two::new(1);
    trainer().fit(&mut net, &classes(10)).unwrap();
    assert!(bits(&net).unwrap() != bits(&Two::new(1)).unwrap());
}

#[test]
fn labels_out_of_range_in_memory_are_named_by_their_example() {
    let x = Examples::<Rank1<2>>::from_vec(vec![0.5; 6]).unwrap();
    let made = InMemory::<_, Class<3>>::classes(x, &[0, 3, 1]);
    assert_eq!(refusal(Path::new("-"), made), "example 1: label 3 is not one of the 3 classes (0 to 2)");
}

#[test]
fn a_label_out_of_range_from_a_dataset_of_ones_own_is_named_by_its_example() {
    for (number, shown) in [(3.0, "3"), (-1.0, "-1"), (0.5, "0.5"), (65536.0, "65536")] {
        let data = Classes(Own { len: 12, target: Some((9, number)), ..Own::default() });
        let expected = format!("example 9: label {shown} is not one of the 3 classes (0 to 2)");
        assert_eq!(said(trainer, &data), expected);
        // In the order of the examples it is met in the third step, after two updates.
        assert_eq!(said(|| trainer().in_order(), &data), expected);
    }
}

#[test]
fn a_label_out_of_range_is_found_by_evaluation_and_by_validation() {
    let bad = Classes(Own { len: 12, target: Some((9, 7.0)), ..Own::default() });
    let expected = "example 9: label 7 is not one of the 3 classes (0 to 2)";
    let mut net = Two::new(1);
    assert_eq!(trainer().evaluate(&net, &bad).unwrap_err().to_string(), expected);
    let error = trainer().fit_validated(&mut net, &classes(12), &bad).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_label_out_of_range_is_found_where_the_number_of_classes_is_known_only_at_run_time() {
    let bad = Classes(Own { len: 12, target: Some((9, 7.0)), ..Own::default() }).untyped();
    let text = r#"{"name": "Two", "input": [2], "output": [3], "layers": [{"layer": "Dense", "n": 3}]}"#;
    let mut net = ann::DynNetwork::from_json(text).unwrap().build();
    let before = bits(&net).unwrap();
    let error = trainer().fit(&mut net, &bad).unwrap_err();
    assert_eq!(error.to_string(), "example 9: label 7 is not one of the 3 classes (0 to 2)");
    assert!(bits(&net).unwrap() == before);
}

#[test]
fn numbers_that_are_not_finite_are_refused_at_construction() {
    for (number, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
        let x = vec![0.5, 0.5, 0.5, 0.5, 0.5, number];
        let expected = format!("example 2, column 1 is {shown}; data must be finite numbers");
        assert_eq!(refusal(Path::new("-"), Examples::<Rank1<2>, f64>::from_vec(x)), expected);
    }
}

#[test]
fn numbers_that_are_not_finite_from_a_dataset_of_ones_own_are_named_by_example_and_column() {
    for (number, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
        let data = Classes(Own { len: 12, input: Some((9, 1, number)), ..Own::default() });
        let expected = format!("the input of example 9, column 1 is {shown}; data must be finite numbers");
        assert_eq!(said(trainer, &data), expected);
        assert_eq!(said(|| trainer().in_order(), &data), expected);
        assert_eq!(trainer().evaluate(&Two::new(1), &data).unwrap_err().to_string(), expected);
    }
}

/// Inputs so wide that a batch is read in pieces, by several threads; numbers in two of them are wrong.
struct Wide;

impl Dataset for Wide {
    type Input = Rank1<600>;
    type Target = Class<3>;

    fn len(&self) -> usize {
        64
    }
    fn input_dims(&self) -> Vec<usize> {
        vec![600]
    }
    fn target_dims(&self) -> Vec<usize> {
        Vec::new()
    }
    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<(), Error> {
        input.fill(T::ONE);
        target[0] = T::ZERO;
        if index == 41 || index == 63 {
            input[599] = T::NAN;
        }
        Ok(())
    }
}

network! {
    // Too large to stay on one thread.
    struct Broad: [600] -> [3] { hidden: Dense(300), Relu, out: Dense(3) }
}

#[test]
fn of_several_examples_that_are_wrong_the_first_is_named_on_any_threads() {
    for threads in [1, 2, 3] {
        let mut net = Broad::new(1);
        let error = trainer().batch(64).in_order().threads(threads).fit(&mut net, &Wide).unwrap_err();
        let expected = "the input of example 41, column 599 is NaN; data must be finite numbers";
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_target_that_is_not_finite_is_named_by_example_and_column() {
    for (number, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let data = Numbers(Own { len: 12, target: Some((5, number)), ..Own::default() });
        let mut net = Curve::new(0);
        let before = bits(&net).unwrap();
        let error = Trainer::new(MeanSquaredError, Sgd::new(0.1)).batch(3).quiet().fit(&mut net, &data);
        let expected = format!("the target of example 5, column 0 is {shown}; data must be finite numbers");
        assert_eq!(error.unwrap_err().to_string(), expected);
        assert!(bits(&net).unwrap() == before);
    }
}

#[test]
fn numbers_beyond_32_bits_are_refused_by_a_network_of_32_bits_alone() {
    let data = Classes(Own { len: 12, input: Some((9, 1, 1e300)), ..Own::default() });
    let error = trainer().fit(&mut Two::new(1), &data).unwrap_err();
    assert_eq!(error.to_string(), "the input of example 9, column 1 is inf; data must be finite numbers");
}

#[test]
fn an_empty_dataset_is_refused() {
    assert_eq!(said(trainer, &classes(0)), "the data to train on holds no examples; at least one is needed");
    let error = trainer().evaluate(&Two::new(1), &classes(0)).unwrap_err();
    assert_eq!(error.to_string(), "the data to evaluate on holds no examples; at least one is needed");
    let none = Examples::<Rank1<2>>::from_vec(Vec::new()).unwrap();
    let made = InMemory::<_, Class<3>>::classes(none, &[]);
    assert_eq!(refusal(Path::new("-"), made), "the dataset holds no examples; at least one is needed");
}

#[test]
fn a_batch_larger_than_the_data_is_refused() {
    assert_eq!(
        said(|| trainer().batch(11), &classes(10)),
        "a batch of 11 is larger than the data, 10 examples; use a batch of at most 10"
    );
}

#[test]
fn a_batch_of_none_is_refused() {
    assert_eq!(
        said(|| trainer().batch(0), &classes(10)),
        "the trainer: batch = 0 is refused: it must be at least 1"
    );
}

#[test]
fn a_learning_rate_that_is_none_is_refused() {
    for (rate, shown) in [(-0.1, "-0.1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        let message = said(|| Trainer::new(CrossEntropy::new(), Sgd::new(rate)).batch(4), &classes(10));
        assert!(message.starts_with(&format!("Sgd: learning_rate = {shown} is refused: ")), "{message}");
    }
}

#[test]
fn counts_that_do_not_agree_are_refused() {
    let x = Examples::<Rank1<2>>::from_vec(vec![0.5; 6]).unwrap();
    let made = InMemory::<_, Class<3>>::classes(x, &[0, 1]);
    assert_eq!(
        refusal(Path::new("-"), made),
        "the targets of a dataset: expected 3, one for each input, found 2"
    );
    let made = Examples::<Rank1<2>>::from_vec(vec![0.5; 5]);
    assert_eq!(refusal(Path::new("-"), made), "examples of [2]: expected a multiple of 2 numbers, found 5");
}
