//! Statistics of drawn weights against the formulas, within five standard errors of the sample.

use super::*;

const ROWS: usize = 200;
const COLUMNS: usize = 500;

fn filled(initializer: &dyn Initializer, shape: &[usize]) -> Vec<f64> {
    let mut values = vec![f64::NAN; shape.iter().product()];
    initializer.fill(shape, Random::new(11).stream(2), &mut values).unwrap();
    values
}

fn refusal(initializer: &dyn Initializer, shape: &[usize]) -> String {
    let mut values = vec![0.0; shape.iter().product()];
    initializer.fill(shape, Random::new(0), &mut values).unwrap_err().to_string()
}

/// `kurtosis` is the fourth moment over the squared variance: 1.8 of a uniform, 3 of a normal distribution.
fn check_moments(initializer: &dyn Initializer, mean: f64, variance: f64, kurtosis: f64) {
    let values = filled(initializer, &[ROWS, COLUMNS]);
    let n = values.len() as f64;
    let found_mean = values.iter().sum::<f64>() / n;
    let moment = |power| values.iter().map(|w| (w - mean).powi(power)).sum::<f64>() / n;
    let (second, fourth) = (moment(2), moment(4));
    assert!((found_mean - mean).abs() < 5.0 * (variance / n).sqrt(), "{initializer:?}: mean {found_mean}");
    let error = variance * ((kurtosis - 1.0) / n).sqrt();
    assert!((second - variance).abs() < 5.0 * error, "{initializer:?}: variance {second}, not {variance}");
    // The shape of the distribution, roughly: 1.8 is not 3.
    assert!(
        (fourth / (second * second) - kurtosis).abs() < 0.2,
        "{initializer:?}: {}",
        fourth / (second * second)
    );
}

#[test]
fn weights_have_the_mean_variance_and_shape_of_their_formula() {
    let (inputs, outputs) = (COLUMNS as f64, ROWS as f64);
    check_moments(&Uniform::new(-1.0, 3.0), 1.0, 16.0 / 12.0, 1.8);
    check_moments(&Gaussian::new(0.5, 0.1), 0.5, 0.01, 3.0);
    check_moments(&Xavier, 0.0, 2.0 / (inputs + outputs), 1.8);
    check_moments(&XavierNormal, 0.0, 2.0 / (inputs + outputs), 3.0);
    check_moments(&He, 0.0, 2.0 / inputs, 3.0);
    check_moments(&HeUniform, 0.0, 2.0 / inputs, 1.8);
    check_moments(&Lecun, 0.0, 1.0 / inputs, 3.0);
    check_moments(&LecunUniform, 0.0, 1.0 / inputs, 1.8);
    check_moments(&FanInUniform, 0.0, 1.0 / (3.0 * inputs), 1.8);
}

#[test]
fn uniform_weights_stay_within_their_bounds_and_come_near_them() {
    let bounds: [(&dyn Initializer, f64); 5] = [
        (&Uniform::new(-0.5, 0.5), 0.5),
        (&Xavier, (6.0f64 / (COLUMNS + ROWS) as f64).sqrt()),
        (&HeUniform, (6.0 / COLUMNS as f64).sqrt()),
        (&LecunUniform, (3.0 / COLUMNS as f64).sqrt()),
        (&FanInUniform, (1.0 / COLUMNS as f64).sqrt()),
    ];
    for (initializer, bound) in bounds {
        let values = filled(initializer, &[ROWS, COLUMNS]);
        let largest = values.iter().fold(0.0f64, |largest, w| largest.max(w.abs()));
        assert!(0.999 * bound < largest && largest <= bound, "{initializer:?}: {largest} of {bound}");
    }
}

#[test]
fn a_convolution_counts_its_window_among_the_fans() {
    assert_eq!(fans("test", &[20, 3, 5, 7]).unwrap(), (105.0, 700.0));
    assert_eq!(fans("test", &[10, 784]).unwrap(), (784.0, 10.0));
    assert!(refusal(&He, &[10]).contains("give a bias a number"));
}

#[test]
fn numbers_are_initializers() {
    assert_eq!(filled(&0.25, &[3]), [0.25; 3]);
    assert_eq!(filled(&0.25f32, &[3]), [0.25; 3]);
    assert_eq!(filled(&1, &[3]), [1.0; 3]);
    assert_eq!(filled(&Constant(-2.0), &[2, 2]), [-2.0; 4]);
    let boxed: Box<dyn Initializer> = Box::new(0.5);
    assert_eq!(filled(&boxed, &[1]), [0.5]);
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    assert!(refusal(&f64::NAN, &[1]).contains("value = NaN"));
    assert!(refusal(&Uniform::new(1.0, 0.5), &[1]).contains("high = 0.5"));
    assert!(refusal(&Uniform::new(f64::NEG_INFINITY, 0.5), &[1]).contains("low = -inf"));
    assert!(refusal(&Gaussian::new(0.0, -1.0), &[1]).contains("deviation = -1"));
    assert!(refusal(&Gaussian::new(f64::NAN, 1.0), &[1]).contains("mean = NaN"));
    assert!(refusal(&Orthogonal::new().gain(f64::INFINITY), &[2, 2]).contains("gain = inf"));
    assert!(refusal(&Orthogonal::new(), &[7]).contains("two axes"));
}

/// The largest distance of `vectors`' products from those of `gain` times an orthonormal set.
fn departure(rows: usize, columns: usize, gain: f64, values: &[f64]) -> f64 {
    let at = |row: usize, column: usize| values[row * columns + column];
    let mut worst = 0.0f64;
    let count = rows.min(columns);
    for i in 0..count {
        for j in 0..count {
            let product: f64 = if rows <= columns {
                (0..columns).map(|k| at(i, k) * at(j, k)).sum()
            } else {
                (0..rows).map(|k| at(k, i) * at(k, j)).sum()
            };
            let expected = if i == j { gain * gain } else { 0.0 };
            worst = worst.max((product - expected).abs());
        }
    }
    worst
}

#[test]
fn orthogonal_weights_are_orthonormal_whether_wide_tall_or_square() {
    for (rows, columns) in [(1, 1), (64, 64), (10, 100), (100, 10), (1, 9), (9, 1)] {
        let values = filled(&Orthogonal::new(), &[rows, columns]);
        let worst = departure(rows, columns, 1.0, &values);
        assert!(worst < 1e-12, "{rows} x {columns}: {worst}");
    }
    let values = filled(&Orthogonal::new().gain(3.0), &[16, 4, 3, 3]);
    assert!(departure(16, 36, 3.0, &values) < 1e-11);
}

#[test]
fn orthogonal_weights_differ_by_seed_and_favour_no_sign() {
    let mut sum = 0.0;
    for seed in 0..1000 {
        let mut values = [0.0; 9];
        Orthogonal::new().fill(&[3, 3], Random::new(seed), &mut values).unwrap();
        sum += values[0];
    }
    // An element of a random orthogonal 3 x 3 matrix has variance 1/3: five standard errors of the mean.
    assert!((sum / 1000.0).abs() < 5.0 * (1.0f64 / 3.0 / 1000.0).sqrt(), "{sum}");
}
