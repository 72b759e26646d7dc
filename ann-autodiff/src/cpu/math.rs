//! Exponentials and logarithms that the compiler can turn into vector code, for `f32`; `f64` takes the library's, which are exact to
//! the last bits and serve checks.
//!
//! Errors, found by running through all `f32` (a test, ignored by default, repeats it): `exp` 1.0, sigmoid 2.5, tanh 2.0,
//! softplus 3.0 and `ln` 1.0 units in the last place at most.

/// The functions.
pub trait Math: Sized + Copy {
    /// `e^x`; 0 below -87.3, where the result would be subnormal.
    fn fast_exp(self) -> Self;
    /// `e^-x` for x from 0 to infinity, to the same bits.
    fn fast_exp_of_minus(self) -> Self;
    /// `1 / (1 + e^-x)`
    fn fast_sigmoid(self) -> Self;
    /// `tanh(x)`
    fn fast_tanh(self) -> Self;
    /// `ln(1 + e^x)`; 0 below -87.3
    fn fast_softplus(self) -> Self;
    /// `ln(x)`
    fn fast_ln(self) -> Self;
}

/// Below it `e^x` would be subnormal.
const LEAST: f32 = -87.3;

/// What `e^x` is made of: `2^n e^r`, r the sum of `high` and `low`, and `e^r = 1 + r + (0.5 + p) square`, `square = r^2`.
struct Parts {
    high: f32,
    low: f32,
    square: f32,
    p: f32,
    n: i32,
}

/// For x from [`LEAST`] to 88.8; of NaN, all but `n` are NaN, and that is anything.
// |r| <= ln 2 / 2; ln 2 in two parts so that n ln 2 is exact; the polynomial is Cephes' `expf` (Moshier), on |r| <= 0.35 to 2e-8
// relative.
#[inline(always)]
fn parts_of_exp(x: f32) -> Parts {
    const MAGIC: f32 = 12_582_912.0; // 1.5 * 2^23: adding it rounds to an integer, kept in the low bits
    let shifted = x * std::f32::consts::LOG2_E + MAGIC;
    let n = shifted - MAGIC;
    let high = x - n * 0.693_359_4;
    let low = n * 2.121_944_4e-4;
    let r = high + low;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 0.166_666_65;
    let n = shifted.to_bits().cast_signed() - MAGIC.to_bits().cast_signed();
    Parts { high, low, square: r * r, p: p * r, n }
}

/// `p` and `n` of `e^x = 2^n p`, of what [`parts_of_exp`] takes.
#[inline(always)]
fn split_exp(x: f32) -> (f32, i32) {
    let Parts { high, low, square, p, n } = parts_of_exp(x);
    ((p + 0.5) * square + (high + low) + 1.0, n)
}

/// For n from -126 to 127; of another, anything.
#[inline(always)]
fn power_of_2(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23).cast_unsigned())
}

impl Math for f32 {
    #[inline(always)]
    fn fast_exp(self) -> Self {
        let x = if self < LEAST { LEAST } else { self };
        let x = if 88.8 < x { 88.8 } else { x };
        let (p, n) = split_exp(x);
        // 2^n in two factors, as n may be 128.
        let half = n >> 1;
        let y = p * power_of_2(half) * power_of_2(n - half);
        let y = if self < LEAST { 0.0 } else { y };
        if self.is_nan() { self } else { y }
    }

    #[inline(always)]
    fn fast_exp_of_minus(self) -> Self {
        let capped = if -LEAST < self { -LEAST } else { self };
        let (p, n) = split_exp(-capped);
        let y = p * power_of_2(n);
        if -LEAST < self { 0.0 } else { y }
    }

    #[inline(always)]
    fn fast_sigmoid(self) -> Self {
        let e = self.abs().fast_exp_of_minus();
        let top = if self < 0.0 { e } else { 1.0 };
        top / (1.0 + e)
    }

    // m / (m + 2), m = e^2x - 1 = 2^n e^r - 1: the sum of what is exact, or nearly, and of the small rest. Near 0, where n is 0, that of -x,
    // with m + 2 below 2, where numbers lie twice as close.
    #[inline(always)]
    fn fast_tanh(self) -> Self {
        let size = self.abs();
        let capped = if 10.0 < size { 10.0 } else { size };
        // Below a quarter of ln 2.
        let x = if size < 0.173_28 { -size } else { capped };
        let Parts { high, low, square, p, n } = parts_of_exp(2.0 * x);
        let rest = 0.5 * square + square * p;
        let power = power_of_2(n);
        let m = (power * high + (power - 1.0)) + power * (rest + low);
        (m / (m + 2.0)).copysign(self)
    }

    // max(x, 0) + ln(1 + e), e = e^-|x|; ln(1 + e) = 2 artanh(s), s = e / (2 + e) <= 1/3, by the series of artanh, whose first term
    // left out is below 1e-9 of the sum.
    #[inline(always)]
    fn fast_softplus(self) -> Self {
        let e = self.abs().fast_exp_of_minus();
        let s = e / (2.0 + e);
        let square = s * s;
        let p = 1.0 / 17.0;
        let p = p * square + 1.0 / 15.0;
        let p = p * square + 1.0 / 13.0;
        let p = p * square + 1.0 / 11.0;
        let p = p * square + 1.0 / 9.0;
        let p = p * square + 1.0 / 7.0;
        let p = p * square + 0.2;
        let p = p * square + 1.0 / 3.0;
        let y = 2.0 * (p * square * s + s);
        let linear = if self < 0.0 { 0.0 } else { self };
        linear + y
    }

    // x = 2^n m, m from sqrt(1/2) to sqrt(2); ln m by the series of artanh((m - 1) / (m + 1)), fitted, to 2^-34 of it: FreeBSD's `logf`.
    #[inline(always)]
    fn fast_ln(self) -> Self {
        const ROOT: u32 = 0x3f35_04f3; // of 1/2
        // Subnormal numbers are made normal.
        let is_tiny = self < Self::MIN_POSITIVE;
        let x = if is_tiny { self * 8_388_608.0 } else { self };
        let bits = x.to_bits().wrapping_add(1.0_f32.to_bits() - ROOT);
        let n = (bits >> 23).cast_signed() as f32 - if is_tiny { 150.0 } else { 127.0 };
        let f = f32::from_bits((bits & 0x007f_ffff) + ROOT) - 1.0;
        let s = f / (2.0 + f);
        let z = s * s;
        let w = z * z;
        let p = w * (0.400_009_72 + w * 0.242_790_79) + z * (0.666_666_6 + w * 0.284_987_87);
        let half = 0.5 * f * f;
        let y = s * (half + p) + n * 9.058_001e-6 - half + f + n * 0.693_138_1;
        let y = if self == 0.0 { Self::NEG_INFINITY } else { y };
        let y = if self == Self::INFINITY { self } else { y };
        if 0.0 <= self { y } else { Self::NAN }
    }
}

impl Math for f64 {
    #[inline(always)]
    fn fast_exp(self) -> Self {
        self.exp()
    }
    #[inline(always)]
    fn fast_exp_of_minus(self) -> Self {
        (-self).exp()
    }
    #[inline(always)]
    fn fast_sigmoid(self) -> Self {
        crate::epilogue::sigmoid(self)
    }
    #[inline(always)]
    fn fast_tanh(self) -> Self {
        self.tanh()
    }
    #[inline(always)]
    fn fast_softplus(self) -> Self {
        crate::epilogue::softplus(self)
    }
    #[inline(always)]
    fn fast_ln(self) -> Self {
        self.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units in the last place of the true value.
    fn error(found: f32, truth: f64) -> f64 {
        let unit = f64::from(f32::EPSILON) * 2f64.powi((truth.abs().log2().floor() as i32).max(-126));
        (f64::from(found) - truth).abs() / unit
    }

    fn worst(numbers: impl Iterator<Item = f32>) -> [f64; 4] {
        let mut worst = [0f64; 4];
        for x in numbers {
            let wide = f64::from(x);
            let exp = if (-87.3..88.7).contains(&x) { error(x.fast_exp(), wide.exp()) } else { 0.0 };
            let sigmoid = if -87.0 < x { error(x.fast_sigmoid(), 1.0 / (1.0 + (-wide).exp())) } else { 0.0 };
            let softplus =
                if -87.3 < x { error(x.fast_softplus(), crate::epilogue::softplus(wide)) } else { 0.0 };
            let tanh = error(x.fast_tanh(), wide.tanh());
            for (worst, error) in worst.iter_mut().zip([exp, sigmoid, tanh, softplus]) {
                *worst = worst.max(error);
            }
        }
        worst
    }

    fn check([exp, sigmoid, tanh, softplus]: [f64; 4]) {
        let fine = exp <= 1.0 && sigmoid <= 2.5 && tanh <= 2.0 && softplus <= 3.0;
        assert!(fine, "{exp} {sigmoid} {tanh} {softplus}");
    }

    #[test]
    fn exponentials_are_good_to_the_stated_units_in_the_last_place() {
        // Every 997th number of either sign, from the smallest normal one to 100.
        let bits = (0x0080_0000..100f32.to_bits()).step_by(997);
        check(worst(bits.flat_map(|bits| [f32::from_bits(bits), -f32::from_bits(bits)])));
    }

    #[test]
    #[ignore = "runs through all f32, some minutes"]
    fn exponentials_of_all_numbers_are_good_to_the_stated_units_in_the_last_place() {
        let bits = 0x0080_0000..100f32.to_bits();
        check(worst(bits.flat_map(|bits| [f32::from_bits(bits), -f32::from_bits(bits)])));
    }

    fn worst_logarithm(bits: impl Iterator<Item = u32>) -> f64 {
        let error = |x: f32| error(x.fast_ln(), f64::from(x).ln());
        bits.map(f32::from_bits).filter(|x| *x != 1.0).map(error).fold(0.0, f64::max)
    }

    #[test]
    fn logarithms_are_good_to_the_stated_units_in_the_last_place() {
        // Every 997th number, and all around 1, where the logarithm changes its sign.
        let near = 0x3f7f_0000..0x3f81_0000;
        let worst = worst_logarithm((1..f32::INFINITY.to_bits()).step_by(997).chain(near));
        assert!(worst <= 1.0, "{worst}");
    }

    #[test]
    #[ignore = "runs through all f32, a minute"]
    fn logarithms_of_all_numbers_are_good_to_the_stated_units_in_the_last_place() {
        let worst = worst_logarithm(1..f32::INFINITY.to_bits());
        assert!(worst <= 1.0, "{worst}");
    }

    #[test]
    fn the_ends_of_logarithms_are_met() {
        assert_eq!([0.0f32, -0.0].map(Math::fast_ln), [f32::NEG_INFINITY; 2]);
        assert_eq!([1.0f32, f32::INFINITY].map(Math::fast_ln), [0.0, f32::INFINITY]);
        assert!([-1e-40f32, -1.0, f32::NEG_INFINITY, f32::NAN].map(Math::fast_ln).iter().all(|y| y.is_nan()));
    }

    #[test]
    fn both_exponentials_give_the_same_bits() {
        let all = (0..f32::INFINITY.to_bits()).step_by(997).map(f32::from_bits);
        let differ = |x: &f32| x.fast_exp_of_minus().to_bits() != (-x).fast_exp().to_bits();
        assert_eq!(all.chain([f32::INFINITY]).find(differ), None);
        assert!(f32::NAN.fast_exp_of_minus().is_nan());
    }

    #[test]
    fn the_ends_are_met() {
        assert_eq!([0.0f32, -0.0].map(Math::fast_exp), [1.0; 2]);
        assert_eq!([f32::INFINITY, 1e9, 89.0].map(Math::fast_exp), [f32::INFINITY; 3]);
        assert_eq!([f32::NEG_INFINITY, -1e9].map(Math::fast_exp), [0.0; 2]);
        assert_eq!(
            [f32::INFINITY, 200.0, f32::NEG_INFINITY, -200.0].map(Math::fast_sigmoid),
            [1.0, 1.0, 0.0, 0.0]
        );
        assert_eq!([f32::INFINITY, 0.0, f32::NEG_INFINITY].map(Math::fast_tanh), [1.0, 0.0, -1.0]);
        assert_eq!([f32::INFINITY, 100.0, -100.0].map(Math::fast_softplus), [f32::INFINITY, 100.0, 0.0]);
        assert!(f32::NAN.fast_softplus().is_nan());
        assert!(
            f32::NAN.fast_exp().is_nan() && f32::NAN.fast_sigmoid().is_nan() && f32::NAN.fast_tanh().is_nan()
        );
    }
}
