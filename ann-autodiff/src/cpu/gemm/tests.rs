use super::*;
use crate::Dtype;
use crate::cpu::{Arithmetic, MatmulPrecision};
use crate::random::Random;

fn drawn<T: Scalar>(stream: u64, len: usize) -> Vec<T> {
    (0..len).map(|i| T::from_f64(Random::new(1).stream(stream).normal(i as u64))).collect()
}

/// The strides of a matrix, stored by rows or by columns, perhaps with gaps; and its length.
fn laid_out(rows: usize, columns: usize, transposed: bool, gap: usize) -> (Strides, usize) {
    let strides =
        if transposed { Strides::rows(rows + gap).transposed() } else { Strides::rows(columns + gap) };
    (strides, strides.end(rows, columns))
}

/// The nearest `bf16`, of 8 bits.
fn bf16(x: f64) -> f64 {
    let unit = 2.0_f64.powf(x.abs().log2().floor() - 7.0);
    (x / unit).round_ties_even() * unit
}

/// Every instruction set, with and without `bf16`.
fn every_way() -> impl Iterator<Item = Arithmetic> {
    let precisions = [MatmulPrecision::Full, MatmulPrecision::Bf16];
    Isa::all().into_iter().flat_map(move |isa| precisions.map(|precision| Arithmetic { isa, precision }))
}

fn agrees<T: Scalar>(
    by: impl std::convert::Into<Arithmetic>,
    team: &Team,
    sizes: [usize; 3],
    layout: [bool; 3],
    gap: usize,
    into: Into,
) {
    let [m, n, k] = sizes;
    let (a_at, a_len) = laid_out(m, k, layout[0], gap);
    let (b_at, b_len) = laid_out(k, n, layout[1], gap);
    let (c_at, c_len) = laid_out(m, n, layout[2], gap);
    let (a, b, before) = (drawn::<T>(1, a_len), drawn::<T>(2, b_len), drawn::<T>(3, c_len));
    let by = by.into();
    let rounded = |x: T| match by.precision {
        MatmulPrecision::Bf16 if T::DTYPE == Dtype::F32 => bf16(x.to_f64()),
        _ => x.to_f64(),
    };
    let product = Product::new::<T>(by, sizes, a_at, b_at, c_at);
    let found = [product, product.in_halves()].map(|product| {
        let mut c = before.clone();
        let mut scratch = vec![T::NAN; product.scratch_of(team)];
        product.parallel(team, &a, &b, &mut c, into, &mut scratch);
        let mut alone = before.clone();
        let mut scratch = vec![T::NAN; product.scratch()];
        product.serial(&a, &b, &mut alone, into, &mut scratch);
        assert_eq!(c, alone, "{sizes:?}: other bits on {} threads", team.threads());
        c
    });
    let (a, b): (Vec<f64>, Vec<f64>) =
        (a.into_iter().map(rounded).collect(), b.into_iter().map(rounded).collect());
    let mut expected = [before.clone(), before];
    for i in 0..m {
        for j in 0..n {
            let (mut sum, mut size) = (0.0, 0.0);
            for p in 0..k {
                let term = a[i * a_at.row + p * a_at.column] * b[p * b_at.row + j * b_at.column];
                sum += term;
                size += term.abs();
            }
            let at = i * c_at.row + j * c_at.column;
            for (c, expected) in found.iter().zip(&mut expected) {
                let old = if into == Into::Sum { expected[at].to_f64() } else { 0.0 };
                // The rounding of a sum of k terms, each as large as it is.
                let bound = (k + 2) as f64 * T::EPSILON.to_f64() * (size + old.abs());
                let error = (c[at].to_f64() - sum - old).abs();
                assert!(
                    error <= bound,
                    "{by:?} {sizes:?} {layout:?} at {i}, {j}: {} for {}",
                    c[at],
                    sum + old
                );
                expected[at] = c[at];
            }
        }
    }
    // What lies between the elements was not touched.
    assert_eq!(found, expected);
}

const SIZES: &[[usize; 3]] = &[
    [1, 1, 1],
    [0, 3, 2],
    [3, 0, 2],
    [3, 2, 0],
    [2, 3, 4],
    [7, 5, 3],
    [12, 32, 8],
    [13, 33, 9],
    [20, 16, 25],
    [11, 47, 400],
    [64, 10, 131],
    [5, 100, 770],
    [1, 300, 150],
    [3, 45, 200],
    [130, 2, 331],
    [14, 200, 30],
    [13, 300, 70],
    [97, 65, 33],
    [150, 130, 50],
    // Narrow, and panels that are copied in parts.
    [30, 70, 620],
    [200, 20, 40],
    [65, 40, 1030],
];

#[test]
fn products_agree_with_three_loops_for_all_instruction_sets_and_layouts() {
    let team = Team::new(2);
    for by in every_way() {
        for (number, sizes) in SIZES.iter().enumerate() {
            for layout in 0..8 {
                let layout = [layout & 1 != 0, layout & 2 != 0, layout & 4 != 0];
                let into = if number % 2 == 0 { Into::Fresh } else { Into::Sum };
                agrees::<f32>(by, &team, *sizes, layout, number % 3, into);
                agrees::<f64>(by, &team, *sizes, layout, number % 3, into);
            }
        }
    }
}

#[test]
#[cfg(not(any(feature = "gemm", feature = "matrixmultiply")))]
fn a_row_has_the_same_bits_alone_as_among_others() {
    let team = Team::new(2);
    for by in every_way() {
        for (n, k) in [(10, 784), (33, 50), (300, 7), (1, 1), (50, 1000)] {
            let (a, b) = (drawn::<f32>(1, 20 * k), drawn::<f32>(2, n * k));
            let b_at = Strides::rows(k).transposed();
            for into in [Into::Fresh, Into::Sum] {
                let product = |rows: usize| {
                    let sizes = [rows, n, k];
                    let product = Product::new::<f32>(by, sizes, Strides::rows(k), b_at, Strides::rows(n));
                    let (mut c, mut scratch) = (drawn(3, 20 * n), vec![f32::NAN; product.scratch_of(&team)]);
                    product.parallel(&team, &a, &b, &mut c, into, &mut scratch);
                    c
                };
                let all = product(20);
                for rows in 1..6 {
                    assert_eq!(product(rows)[..rows * n], all[..rows * n], "{by:?}: {rows} rows, {n} by {k}");
                }
            }
        }
    }
}

fn product_of<T: Scalar>(by: Arithmetic, [m, n, k]: [usize; 3]) -> Product {
    Product::new::<T>(by, [m, n, k], Strides::rows(k), Strides::rows(n), Strides::rows(n))
}

#[test]
fn large_products_are_cut_and_agree() {
    let team = Team::new(3);
    for layout in [[false, false, false], [false, true, false], [true, false, false]] {
        for by in every_way().filter(|by| by.isa == Isa::detect()) {
            agrees::<f32>(by, &team, [100, 900, 1300], layout, 0, Into::Fresh);
            agrees::<f32>(by, &team, [700, 500, 64], layout, 0, Into::Sum);
        }
    }
    // Summed in two halves.
    for by in every_way() {
        for k in [161, 770, 1537] {
            assert_eq!(product_of::<f64>(by, [20, 431, k]).in_halves().parts, 2);
            for into in [Into::Fresh, Into::Sum] {
                agrees::<f32>(by, &team, [20, 431, k], [false; 3], 1, into);
                agrees::<f64>(by, &team, [20, 431, k], [false; 3], 0, into);
            }
        }
    }
}

#[test]
#[ignore = "a measurement; run it in a release build, with --nocapture"]
fn rates() {
    use std::time::Instant;
    for by in every_way() {
        // Rows, columns, depth; which operands are stored transposed.
        for (what, [m, n, k], [a, b]) in [
            ("dense forward", [64, 500, 800], [false, true]),
            ("dense forward, large", [100, 2000, 2500], [false, true]),
            ("dense by input", [100, 2500, 2000], [false, false]),
            ("dense by weight", [2000, 2500, 100], [true, false]),
            ("patches", [50, 64, 500], [false, false]),
            ("patches by input", [500, 64, 50], [false, false]),
            ("patches by weight", [500, 64, 64], [false, false]),
            ("cube", [768, 768, 768], [false, false]),
        ] {
            let (a_at, a_len) = laid_out(m, k, a, 0);
            let (b_at, b_len) = laid_out(k, n, b, 0);
            let (c_at, c_len) = laid_out(m, n, false, 0);
            let (a, b, mut c) = (drawn::<f32>(1, a_len), drawn::<f32>(2, b_len), vec![0.0; c_len]);
            let product = Product::new::<f32>(by, [m, n, k], a_at, b_at, c_at);
            let mut scratch = vec![0.0; product.scratch()];
            let mut best = f64::INFINITY;
            for _ in 0..20 {
                let start = Instant::now();
                product.serial(&a, &b, &mut c, Into::Fresh, &mut scratch);
                best = best.min(start.elapsed().as_secs_f64());
            }
            let rate = 2e-9 * (m * n * k) as f64 / best;
            eprintln!(
                "{by:?} {what} {m}x{n}x{k}: {rate:.1} GFLOP/s, swapped {}, packed {}",
                product.swapped, product.packed
            );
        }
    }
}
