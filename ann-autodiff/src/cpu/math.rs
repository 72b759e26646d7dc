//! Exponentials and logarithms that the compiler can turn into vector code, for `f32`; `f64` takes the library's, which are exact to
//! the last bits and serve checks.
//!
//! Errors, with fused multiply-adds or without, found by running through all `f32` (a test, ignored by default, repeats it): `exp` 1.0,
//! sigmoid 2.5, tanh 2.0, softplus 3.0 and `ln` 1.0 units in the last place at most.

/// The functions.
pub trait Math: Sized + Copy {
    /// `e^x`; 0 below -87.3, where the result would be subnormal.
    fn fast_exp<const FUSED: bool>(self) -> Self;
    /// `e^-x` for x from 0 to infinity, to the same bits.
    fn fast_exp_of_minus<const FUSED: bool>(self) -> Self;
    /// `1 / (1 + e^-x)`
    fn fast_sigmoid<const FUSED: bool>(self) -> Self;
    /// `tanh(x)`
    fn fast_tanh<const FUSED: bool>(self) -> Self;
    /// `ln(1 + e^x)`; 0 below -87.3
    fn fast_softplus<const FUSED: bool>(self) -> Self;
    /// `ln(x)`
    fn fast_ln<const FUSED: bool>(self) -> Self;
}

/// Below it `e^x` would be subnormal.
const LEAST: f32 = -87.3;

/// `a + b c`: rounded once, or the product and the sum each.
#[inline(always)]
fn plus_product<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { b.mul_add(c, a) } else { a + b * c }
}

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
fn parts_of_exp<const FUSED: bool>(x: f32) -> Parts {
    const MAGIC: f32 = 12_582_912.0; // 1.5 * 2^23: adding it rounds to an integer, kept in the low bits
    let plus_product = plus_product::<FUSED>;
    let shifted = plus_product(MAGIC, x, std::f32::consts::LOG2_E);
    let n = shifted - MAGIC;
    let high = plus_product(x, n, -0.693_359_4);
    let low = n * 2.121_944_4e-4;
    let r = high + low;
    let p = 1.987_569_1e-4;
    let p = plus_product(1.398_199_9e-3, p, r);
    let p = plus_product(8.333_452e-3, p, r);
    let p = plus_product(4.166_579_6e-2, p, r);
    let p = plus_product(0.166_666_65, p, r);
    let n = shifted.to_bits().cast_signed() - MAGIC.to_bits().cast_signed();
    Parts { high, low, square: r * r, p: p * r, n }
}

/// `p` and `n` of `e^x = 2^n p`, of what [`parts_of_exp`] takes.
#[inline(always)]
fn split_exp<const FUSED: bool>(x: f32) -> (f32, i32) {
    let Parts { high, low, square, p, n } = parts_of_exp::<FUSED>(x);
    // Not fused: the error of the polynomial would show, 1.013 units in the last place of `e^x` instead of 0.990.
    ((p + 0.5) * square + (high + low) + 1.0, n)
}

/// For n from -126 to 127; of another, anything.
#[inline(always)]
fn power_of_2(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23).cast_unsigned())
}

impl Math for f32 {
    #[inline(always)]
    fn fast_exp<const FUSED: bool>(self) -> Self {
        let x = if self < LEAST { LEAST } else { self };
        let x = if 88.8 < x { 88.8 } else { x };
        let (p, n) = split_exp::<FUSED>(x);
        // 2^n in two factors, as n may be 128.
        let half = n >> 1;
        let y = p * power_of_2(half) * power_of_2(n - half);
        let y = if self < LEAST { 0.0 } else { y };
        if self.is_nan() { self } else { y }
    }

    #[inline(always)]
    fn fast_exp_of_minus<const FUSED: bool>(self) -> Self {
        let capped = if -LEAST < self { -LEAST } else { self };
        let (p, n) = split_exp::<FUSED>(-capped);
        let y = p * power_of_2(n);
        if -LEAST < self { 0.0 } else { y }
    }

    #[inline(always)]
    fn fast_sigmoid<const FUSED: bool>(self) -> Self {
        let e = self.abs().fast_exp_of_minus::<FUSED>();
        let top = if self < 0.0 { e } else { 1.0 };
        top / (1.0 + e)
    }

    // m / (m + 2), m = e^2x - 1 = 2^n e^r - 1: the sum of what is exact, or nearly, and of the small rest. Near 0, where n is 0, that of -x,
    // with m + 2 below 2, where numbers lie twice as close.
    #[inline(always)]
    fn fast_tanh<const FUSED: bool>(self) -> Self {
        let size = self.abs();
        let capped = if 10.0 < size { 10.0 } else { size };
        // Below a quarter of ln 2.
        let x = if size < 0.173_28 { -size } else { capped };
        let Parts { high, low, square, p, n } = parts_of_exp::<FUSED>(2.0 * x);
        let rest = plus_product::<FUSED>(0.5 * square, square, p);
        let power = power_of_2(n);
        let m = plus_product::<FUSED>(plus_product::<FUSED>(power - 1.0, power, high), power, rest + low);
        (m / (m + 2.0)).copysign(self)
    }

    // max(x, 0) + ln(1 + e), e = e^-|x|; ln(1 + e) = 2 artanh(s), s = e / (2 + e) <= 1/3, by the series of artanh, whose first term
    // left out is below 1e-9 of the sum.
    #[inline(always)]
    fn fast_softplus<const FUSED: bool>(self) -> Self {
        let e = self.abs().fast_exp_of_minus::<FUSED>();
        let s = e / (2.0 + e);
        let square = s * s;
        let plus_product = plus_product::<FUSED>;
        let p = 1.0 / 17.0;
        let p = plus_product(1.0 / 15.0, p, square);
        let p = plus_product(1.0 / 13.0, p, square);
        let p = plus_product(1.0 / 11.0, p, square);
        let p = plus_product(1.0 / 9.0, p, square);
        let p = plus_product(1.0 / 7.0, p, square);
        let p = plus_product(0.2, p, square);
        let p = plus_product(1.0 / 3.0, p, square);
        let y = 2.0 * (p * square * s + s);
        let linear = if self < 0.0 { 0.0 } else { self };
        linear + y
    }

    // x = 2^n m, m from sqrt(1/2) to sqrt(2); ln m by the series of artanh((m - 1) / (m + 1)), fitted, to 2^-34 of it: FreeBSD's `logf`.
    #[inline(always)]
    fn fast_ln<const FUSED: bool>(self) -> Self {
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
        let plus_product = plus_product::<FUSED>;
        let odd = z * plus_product(0.666_666_6, w, 0.284_987_87);
        let p = plus_product(odd, w, plus_product(0.400_009_72, w, 0.242_790_79));
        let half = 0.5 * f * f;
        let rest = plus_product(n * 9.058_001e-6, s, half + p);
        let y = plus_product(rest - half + f, n, 0.693_138_1);
        let y = if self == 0.0 { Self::NEG_INFINITY } else { y };
        let y = if self == Self::INFINITY { self } else { y };
        if 0.0 <= self { y } else { Self::NAN }
    }
}

impl Math for f64 {
    #[inline(always)]
    fn fast_exp<const FUSED: bool>(self) -> Self {
        self.exp()
    }
    #[inline(always)]
    fn fast_exp_of_minus<const FUSED: bool>(self) -> Self {
        (-self).exp()
    }
    #[inline(always)]
    fn fast_sigmoid<const FUSED: bool>(self) -> Self {
        crate::epilogue::sigmoid(self)
    }
    #[inline(always)]
    fn fast_tanh<const FUSED: bool>(self) -> Self {
        self.tanh()
    }
    #[inline(always)]
    fn fast_softplus<const FUSED: bool>(self) -> Self {
        crate::epilogue::softplus(self)
    }
    #[inline(always)]
    fn fast_ln<const FUSED: bool>(self) -> Self {
        self.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::isa::{FusedLoop, Isa};

    #[derive(Clone, Copy, Debug)]
    enum Function {
        Exp,
        ExpOfMinus,
        Sigmoid,
        Tanh,
        Softplus,
        Ln,
    }

    use Function::{Exp, ExpOfMinus, Ln, Sigmoid, Softplus, Tanh};

    struct Values<'a>(Function, &'a mut [f32]);

    impl FusedLoop for Values<'_> {
        type Output = ();

        #[inline(always)]
        fn eval<const FUSED: bool>(self) {
            match self.0 {
                Exp => self.1.iter_mut().for_each(|x| *x = x.fast_exp::<FUSED>()),
                ExpOfMinus => self.1.iter_mut().for_each(|x| *x = x.fast_exp_of_minus::<FUSED>()),
                Sigmoid => self.1.iter_mut().for_each(|x| *x = x.fast_sigmoid::<FUSED>()),
                Tanh => self.1.iter_mut().for_each(|x| *x = x.fast_tanh::<FUSED>()),
                Softplus => self.1.iter_mut().for_each(|x| *x = x.fast_softplus::<FUSED>()),
                Ln => self.1.iter_mut().for_each(|x| *x = x.fast_ln::<FUSED>()),
            }
        }
    }

    impl Function {
        fn of(self, isa: Isa, x: &[f32]) -> Vec<f32> {
            let mut values = x.to_vec();
            isa.run_fused(Values(self, &mut values));
            values
        }

        fn truth(self, x: f64) -> f64 {
            match self {
                Exp => x.exp(),
                ExpOfMinus => (-x).exp(),
                Sigmoid => 1.0 / (1.0 + (-x).exp()),
                Tanh => x.tanh(),
                Softplus => crate::epilogue::softplus(x),
                Ln => x.ln(),
            }
        }

        /// Where it is neither 0 nor beyond all numbers.
        fn takes(self, x: f32) -> bool {
            match self {
                Exp => (-87.3..88.7).contains(&x),
                ExpOfMinus => (0.0..87.3).contains(&x),
                Sigmoid => -87.0 < x,
                Tanh => true,
                Softplus => -87.3 < x,
                // Of 1 it is 0, which has no last place.
                Ln => x != 1.0,
            }
        }
    }

    /// The same on every processor: with products rounded by themselves, and together with sums.
    fn both() -> [Isa; 2] {
        [Isa::all()[0], Isa::detect()]
    }

    /// Distance in units in the last place of the true value.
    fn error(found: f32, truth: f64) -> f64 {
        let unit = f64::from(f32::EPSILON) * 2f64.powi((truth.abs().log2().floor() as i32).max(-126));
        (f64::from(found) - truth).abs() / unit
    }

    fn check(bounds: &[(Function, f64)], mut bits: impl Iterator<Item = u32>) {
        // The worst of each, with products rounded by themselves and together with sums.
        let mut worst = vec![[0.0_f64; 2]; bounds.len()];
        loop {
            let x: Vec<f32> = bits.by_ref().take(1 << 16).map(f32::from_bits).collect();
            if x.is_empty() {
                break;
            }
            for ((function, _), worst) in bounds.iter().zip(&mut worst) {
                let truths: Vec<f64> = x.iter().map(|x| function.truth(f64::from(*x))).collect();
                for (isa, worst) in both().into_iter().zip(worst) {
                    for ((x, found), truth) in x.iter().zip(function.of(isa, &x)).zip(&truths) {
                        if function.takes(*x) {
                            let error = error(found, *truth);
                            *worst = if error.is_nan() { f64::INFINITY } else { worst.max(error) };
                        }
                    }
                }
            }
        }
        let all_fine =
            bounds.iter().zip(&worst).all(|((_, bound), worst)| worst.iter().all(|worst| worst <= bound));
        assert!(all_fine, "{bounds:?}: {worst:?}");
    }

    const EXPONENTIALS: &[(Function, f64)] =
        &[(Exp, 1.0), (ExpOfMinus, 1.0), (Sigmoid, 2.5), (Tanh, 2.0), (Softplus, 3.0)];

    /// Both signs of numbers from the smallest normal one to 100.
    fn of_both_signs(step: usize) -> impl Iterator<Item = u32> {
        (0x0080_0000..100f32.to_bits()).step_by(step).flat_map(|bits| [bits, bits | 1 << 31])
    }

    #[test]
    fn exponentials_are_good_to_the_stated_units_in_the_last_place() {
        check(EXPONENTIALS, of_both_signs(997));
    }

    #[test]
    #[ignore = "runs through all f32, some minutes"]
    fn exponentials_of_all_numbers_are_good_to_the_stated_units_in_the_last_place() {
        check(EXPONENTIALS, of_both_signs(1));
    }

    #[test]
    fn logarithms_are_good_to_the_stated_units_in_the_last_place() {
        // Every 997th number, and all around 1, where the logarithm changes its sign.
        let near = 0x3f7f_0000..0x3f81_0000;
        check(&[(Ln, 1.0)], (1..f32::INFINITY.to_bits()).step_by(997).chain(near));
    }

    #[test]
    #[ignore = "runs through all f32, a minute"]
    fn logarithms_of_all_numbers_are_good_to_the_stated_units_in_the_last_place() {
        check(&[(Ln, 1.0)], 1..f32::INFINITY.to_bits());
    }

    #[test]
    fn both_exponentials_give_the_same_bits() {
        let x: Vec<f32> = (0..f32::INFINITY.to_bits()).step_by(997).map(f32::from_bits).collect();
        let minus: Vec<f32> = x.iter().map(|x| -x).collect();
        for isa in both() {
            assert_eq!(ExpOfMinus.of(isa, &x), Exp.of(isa, &minus), "{isa:?}");
        }
    }

    #[test]
    fn the_ends_are_met() {
        const INFINITY: f32 = f32::INFINITY;
        let ends: &[(Function, &[f32], &[f32])] = &[
            (
                Exp,
                &[0.0, -0.0, INFINITY, 1e9, 89.0, -INFINITY, -1e9],
                &[1.0, 1.0, INFINITY, INFINITY, INFINITY, 0.0, 0.0],
            ),
            (ExpOfMinus, &[0.0, INFINITY, 1e9], &[1.0, 0.0, 0.0]),
            (Sigmoid, &[INFINITY, 200.0, -INFINITY, -200.0], &[1.0, 1.0, 0.0, 0.0]),
            (Tanh, &[INFINITY, 0.0, -INFINITY], &[1.0, 0.0, -1.0]),
            (Softplus, &[INFINITY, 100.0, -100.0], &[INFINITY, 100.0, 0.0]),
            (Ln, &[0.0, -0.0, 1.0, INFINITY], &[-INFINITY, -INFINITY, 0.0, INFINITY]),
        ];
        for isa in both() {
            for (function, x, expected) in ends {
                assert_eq!(function.of(isa, x), *expected, "{function:?} under {isa:?}");
                assert!(function.of(isa, &[f32::NAN])[0].is_nan(), "{function:?} under {isa:?}");
            }
            assert!(Ln.of(isa, &[-1e-40, -1.0, -INFINITY]).iter().all(|y| y.is_nan()), "{isa:?}");
        }
    }
}
