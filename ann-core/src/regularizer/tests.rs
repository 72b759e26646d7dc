use super::*;

fn slope_is_the_derivative_of(price: &dyn Regularizer) {
    for w in [-3.0, -0.7, 0.2, 1.0, 12.5] {
        let h = 1e-6;
        let difference = (price.penalty(w + h) - price.penalty(w - h)) / (2.0 * h);
        assert!(
            (price.slope(w) - difference).abs() < 1e-8,
            "{price:?} at {w}: {} {difference}",
            price.slope(w)
        );
    }
}

#[test]
fn slopes_are_derivatives_of_their_penalties() {
    slope_is_the_derivative_of(&L1(0.3));
    slope_is_the_derivative_of(&L2(0.3));
    slope_is_the_derivative_of(&ElasticNet::new(0.3, 0.4));
}

#[test]
fn l2_of_half_a_thousandth_is_caffes_weight_decay() {
    assert_eq!(L2(0.0005).slope(2.0), 0.001);
    assert_eq!(L2(0.0005).penalty(2.0), 0.001);
}

#[test]
fn l1_has_no_slope_at_zero() {
    assert_eq!(L1(0.3).slope(0.0), 0.0);
    assert_eq!(L1(0.3).slope(-0.0), 0.0);
    assert_eq!(L1(0.3).slope(-2.0), -0.3);
}

#[test]
fn an_elastic_net_is_what_scikit_learn_adds_to_its_loss() {
    // scikit-learn's ElasticNet: alpha l1_ratio ||w||_1 + alpha (1 - l1_ratio) / 2 ||w||_2^2, for w = (0.5, -2) by hand.
    let price = ElasticNet::new(0.1, 0.25);
    let penalty: f64 = [0.5, -2.0].into_iter().map(|w| price.penalty(w)).sum();
    assert!((penalty - (0.1 * 0.25 * 2.5 + 0.1 * 0.75 / 2.0 * 4.25)).abs() < 1e-15, "{penalty}");
    assert_eq!(price.slope(0.0), 0.0);
    for w in [-2.0, -0.0, 0.3] {
        let (lasso, ridge) = (ElasticNet::new(0.1, 1.0), ElasticNet::new(0.1, 0.0));
        assert_eq!((lasso.penalty(w), lasso.slope(w)), (L1(0.1).penalty(w), L1(0.1).slope(w)));
        assert!((ridge.penalty(w) - L2(0.1).penalty(w)).abs() < 1e-16);
        assert_eq!(ridge.slope(w), L2(0.1).slope(w));
    }
}

#[test]
fn max_norm_shortens_what_is_too_long_and_keeps_its_direction() {
    let mut unit = [1.0f32, -2.0, 2.0];
    MaxNorm(1.5).project(&mut unit);
    assert_eq!(unit, [0.5, -1.0, 1.0]);
    let mut unit = [1.0f32, -2.0, 2.0];
    MaxNorm(3.0).project(&mut unit);
    assert_eq!(unit, [1.0, -2.0, 2.0]);
}

#[test]
fn max_norm_neither_overflows_nor_hides_a_nan() {
    let mut unit = [3e200, 4e200];
    MaxNorm(10.0).project(&mut unit);
    assert!((unit[0] - 6.0f64).abs() < 1e-14 && (unit[1] - 8.0).abs() < 1e-14, "{unit:?}");
    let mut unit = [f64::NAN, 100.0];
    MaxNorm(1.0).project(&mut unit);
    assert!(unit[0].is_nan());
    assert_eq!(unit[1], 100.0);
}

#[test]
fn strengths_out_of_range_are_refused() {
    assert!(L1(-1.0).validate().unwrap_err().to_string().contains("L1: strength = -1"));
    assert!(L2(f64::NAN).validate().unwrap_err().to_string().contains("L2: strength = NaN"));
    assert!(MaxNorm(0.0).validate().unwrap_err().to_string().contains("MaxNorm: norm = 0"));
    for (strength, ratio, said) in
        [(-1.0, 0.5, "strength = -1"), (1.0, 1.5, "ratio = 1.5"), (1.0, f64::NAN, "ratio = NaN")]
    {
        let error = ElasticNet::new(strength, ratio).validate().unwrap_err().to_string();
        assert!(error.contains(&format!("ElasticNet: {said}")), "{error}");
    }
    assert!(L2(0.0).validate().is_ok());
}
