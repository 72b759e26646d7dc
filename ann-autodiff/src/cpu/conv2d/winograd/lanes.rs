//! The transforms of F(2, 3) on each of `N` numbers side by side, and how these are taken apart and put together.
//!
//! `y = A' ((G g) * (B' d))`: two outputs of a filter of three numbers from four inputs, with four products instead of six; in two
//! dimensions four outputs with 16 instead of 36. The gradients are those of these formulas.

use crate::Scalar;

/// Numbers of a tile before the inverse transform: 4 by 4.
pub(super) const POINTS: usize = 16;

#[inline(always)]
fn plus<T: Scalar, const N: usize>(mut a: [T; N], b: [T; N]) -> [T; N] {
    for i in 0..N {
        a[i] += b[i];
    }
    a
}

#[inline(always)]
fn minus<T: Scalar, const N: usize>(mut a: [T; N], b: [T; N]) -> [T; N] {
    for i in 0..N {
        a[i] -= b[i];
    }
    a
}

#[inline(always)]
fn halved<T: Scalar, const N: usize>(mut a: [T; N]) -> [T; N] {
    let half = T::from_f64(0.5);
    for a in &mut a {
        *a *= half;
    }
    a
}

/// `B' d`
#[inline(always)]
pub(super) fn of_input<T: Scalar, const N: usize>([a, b, c, d]: [[T; N]; 4]) -> [[T; N]; 4] {
    [minus(a, c), plus(b, c), minus(c, b), minus(b, d)]
}

/// `G g`
#[inline(always)]
pub(super) fn of_filter<T: Scalar, const N: usize>([a, b, c]: [[T; N]; 3]) -> [[T; N]; 4] {
    let outer = plus(a, c);
    [a, halved(plus(outer, b)), halved(minus(outer, b)), c]
}

/// `A' m`
#[inline(always)]
pub(super) fn to_output<T: Scalar, const N: usize>([a, b, c, d]: [[T; N]; 4]) -> [[T; N]; 2] {
    [plus(plus(a, b), c), minus(minus(b, c), d)]
}

/// `A dy`
#[inline(always)]
pub(super) fn of_output<T: Scalar, const N: usize>([a, b]: [[T; N]; 2]) -> [[T; N]; 4] {
    [a, plus(a, b), minus(a, b), minus([T::ZERO; N], b)]
}

/// `G' u`
#[inline(always)]
pub(super) fn to_filter<T: Scalar, const N: usize>([a, b, c, d]: [[T; N]; 4]) -> [[T; N]; 3] {
    let both = halved(plus(b, c));
    [plus(a, both), halved(minus(b, c)), plus(both, d)]
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

    #[test]
    fn four_products_make_two_outputs_of_a_filter_of_three() {
        let (d, g) = ([2.0, -3.0, 5.0, 7.0], [11.0, 13.0, -17.0]);
        let one = |x: f64| [x];
        let (v, u) = (of_input(d.map(one)), of_filter(g.map(one)));
        let mut m = [[0.0]; 4];
        for i in 0..4 {
            m[i] = [u[i][0] * v[i][0]];
        }
        for (i, y) in to_output(m).into_iter().enumerate() {
            assert_eq!(y, [(0..3).map(|k| d[i + k] * g[k]).sum::<f64>()]);
        }
    }

    #[test]
    fn the_ways_back_are_the_transposed_ones() {
        let one = |x: f64| [x];
        let (y, m, g) = ([3.0, 5.0].map(one), [2.0, -7.0, 11.0, 13.0].map(one), [1.0, -4.0, 6.0].map(one));
        let dot = |a: &[[f64; 1]], b: &[[f64; 1]]| a.iter().zip(b).map(|(a, b)| a[0] * b[0]).sum::<f64>();
        assert_eq!(dot(&to_output(m), &y), dot(&m, &of_output(y)));
        assert_eq!(dot(&of_filter(g), &m), dot(&g, &to_filter(m)));
    }
}
