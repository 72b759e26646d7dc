//! Rows of a table that go into a product: a plan multiplies the table instead, and nothing else changes.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann_autodiff::ops::{Direction, Embedding, Gru, Linear, Lstm, LstmOutput, Rnn};
use ann_autodiff::random::Random;
use ann_autodiff::{Backend, Cpu, Epilogue, Plan, Reference, Scalar, Tape, Var};

const K: usize = 20;
const N: usize = 17;

/// A layer on what was taken from the table and inputs of its own, of these sizes.
type Apply = for<'t> fn(&'t Tape, Var<'t>, &[Var<'t>]) -> Var<'t>;

/// Output and gradients of a layer on rows of a table; the plan as it explains itself. `apart` keeps the rows themselves, too, so that
/// they have to be there.
fn run<T: Scalar>(
    backend: &impl Backend,
    vocab: usize,
    layer: (&[&[usize]], Apply),
    apart: bool,
) -> (Vec<Vec<T>>, String) {
    let tape = Tape::new();
    let indices = tape.data(&[2, 4]);
    let table = tape.input(&[vocab, K]);
    let of_layer: Vec<_> = layer.0.iter().map(|dims| tape.input(dims)).collect();
    let rows = tape.apply(Embedding, [indices, table]);
    let y = (layer.1)(&tape, rows, &of_layer);
    let random = Random::new(3);
    let weights: Vec<f64> = (0..y.extents().count()).map(|i| random.normal(i as u64)).collect();
    let loss = (y * tape.constant(&y.extents(), &weights)).sum();
    let outputs = if apart { vec![y, rows] } else { vec![y] };
    let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &outputs).unwrap();
    for (i, index) in plan.input_mut(0).iter_mut().enumerate() {
        // One row is never taken.
        *index = T::from_usize(random.below(i as u64, vocab - 1));
    }
    for number in 1..2 + of_layer.len() {
        for (i, x) in plan.input_mut(number).iter_mut().enumerate() {
            *x = T::from_f64(random.stream(number as u64).normal(i as u64));
        }
    }
    plan.forward(&[]).unwrap();
    plan.backward(&[], &mut []).unwrap();
    let mut found = vec![plan.output(0).to_vec()];
    found.extend((1..2 + of_layer.len()).map(|number| plan.input_gradient(number).unwrap().to_vec()));
    (found, plan.explain())
}

const LAYERS: [(&[&[usize]], Apply); 5] = [
    (&[&[N, K], &[N]], |tape, x, w| tape.apply(Linear::default(), [x, w[0], w[1]])),
    // Two layers, one after the other.
    (&[&[N, K], &[N], &[4, N], &[4]], |_, x, w| x.linear(w[0], w[1]).relu().linear(w[2], w[3])),
    (&[&[N, K], &[N, N], &[N]], |tape, x, w| {
        let rnn = Rnn { activation: Epilogue::Tanh, direction: Direction::Reverse };
        tape.apply(rnn, [x, w[0], w[1], w[2], tape.constant(&[0], &[]), tape.constant(&[0], &[])])
    }),
    (&[&[4 * N, K], &[4 * N, N], &[4 * N], &[2, N]], |tape, x, w| {
        let lstm = Lstm { direction: Direction::Forward, output: LstmOutput::Hidden };
        let none = || tape.constant(&[0], &[]);
        tape.apply(lstm, [x, w[0], w[1], w[2], none(), w[3], none(), tape.constant(&[2], &[4.0, 2.0])])
    }),
    (&[&[3 * N, K], &[3 * N, N], &[3 * N], &[N]], |tape, x, w| {
        let none = || tape.constant(&[0], &[]);
        tape.apply(Gru::default(), [x, w[0], w[1], w[2], w[3], none(), none()])
    }),
];

/// Forward to the same bits on a backend that sums products in one order. Gradients are summed in another order: errors relative to
/// the largest number of a tensor as those of kernels are allowed (`kernels.rs`).
fn check<T: Scalar>(backend: &impl Backend, has_same_bits: bool, allowed: f64) {
    for (number, layer) in LAYERS.into_iter().enumerate() {
        let (expected, plain) = run::<T>(backend, 6, layer, true);
        let (found, exchanged) = run::<T>(backend, 6, layer, false);
        let first = |plan: &str| plan.split_whitespace().next().unwrap().to_owned();
        assert_eq!(first(&plain), "embedding", "{plain}");
        assert_ne!(first(&exchanged), "embedding", "{exchanged}");
        assert!(!has_same_bits || expected[0] == found[0], "layer {number}, {:?}", T::DTYPE);
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected.len(), found.len());
            let scale = expected.iter().fold(1e-30, |scale: f64, e| scale.max(e.to_f64().abs()));
            for (expected, found) in expected.iter().zip(found) {
                let error = (expected.to_f64() - found.to_f64()).abs() / scale;
                assert!(error <= allowed, "layer {number}, {:?}: {expected} {found}", T::DTYPE);
            }
        }
    }
}

#[test]
fn a_plan_multiplies_the_table_instead_of_its_rows() {
    // A library sums in an order of its own.
    let is_ours = !cfg!(any(feature = "gemm", feature = "matrixmultiply"));
    check::<f64>(&Reference, false, 1e-12);
    check::<f32>(&Reference, false, 1e-4);
    for threads in [1, 3] {
        check::<f64>(&Cpu::with_threads(threads), is_ours, 1e-12);
        check::<f32>(&Cpu::with_threads(threads), is_ours, 1e-4);
    }
}

#[test]
fn a_table_of_more_rows_than_are_taken_is_left_as_it_is() {
    for layer in LAYERS {
        let (_, plan) = run::<f32>(&Cpu::with_threads(1), 8, layer, false);
        assert!(plan.starts_with(' ') && plan.trim_start().starts_with("embedding"), "{plan}");
    }
}

#[test]
fn an_index_beyond_the_table_is_not_a_number() {
    let tape = Tape::new();
    let [indices, table, w, b] =
        [tape.data(&[4]), tape.input(&[2, 3]), tape.input(&[2, 3]), tape.input(&[2])];
    let y = tape.apply(Embedding, [indices, table]).linear(w, b);
    let mut plan = Plan::<f32>::compile(&tape, None, &[y]).unwrap();
    plan.input_mut(0).copy_from_slice(&[0.0, 2.0, 1.0, 0.5]);
    plan.forward(&[]).unwrap();
    let is_nan: Vec<bool> = plan.output(0).iter().map(|y| y.is_nan()).collect();
    assert_eq!(is_nan, [false, false, true, true, false, false, true, true]);
}
