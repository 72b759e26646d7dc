//! Figures worked by hand, with scikit-learn's conventions.

use super::*;

fn value(mut metric: impl Metric, outputs: &[f64], targets: &[f64], width: usize) -> f64 {
    assert!(metric.value().is_nan(), "{} before the first example", metric.name());
    metric.update(outputs, targets, width);
    metric.value()
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
}

#[test]
fn accuracy_counts_the_first_of_equals_and_a_logit_above_zero() {
    near(value(Accuracy::new(), &[0.5, 0.5, 0.2, 0.8], &[0.0, 1.0], 2), 1.0);
    near(value(Accuracy::new(), &[0.5, 0.5, 0.2, 0.8], &[1.0, 1.0], 2), 0.5);
    near(value(Accuracy::new(), &[-1.0, 0.0, 2.0, 3.0], &[0.0, 0.0, 1.0, 0.0], 1), 0.75);
}

#[test]
fn an_example_with_a_nan_is_wrong() {
    near(value(Accuracy::new(), &[f64::NAN, 1.0, 0.0, 1.0], &[1.0, 1.0], 2), 0.5);
    near(value(TopK::new(2), &[f64::NAN, 1.0, 0.0, 1.0], &[1.0, 1.0], 2), 0.5);
    let mut matrix = ConfusionMatrix::new(2);
    matrix.update(&[f64::NAN, 1.0, 0.0, 1.0], &[1.0, 1.0], 2);
    near(matrix.accuracy(), 0.5);
    near(matrix.recall(Average::Class(1)), 0.5);
    near(matrix.precision(Average::Class(1)), 1.0);
}

#[test]
fn a_target_that_names_no_class_shows() {
    assert!(value(Accuracy::new(), &[0.0, 1.0], &[0.5], 2).is_nan());
    assert!(value(Accuracy::new(), &[0.0, 1.0], &[-1.0], 2).is_nan());
    assert!(value(TopK::new(1), &[0.0, 1.0, 0.0, 1.0], &[f64::INFINITY, 1.0], 2).is_nan());
    assert!(value(F1::new(2, Average::Macro), &[0.0, 1.0], &[2.0], 2).is_nan());
    // Two labels at once are no class.
    assert!(value(Accuracy::new(), &[0.0, 1.0, 0.0], &[0.0, 1.0, 1.0], 3).is_nan());
}

#[test]
fn one_hot_targets_are_classes() {
    near(value(Accuracy::new(), &[0.1, 0.9, 0.8, 0.2], &[0.0, 1.0, 0.0, 1.0], 2), 0.5);
}

#[test]
fn batches_add_up_and_reset_forgets() {
    let (outputs, targets) = ([0.1, 0.9, 0.8, 0.2, 0.7, 0.3], [1.0, 1.0, 0.0]);
    let mut accuracy = Accuracy::new();
    accuracy.update(&outputs[..2], &targets[..1], 2);
    accuracy.update(&outputs[2..], &targets[1..], 2);
    near(accuracy.value(), 2.0 / 3.0);
    accuracy.reset();
    assert!(accuracy.value().is_nan());
}

#[test]
fn top_k_looks_at_the_k_largest() {
    // scikit-learn's example of `top_k_accuracy_score`.
    let scores = [0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3, 0.7, 0.2, 0.1];
    near(value(TopK::new(2), &scores, &[0.0, 1.0, 2.0, 2.0], 3), 0.75);
    near(value(TopK::new(1), &scores, &[0.0, 1.0, 2.0, 2.0], 3), 0.5);
    near(value(TopK::new(3), &scores, &[0.0, 1.0, 2.0, 2.0], 3), 1.0);
    // Of equals the first: class 2 is third.
    near(value(TopK::new(2), &[0.3, 0.3, 0.3], &[2.0], 3), 0.0);
    near(value(TopK::new(1), &[-0.5], &[0.0], 1), 1.0);
    near(value(TopK::new(2), &[-0.5], &[1.0], 1), 1.0);
}

/// Rows of actual classes: [[2, 1, 0], [1, 3, 0], [0, 2, 1]], a fourth class that does not occur.
fn matrix() -> ConfusionMatrix {
    let mut matrix = ConfusionMatrix::new(4);
    for (actual, row) in [[2, 1, 0], [1, 3, 0], [0, 2, 1]].iter().enumerate() {
        for (chosen, count) in row.iter().enumerate() {
            for _ in 0..*count {
                matrix.add(actual, Some(chosen));
            }
        }
    }
    matrix
}

#[test]
fn precision_recall_and_f1_are_scikit_learns() {
    let matrix = matrix();
    let (precision, recall) = ([2.0 / 3.0, 0.5, 1.0], [2.0 / 3.0, 0.75, 1.0 / 3.0]);
    let f1 = [2.0 / 3.0, 0.6, 0.5];
    for class in 0..3 {
        near(matrix.precision(Average::Class(class)), precision[class]);
        near(matrix.recall(Average::Class(class)), recall[class]);
        near(matrix.f1(Average::Class(class)), f1[class]);
    }
    near(matrix.precision(Average::Macro), precision.iter().sum::<f64>() / 3.0);
    near(matrix.recall(Average::Macro), recall.iter().sum::<f64>() / 3.0);
    near(matrix.f1(Average::Macro), f1.iter().sum::<f64>() / 3.0);
    let weighted = |figures: [f64; 3]| (3.0 * figures[0] + 4.0 * figures[1] + 3.0 * figures[2]) / 10.0;
    near(matrix.precision(Average::Weighted), weighted(precision));
    near(matrix.recall(Average::Weighted), weighted(recall));
    near(matrix.f1(Average::Weighted), weighted(f1));
    for figure in [matrix.precision(Average::Micro), matrix.recall(Average::Micro), matrix.f1(Average::Micro)]
    {
        near(figure, 0.6);
    }
    near(matrix.accuracy(), 0.6);
    assert_eq!((matrix.support(1), matrix.taken(1), matrix.total()), (4, 6, 10));
}

#[test]
fn a_class_that_is_never_chosen_has_precision_zero() {
    let matrix = matrix();
    near(matrix.precision(Average::Class(3)), 0.0);
    near(matrix.recall(Average::Class(3)), 0.0);
    assert!(matrix.f1(Average::Class(99)).is_nan(), "there is no class 99");
}

#[test]
fn a_confusion_matrix_prints_as_a_table() {
    let mut matrix = ConfusionMatrix::new(2);
    matrix.add(0, Some(0));
    matrix.add(1, Some(0));
    assert_eq!(matrix.to_string(), "  actual  0  1\n       0  1  0\n       1  1  0");
}

#[test]
fn figures_are_named_after_their_average() {
    assert_eq!(F1::new(3, Average::Macro).name(), "f1_macro");
    assert_eq!(Recall::new(2, Average::Class(1)).name(), "recall_1");
    let precision = value(Precision::new(2, Average::Class(1)), &[1.0, 1.0, -1.0], &[1.0, 0.0, 1.0], 1);
    near(precision, 0.5);
}

#[test]
fn errors_are_means_over_all_numbers() {
    let (y, t) = ([1.0, 2.0, 3.0, 4.0], [1.0, 4.0, 2.0, 1.0]);
    near(value(Mse::new(), &y, &t, 2), 14.0 / 4.0);
    near(value(Rmse::new(), &y, &t, 2), 3.5f64.sqrt());
    near(value(MeanAbsoluteError::new(), &y, &t, 2), 1.5);
    assert!(value(Mse::new(), &[f64::NAN, 1.0], &[1.0, 1.0], 2).is_nan());
    assert!(value(Mse::new(), &y, &t[..2], 2).is_nan());
}

#[test]
fn r2_is_scikit_learns_for_several_outputs_in_several_batches() {
    // scikit-learn's example: y_true = [[0.5, 1], [-1, 1], [7, -6]], y_pred = [[0, 2], [-1, 2], [8, -5]].
    let mut r2 = R2::new();
    r2.update(&[0.0, 2.0], &[0.5, 1.0], 2);
    r2.update(&[-1.0, 2.0, 8.0, -5.0], &[-1.0, 1.0, 7.0, -6.0], 2);
    // By hand: 1 - 1.25 / (217 / 6) and 1 - 3 / (98 / 3).
    let each = [1.0 - 1.25 / (217.0 / 6.0), 1.0 - 3.0 / (98.0 / 3.0)];
    for (found, expected) in r2.per_output().into_iter().zip(each) {
        near(found, expected);
    }
    near(r2.value(), each.iter().sum::<f64>() / 2.0);
}

#[test]
fn r2_keeps_its_digits_far_from_zero() {
    let targets: Vec<f64> = (0..1000).map(|i| 1e9 + f64::from(i % 10)).collect();
    let outputs: Vec<f64> = targets.iter().map(|t| t + 1.0).collect();
    // The variance of 0..10 is 8.25.
    assert!((value(R2::new(), &outputs, &targets, 1) - (1.0 - 1.0 / 8.25)).abs() < 1e-9);
}

#[test]
fn r2_of_targets_that_do_not_vary_is_one_or_nothing() {
    near(value(R2::new(), &[2.0, 2.0], &[2.0, 2.0], 1), 1.0);
    near(value(R2::new(), &[2.0, 2.1], &[2.0, 2.0], 1), 0.0);
    assert!(value(R2::new(), &[2.0], &[2.0], 1).is_nan());
    assert!(value(R2::new(), &[f64::NAN, 2.0], &[2.0, 2.0], 1).is_nan());
}

#[test]
fn better_is_higher_or_lower_and_anything_is_better_than_nan() {
    assert!(Better::Higher.is_better(2.0, 1.0) && !Better::Higher.is_better(1.0, 1.0));
    assert!(Better::Lower.is_better(0.5, 1.0) && !Better::Lower.is_better(f64::NAN, 1.0));
    assert!(Better::Lower.is_better(5.0, f64::NAN) && !Better::Higher.is_better(f64::NAN, f64::NAN));
}
