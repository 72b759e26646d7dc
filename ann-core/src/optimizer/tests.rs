//! Update rules against PyTorch's trajectories; L-BFGS against functions whose minima are known.

use std::cell::Cell;

use serde_json::Value;

use super::*;

/// Made by `tests/golden/optimizers.py`, which says by which version.
const GOLDEN: &str = include_str!("../../tests/golden/optimizers.json");

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

/// The parameters after each step, with the vectors cut into pieces of this length.
fn run<T: Scalar>(rule: &impl Optimizer, start: &[f64], gradients: &[Vec<f64>], piece: usize) -> Vec<Vec<T>> {
    rule.validate().unwrap();
    let convert = |values: &[f64]| values.iter().map(|v| T::from_f64(*v)).collect::<Vec<_>>();
    let mut values = convert(start);
    let mut state = vec![vec![T::ZERO; start.len()]; rule.slots().len()];
    let mut trajectory = Vec::new();
    for (step, gradients) in gradients.iter().enumerate() {
        let at = Update { step: step as u64 + 1, learning_rate: rule.learning_rate() };
        let gradients = convert(gradients);
        for start in (0..values.len()).step_by(piece) {
            let range = start..values.len().min(start + piece);
            let mut state: Vec<&mut [T]> = state.iter_mut().map(|slot| &mut slot[range.clone()]).collect();
            rule.update(at, &mut values[range.clone()], &gradients[range], &mut state);
        }
        trajectory.push(values.clone());
    }
    trajectory
}

fn check(golden: &Value, name: &str, rule: &impl Optimizer, checked: &Cell<usize>) {
    let (start, gradients) = (numbers(&golden["start"]), rows(&golden["gradients"]));
    let expected = rows(&golden["optimizers"][name]);
    let whole = run::<f64>(rule, &start, &gradients, start.len());
    assert_eq!(whole.len(), expected.len());
    for (step, (found, expected)) in whole.iter().zip(&expected).enumerate() {
        for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
            let error = (found - expected).abs() / expected.abs().max(1e-3);
            assert!(error < 1e-12, "{name}, step {}, element {i}: {found}, PyTorch has {expected}", step + 1);
        }
    }
    assert_eq!(run::<f64>(rule, &start, &gradients, 3), whole, "{name}: pieces give the same bits");
    // In f32 each of the eight steps rounds a few times.
    for (narrow, wide) in run::<f32>(rule, &start, &gradients, 4).iter().zip(&whole) {
        for (narrow, wide) in narrow.iter().zip(wide) {
            let error = (f64::from(*narrow) - wide).abs();
            assert!(error < 2e-5, "{name} in f32: {narrow}, {wide} in f64");
        }
    }
    checked.set(checked.get() + 1);
}

#[test]
fn update_rules_follow_pytorchs_trajectories() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let checked = Cell::new(0);
    macro_rules! check {
        ($($name:literal => $rule:expr;)+) => { $(check(&golden, $name, &$rule, &checked);)+ };
    }
    check! {
        "sgd" => Sgd::new(0.1);
        "sgd weight_decay" => Sgd::new(0.1).weight_decay(0.01);
        "sgd momentum" => Sgd::new(0.1).momentum(0.9);
        "sgd momentum weight_decay" => Sgd::new(0.1).momentum(0.9).weight_decay(0.01);
        "sgd dampening" => Sgd::new(0.1).momentum(0.9).dampening(0.3);
        "sgd nesterov" => Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(0.01);
        "adam" => Adam::new(0.01);
        "adam options" => Adam::new(0.01).betas(0.8, 0.95).epsilon(1e-3).weight_decay(0.01);
        "adam amsgrad" => Adam::new(0.01).betas(0.5, 0.6).amsgrad();
        "adamw" => AdamW::new(0.01);
        "adamw options" => AdamW::new(0.01).betas(0.8, 0.95).epsilon(1e-3).weight_decay(0.1);
        "adamw amsgrad" => AdamW::new(0.01).betas(0.5, 0.6).amsgrad().weight_decay(0.0);
        "rmsprop" => RmsProp::new(0.01);
        "rmsprop options" => RmsProp::new(0.01).alpha(0.8).epsilon(1e-3).weight_decay(0.01);
        "rmsprop momentum" => RmsProp::new(0.01).momentum(0.9).weight_decay(0.01);
        "rmsprop centered" => RmsProp::new(0.01).alpha(0.9).centered();
        "rmsprop centered momentum" => RmsProp::new(0.01).alpha(0.9).centered().momentum(0.9);
        "adagrad" => AdaGrad::new(0.1);
        "adagrad options" => AdaGrad::new(0.1).rate_decay(0.2).initial_sum(0.5).epsilon(1e-3).weight_decay(0.01);
        "adadelta" => AdaDelta::new(1.0);
        "adadelta options" => AdaDelta::new(0.5).rho(0.7).epsilon(1e-3).weight_decay(0.01);
    }
    assert_eq!(
        golden["optimizers"].as_object().unwrap().len(),
        checked.get(),
        "every trajectory is followed"
    );
}

#[test]
fn centered_rmsprop_survives_a_gradient_that_never_changes() {
    let gradients = vec![vec![0.1]; 2000];
    let trajectory = run::<f32>(&RmsProp::new(0.001).alpha(0.9).centered(), &[1.0], &gradients, 1);
    assert!(trajectory.iter().all(|values| values[0].is_finite()));
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    fn refusal(rule: &impl Optimizer) -> String {
        rule.validate().unwrap_err().to_string()
    }
    let refusals = [
        (refusal(&Sgd::new(-0.1)), "Sgd: learning_rate = -0.1"),
        (refusal(&Sgd::new(f64::NAN)), "Sgd: learning_rate = NaN"),
        (refusal(&Sgd::new(0.1).momentum(1.0)), "Sgd: momentum = 1"),
        (refusal(&Sgd::new(0.1).nesterov()), "Sgd: nesterov = true"),
        (refusal(&Sgd::new(0.1).momentum(0.9).dampening(0.1).nesterov()), "Sgd: nesterov = true"),
        (refusal(&Sgd::new(0.1).dampening(-0.1)), "Sgd: dampening = -0.1"),
        (refusal(&Sgd::new(0.1).dampening(0.9)), "Sgd: dampening = 0.9"),
        (refusal(&Adam::new(0.1).epsilon(1e-50)), "Adam: epsilon = 0.000"),
        (refusal(&Adam::new(0.1).betas(0.9, 1.0)), "Adam: beta2 = 1"),
        (refusal(&Adam::new(0.1).epsilon(0.0)), "Adam: epsilon = 0"),
        (refusal(&AdamW::new(0.1).weight_decay(-1.0)), "AdamW: weight_decay = -1"),
        (refusal(&AdamW::new(0.1).betas(-0.1, 0.9)), "AdamW: beta1 = -0.1"),
        (refusal(&RmsProp::new(0.1).alpha(2.0)), "RmsProp: alpha = 2"),
        (refusal(&AdaGrad::new(0.1).initial_sum(-1.0)), "AdaGrad: initial_sum = -1"),
        (refusal(&AdaGrad::new(0.1).rate_decay(f64::INFINITY)), "AdaGrad: rate_decay = inf"),
        (refusal(&AdaDelta::new(1.0).rho(1.0)), "AdaDelta: rho = 1"),
    ];
    for (found, expected) in refusals {
        assert!(found.starts_with(expected), "{found}");
    }
    let clip = Clip::Norm(0.0).validate().unwrap_err().to_string();
    assert!(clip.starts_with("gradient clipping: norm = 0"), "{clip}");
}

#[test]
fn settings_as_text_tell_two_optimizers_apart() {
    assert_ne!(Adam::new(0.1).settings(), Adam::new(0.1).amsgrad().settings());
    assert_ne!(Sgd::new(0.1).settings(), Sgd::new(0.1).nesterov().settings());
}

#[test]
#[should_panic(expected = "a state vector is not as long as the parameters")]
fn state_of_another_length_is_a_breach_of_contract() {
    let at = Update { step: 1, learning_rate: 0.1 };
    AdaGrad::new(0.1).update(at, &mut [1.0, 2.0], &[1.0, 2.0], &mut [&mut [0.0]]);
}

#[test]
fn clipping_by_norm_keeps_the_direction() {
    let mut gradients: Vec<f32> = (0..100).map(|i| i as f32 - 30.0).collect();
    let before = gradients.clone();
    let length = norm(&before);
    Clip::Norm(2.5).apply(&mut gradients);
    assert!((norm(&gradients) - 2.5).abs() < 1e-6);
    for (after, before) in gradients.iter().zip(&before) {
        assert!((f64::from(*after) - f64::from(*before) / length * 2.5).abs() < 1e-7);
    }
    let mut small = [0.1, 0.2];
    Clip::Norm(1.0).apply(&mut small);
    assert_eq!(small, [0.1, 0.2]);
}

#[test]
fn clipping_hides_neither_nan_nor_infinity() {
    for bad in [f64::NAN, f64::INFINITY] {
        let mut gradients = [bad, 1e3];
        Clip::Norm(1.0).apply(&mut gradients);
        assert!(!gradients[0].is_finite());
        assert_eq!(gradients[1], 1e3);
    }
    let mut gradients = [f64::NAN, 1e3, -1e3, 0.5];
    Clip::Value(1.0).apply(&mut gradients);
    assert!(gradients[0].is_nan());
    assert_eq!(gradients[1..], [1.0, -1.0, 0.5]);
}

#[test]
fn norms_neither_overflow_nor_vanish() {
    assert_eq!(norm::<f64>(&[]), 0.0);
    assert_eq!(norm(&[0.0; 5]), 0.0);
    assert!((norm(&[3e-200, 4e-200]) / 5e-200 - 1.0).abs() < 1e-15);
    assert!((norm(&[f32::MAX; 4]) / (2.0 * f64::from(f32::MAX)) - 1.0).abs() < 1e-15);
    assert_eq!(norm(&[f64::INFINITY, 1.0]), f64::INFINITY);
    assert!(norm(&[f64::NAN, f64::INFINITY]).is_nan());
    // Longer than the lanes, with a rest: sum of i^2 to 100.
    let count: Vec<f64> = (0..=100).map(f64::from).collect();
    assert_eq!(norm(&count), 338_350.0f64.sqrt());
}

/// Rosenbrock's valley in any number of dimensions; the minimum is 0, where all are 1.
fn rosenbrock(x: &[f64], gradient: &mut [f64]) -> f64 {
    gradient.fill(0.0);
    let mut value = 0.0;
    for i in 0..x.len() - 1 {
        let (a, b) = (1.0 - x[i], x[i + 1] - x[i] * x[i]);
        value += a * a + 100.0 * b * b;
        gradient[i] += -2.0 * a - 400.0 * x[i] * b;
        gradient[i + 1] += 200.0 * b;
    }
    value
}

#[test]
fn lbfgs_finds_the_end_of_rosenbrocks_valley() {
    for (size, most) in [(2, 60), (100, 1000)] {
        let mut x: Vec<f64> = (0..size).map(|i| if i % 2 == 0 { -1.2 } else { 1.0 }).collect();
        let calls = Cell::new(0);
        let outcome = Lbfgs::new()
            .iterations(1000)
            .gradient_tolerance(1e-9)
            .change_tolerance(0.0)
            .minimize(&mut x, |x, gradient| {
                calls.set(calls.get() + 1);
                Ok(rosenbrock(x, gradient))
            })
            .unwrap();
        assert_eq!(outcome.stop, Stop::SmallGradient, "{outcome}");
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-8), "{x:?}");
        assert!(outcome.evaluations < most, "{outcome}");
        assert_eq!(outcome.evaluations, calls.get());
        assert!(outcome.loss < 1e-16 && outcome.gradient_norm <= 1e-9);
    }
}

/// `sum of c_i (x_i - i)^2 / 2` in coordinates that mix all: the Hessian is full.
fn quadratic(x: &[f64], gradient: &mut [f64]) -> f64 {
    let n = x.len();
    // Householder's reflection along (1, ..., 1): its own inverse.
    let reflect = |v: &[f64]| -> Vec<f64> {
        let mean = 2.0 * v.iter().sum::<f64>() / n as f64;
        v.iter().map(|v| v - mean).collect()
    };
    let c = |i: usize| 1.0 + 3.0 * i as f64;
    let z = reflect(x);
    let slopes: Vec<f64> = z.iter().enumerate().map(|(i, z)| c(i) * (z - i as f64)).collect();
    gradient.copy_from_slice(&reflect(&slopes));
    z.iter().enumerate().map(|(i, z)| 0.5 * c(i) * (z - i as f64).powi(2)).sum()
}

#[test]
fn lbfgs_with_an_exact_search_solves_a_quadratic_in_n_steps() {
    // With exact line searches it makes the steps of conjugate gradients (Nazareth 1979).
    for n in [2, 5, 10] {
        let exact = Lbfgs::new().history(n).iterations(n).wolfe(1e-10, 1e-9).gradient_tolerance(0.0);
        let mut x = vec![0.5; n];
        let first = norm(&{
            let mut gradient = vec![0.0; n];
            quadratic(&x, &mut gradient);
            gradient
        });
        let outcome = exact.change_tolerance(0.0).minimize(&mut x, |x, g| Ok(quadratic(x, g))).unwrap();
        assert!(outcome.gradient_norm < 1e-7 * first, "{n}: {outcome}");
    }
}

#[test]
fn lbfgs_steps_back_from_where_the_function_is_not_a_number() {
    // sum of x - ln x: NaN for x < 0, infinite at 0; the minimum is at 1.
    let mut x = [20.0, 0.001, 5.0];
    let outcome = Lbfgs::new()
        .change_tolerance(0.0)
        .minimize(&mut x, |x, gradient| {
            for (g, x) in gradient.iter_mut().zip(x) {
                *g = 1.0 - 1.0 / x;
            }
            Ok(x.iter().map(|x| x - x.ln()).sum())
        })
        .unwrap();
    assert_eq!(outcome.stop, Stop::SmallGradient, "{outcome}");
    assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-5), "{x:?}");
}

#[test]
fn lbfgs_leaves_a_maximum_and_ends_in_a_minimum() {
    // cos has negative curvature near 0; the minimum is at pi, the value -1.
    let mut x = [0.01, -0.02];
    let outcome = Lbfgs::new()
        .minimize(&mut x, |x, gradient| {
            for (g, x) in gradient.iter_mut().zip(x) {
                *g = -x.sin();
            }
            Ok(x.iter().map(|x| x.cos()).sum())
        })
        .unwrap();
    assert!((outcome.loss + 2.0).abs() < 1e-9, "{outcome} {x:?}");
}

#[test]
fn lbfgs_says_why_it_stops() {
    let slope = |_: &[f64], gradient: &mut [f64]| {
        gradient.fill(-1.0);
        Ok(0.0)
    };
    assert_eq!(Lbfgs::new().minimize(&mut [0.0], slope).unwrap().stop, Stop::NoDecrease);
    let flat = |_: &[f64], gradient: &mut [f64]| {
        gradient.fill(0.0);
        Ok(5.0)
    };
    let outcome = Lbfgs::new().minimize(&mut [0.0], flat).unwrap();
    assert_eq!((outcome.stop, outcome.evaluations, outcome.iterations), (Stop::SmallGradient, 1, 0));
    let few = Lbfgs::new().iterations(3).minimize(&mut [-1.2, 1.0], |x, g| Ok(rosenbrock(x, g))).unwrap();
    assert_eq!((few.stop, few.iterations), (Stop::Iterations, 3));
    let coarse = Lbfgs::new().change_tolerance(0.5);
    let coarse = coarse.minimize(&mut [-1.2, 1.0], |x, g| Ok(rosenbrock(x, g))).unwrap();
    assert_eq!(coarse.stop, Stop::SmallChange);
    // A line without end: no minimum, but an end.
    let endless = |x: &[f64], gradient: &mut [f64]| {
        gradient.fill(-1.0);
        Ok(-x[0])
    };
    let outcome = Lbfgs::new().minimize(&mut [0.0], endless).unwrap();
    assert!(outcome.loss < -1e6 && outcome.loss.is_finite(), "{outcome}");
}

#[test]
fn lbfgs_refuses_to_start_from_nan() {
    let error = Lbfgs::new().minimize(&mut [0.0], |_, _| Ok(f64::NAN)).unwrap_err();
    assert!(error.to_string().contains("the loss at the first parameters is NaN"), "{error}");
    let error = Lbfgs::new().minimize(&mut [0.0], |_, g| {
        g.fill(f64::INFINITY);
        Ok(0.0)
    });
    assert!(error.unwrap_err().to_string().contains("the gradient at the first parameters is inf"));
    let error = Lbfgs::new().wolfe(0.9, 0.1).minimize(&mut [0.0], |_, _| Ok(0.0)).unwrap_err();
    assert!(error.to_string().starts_with("Lbfgs: curvature = 0.1"), "{error}");
}

#[test]
fn lbfgs_hands_on_what_the_function_refuses_and_keeps_the_last_point() {
    let calls = Cell::new(0);
    let mut x = [-1.2, 1.0];
    let result = Lbfgs::new().minimize(&mut x, |x, gradient| {
        calls.set(calls.get() + 1);
        if calls.get() == 10 {
            return Err(crate::Error::Empty { what: "the data".into() });
        }
        Ok(rosenbrock(x, gradient))
    });
    assert!(matches!(result, Err(crate::Error::Empty { .. })));
    let mut gradient = [0.0; 2];
    assert!(rosenbrock(&x, &mut gradient) < rosenbrock(&[-1.2, 1.0], &mut [0.0; 2]));
}
