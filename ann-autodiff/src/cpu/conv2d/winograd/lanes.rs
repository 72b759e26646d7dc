//! The transforms of minimal filtering on each of `N` numbers side by side.
//!
//! Outputs `y` of a filter `g` on inputs `d` are coefficients of a product of polynomials, which is found from its values at `P` points:
//! `y = A' ((S E g) * (B' d))`. `E g` and `A y` are values of the polynomials with these coefficients at the points, `A' m` and `E' u`
//! the transposed maps; `S` scales. The points are 0, 1, -1 and infinity; of 6 points 0, 5/8 and -5/8, 3/2 and
//! -3/2 and infinity, whose maps are of numbers that are held exactly and about as large as each other.
//!
//! In two dimensions 4 points give 2 by 2 outputs of 3 by 3 filters with 16 products instead of 36, 6 points 4 by 4 with 36 instead of
//! 144, or 2 by 2 of 5 by 5 filters with 36 instead of 100.

use crate::Scalar;

/// Most points along an axis.
pub(super) const POINTS: usize = 6;

/// Numbers side by side, some of an axis; those beyond its length are 0.
pub(super) type Axis<T, const N: usize> = [[T; N]; POINTS];

/// The first or second of the points that have an opposite one.
#[inline(always)]
const fn point<const P: usize>(pair: usize) -> f64 {
    match (P, pair) {
        (4, _) => 1.0,
        (_, 0) => 0.625,
        _ => 1.5,
    }
}

/// Nothing yet.
#[inline(always)]
pub(super) fn none<T: Scalar, const N: usize>() -> Axis<T, N> {
    [[T::ZERO; N]; POINTS]
}

/// `a + factor b`
#[inline(always)]
fn plus<T: Scalar, const N: usize>(mut a: [T; N], factor: f64, b: [T; N]) -> [T; N] {
    let times = T::from_f64(factor);
    for i in 0..N {
        if factor == 1.0 {
            a[i] += b[i];
        } else if factor == -1.0 {
            a[i] -= b[i];
        } else {
            a[i] += times * b[i];
        }
    }
    a
}

#[inline(always)]
fn times<T: Scalar, const N: usize>(mut a: [T; N], factor: f64) -> [T; N] {
    let factor = T::from_f64(factor);
    for a in &mut a {
        *a *= factor;
    }
    a
}

/// `B' d`
#[inline(always)]
pub(super) fn of_input<T: Scalar, const N: usize, const P: usize>(d: Axis<T, N>) -> Axis<T, N> {
    let mut v = none();
    if P == 4 {
        v[0] = plus(d[0], -1.0, d[2]);
        v[1] = plus(d[1], 1.0, d[2]);
        v[2] = plus(d[2], -1.0, d[1]);
        v[3] = plus(d[3], -1.0, d[1]);
    } else {
        let [a, b] = [point::<6>(0), point::<6>(1)];
        let [a_2, b_2] = [a * a, b * b];
        v[0] = plus(plus(d[4], -(a_2 + b_2), d[2]), a_2 * b_2, d[0]);
        for (i, point, other) in [(1, a, b_2), (3, b, a_2)] {
            let (even, odd) = (plus(d[4], -other, d[2]), times(plus(d[3], -other, d[1]), point));
            v[i] = plus(even, 1.0, odd);
            v[i + 1] = plus(even, -1.0, odd);
        }
        v[5] = plus(plus(d[5], -(a_2 + b_2), d[3]), a_2 * b_2, d[1]);
    }
    v
}

/// The transposed map.
#[inline(always)]
pub(super) fn to_input<T: Scalar, const N: usize, const P: usize>(v: Axis<T, N>) -> Axis<T, N> {
    let mut d = none();
    if P == 4 {
        d[0] = v[0];
        d[1] = plus(plus(v[1], -1.0, v[2]), -1.0, v[3]);
        d[2] = plus(plus(v[1], 1.0, v[2]), -1.0, v[0]);
        d[3] = v[3];
    } else {
        let [a, b] = [point::<6>(0), point::<6>(1)];
        let [a_2, b_2] = [a * a, b * b];
        let even = [plus(v[1], 1.0, v[2]), plus(v[3], 1.0, v[4])];
        let odd = [times(plus(v[1], -1.0, v[2]), a), times(plus(v[3], -1.0, v[4]), b)];
        d[0] = times(v[0], a_2 * b_2);
        d[1] = plus(plus(times(v[5], a_2 * b_2), -b_2, odd[0]), -a_2, odd[1]);
        d[2] = plus(plus(times(v[0], -(a_2 + b_2)), -b_2, even[0]), -a_2, even[1]);
        d[3] = plus(plus(times(v[5], -(a_2 + b_2)), 1.0, odd[0]), 1.0, odd[1]);
        d[4] = plus(plus(v[0], 1.0, even[0]), 1.0, even[1]);
        d[5] = v[5];
    }
    d
}

/// Values at the points, of polynomials of `L` coefficients.
#[inline(always)]
pub(super) fn at_points<T: Scalar, const N: usize, const P: usize, const L: usize>(
    c: Axis<T, N>,
) -> Axis<T, N> {
    let mut v = none();
    v[0] = c[0];
    v[P - 1] = c[L - 1];
    for pair in 0..P / 2 - 1 {
        let point = point::<P>(pair);
        let (mut even, mut odd) = (c[0], times(c[1], point));
        let mut power = point;
        for k in 2..L {
            power *= point;
            if k % 2 == 0 {
                even = plus(even, power, c[k]);
            } else {
                odd = plus(odd, power, c[k]);
            }
        }
        v[1 + 2 * pair] = plus(even, 1.0, odd);
        v[2 + 2 * pair] = plus(even, -1.0, odd);
    }
    v
}

/// The transposed map: `L` sums over the points.
#[inline(always)]
pub(super) fn from_points<T: Scalar, const N: usize, const P: usize, const L: usize>(
    m: Axis<T, N>,
) -> Axis<T, N> {
    let mut y = none();
    y[0] = m[0];
    for pair in 0..P / 2 - 1 {
        let point = point::<P>(pair);
        let sum = plus(m[1 + 2 * pair], 1.0, m[2 + 2 * pair]);
        let difference = plus(m[1 + 2 * pair], -1.0, m[2 + 2 * pair]);
        let mut power = 1.0;
        for k in 0..L {
            y[k] = plus(y[k], power, if k % 2 == 0 { sum } else { difference });
            power *= point;
        }
    }
    y[L - 1] = plus(y[L - 1], 1.0, m[P - 1]);
    y
}

/// `S u`
#[inline(always)]
pub(super) fn scaled<T: Scalar, const N: usize, const P: usize>(u: Axis<T, N>) -> Axis<T, N> {
    let mut v = u;
    if P == 4 {
        v[1] = times(u[1], 0.5);
        v[2] = times(u[2], 0.5);
    } else {
        let [a_2, b_2] = [point::<6>(0), point::<6>(1)].map(|point| point * point);
        v[0] = times(u[0], 1.0 / (a_2 * b_2));
        for i in 1..3 {
            v[i] = times(u[i], 0.5 / (a_2 * (a_2 - b_2)));
            v[2 + i] = times(u[2 + i], 0.5 / (b_2 * (b_2 - a_2)));
        }
    }
    v
}

/// Numbers `at..at + N`.
#[inline(always)]
pub(super) fn load<T: Copy, const N: usize>(from: &[T], at: usize) -> [T; N] {
    *from[at..].first_chunk().expect("a whole chunk")
}

#[inline(always)]
pub(super) fn store<T: Copy, const N: usize>(to: &mut [T], at: usize, values: [T; N]) {
    *to[at..].first_chunk_mut().expect("a whole chunk") = values;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(numbers: &[f64]) -> Axis<f64, 1> {
        let mut axis = none();
        for (to, number) in axis.iter_mut().zip(numbers) {
            to[0] = *number;
        }
        axis
    }

    fn dot(a: &Axis<f64, 1>, b: &Axis<f64, 1>) -> f64 {
        a.iter().zip(b).map(|(a, b)| a[0] * b[0]).sum()
    }

    fn filters<const P: usize, const R: usize, const M: usize>() {
        // At 4 points all is halves of whole numbers; at 6 points, of numbers of some thousands, scales are rounded.
        let allowed = if P == 4 { 0.0 } else { 1e-9 };
        let (d, g) = (&[2.0, -3.0, 5.0, 7.0, -4.0, 6.0][..P], &[11.0, 13.0, -17.0, 19.0, 23.0][..R]);
        let (v, u) = (of_input::<_, 1, P>(axis(d)), scaled::<_, 1, P>(at_points::<_, 1, P, R>(axis(g))));
        let mut m = none();
        for i in 0..P {
            m[i] = [u[i][0] * v[i][0]];
        }
        let y = from_points::<_, 1, P, M>(m);
        for i in 0..M {
            let expected: f64 = (0..R).map(|k| d[i + k] * g[k]).sum();
            assert!((y[i][0] - expected).abs() <= allowed, "{P} {R}: {} for {expected}", y[i][0]);
        }
        let y = axis(&[3.0, 5.0, -2.0, 4.0][..M]);
        let (through, back) = (dot(&v, &m), dot(&axis(d), &to_input::<_, 1, P>(m)));
        assert!((through - back).abs() <= allowed, "{P}: {through} and {back}");
        let there = dot(&from_points::<_, 1, P, M>(m), &y);
        let back = dot(&m, &at_points::<_, 1, P, M>(y));
        assert!((there - back).abs() <= allowed, "{P} {R}: {there} and {back}");
    }

    #[test]
    fn as_many_products_as_points_make_the_outputs_of_a_filter() {
        filters::<4, 3, 2>();
        filters::<6, 3, 4>();
        filters::<6, 5, 2>();
    }
}
