//! Special functions that the standard library does not have.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

/// The standard normal distribution function, to 1e-13 of its value; it is 0 where no `f64` is as small.
pub(crate) fn normal_distribution(x: f64) -> f64 {
    // Far below 0 the difference of 1 and the error function would leave nothing.
    if x < -2.8 { tail(-x) } else { 0.5 * (1.0 + erf(x * FRAC_1_SQRT_2)) }
}

/// The density of the standard normal distribution.
pub(crate) fn normal_density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// The error function to 5e-16, by `2 / sqrt(pi) e^(-x^2) * sum of 2^n x^(2n+1) / (2n+1)!!` (Abramowitz and Stegun 7.1.6).
/// All terms have one sign: nothing cancels.
pub(crate) fn erf(x: f64) -> f64 {
    // Beyond, the difference from 1 is below half of the last place.
    if 6.0 < x.abs() {
        return x.signum();
    }
    let square = x * x;
    let (mut term, mut sum, mut n) = (x, x, 0.0);
    while f64::EPSILON * sum.abs() * 0.1 < term.abs() {
        n += 1.0;
        term *= 2.0 * square / (2.0 * n + 1.0);
        sum += term;
    }
    FRAC_2_SQRT_PI * (-square).exp() * sum
}

/// `e^(-x^2 / 2) / sqrt(2 pi) / (x + 1 / (x + 2 / (x + 3 / ..)))`, the upper tail of the normal distribution from 2.8 on
/// (Abramowitz and Stegun 26.2.14). Sixty levels leave less than rounding does.
fn tail(x: f64) -> f64 {
    if 40.0 < x {
        return 0.0;
    }
    let below = (1..=60).rev().fold(x, |below, level| x + f64::from(level) / below);
    // The square of the first digits is exact; rounding the whole one would cost the exponential as many digits as it has.
    let first = f64::from(x as f32);
    let exponential = (-0.5 * first * first).exp() * (-0.5 * (x - first) * (x + first)).exp();
    exponential / (2.0 * PI).sqrt() / below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_agrees_with_its_table() {
        // Two units of the last place, for a product of an exponential and a sum. The values are those of Abramowitz and
        // Stegun, table 7.1, to 16 digits.
        for (x, y) in [
            (0.0, 0.0),
            (0.5, 0.520_499_877_813_046_5),
            (1.0, 0.842_700_792_949_714_9),
            (2.0, 0.995_322_265_018_952_7),
            (3.0, 0.999_977_909_503_001_4),
            (7.0, 1.0),
        ] {
            assert!((erf(x) - y).abs() < 5e-16 && (erf(-x) + y).abs() < 5e-16, "{x}: {}", erf(x));
        }
        assert!(erf(f64::NAN).is_nan());
    }

    #[test]
    fn the_tails_of_the_normal_distribution_keep_their_digits() {
        // By mpmath.ncdf, rounded from 40 digits; 1e-13 as stated, of the value itself.
        for (x, y) in [
            (-37.0, 5.725_571_222_524_577e-300),
            (-20.0, 2.753_624_118_606_233_7e-89),
            (-8.0, 6.220_960_574_271_784e-16),
            (-5.0, 2.866_515_718_791_939e-07),
            (-2.9, 0.001_865_813_300_384_038),
            (-2.8, 0.002_555_130_330_427_933),
            (-1.0, 0.158_655_253_931_457_05),
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_542_9),
            (4.0, 0.999_968_328_758_166_9),
        ] {
            let error = (normal_distribution(x) - y).abs() / y;
            assert!(error < 1e-13, "{x}: {:e}, {error:e}", normal_distribution(x));
        }
        assert!(normal_distribution(f64::NAN).is_nan());
        assert_eq!((normal_distribution(f64::INFINITY), normal_distribution(f64::NEG_INFINITY)), (1.0, 0.0));
    }
}
