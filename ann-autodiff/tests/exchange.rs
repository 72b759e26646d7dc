//! Rows of a table that go into a product: a plan multiplies the table instead, and nothing else changes.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann_autodiff::ops::{Direction, Embedding, Gru, Linear, Lstm, LstmOutput, Rnn};
use ann_autodiff::random::Random;
use ann_autodiff::{Backend, Cpu, Epilogue, Plan, Reference, Tape, Var};

const K: usize = 5;
const N: usize = 3;

/// A layer on what was taken from the table and inputs of its own, of these sizes.
type Apply = for<'t> fn(&'t Tape, Var<'t>, &[Var<'t>]) -> Var<'t>;

/// Output and gradients of a layer on rows of a table; the plan as it explains itself. `apart` keeps the rows themselves, too, so that
/// they have to be there.
fn run(
    backend: &impl Backend,
    vocab: usize,
    layer: (&[&[usize]], Apply),
    apart: bool,
) -> (Vec<Vec<f64>>, String) {
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
    let mut plan = Plan::<f64>::compile_for(backend, &tape, Some(loss), &outputs).unwrap();
    for (i, index) in plan.input_mut(0).iter_mut().enumerate() {
        // One row is never taken.
        *index = random.below(i as u64, vocab - 1) as f64;
    }
    for number in 1..2 + of_layer.len() {
        for (i, x) in plan.input_mut(number).iter_mut().enumerate() {
            *x = random.stream(number as u64).normal(i as u64);
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

fn check(backend: &impl Backend) {
    for (number, layer) in LAYERS.into_iter().enumerate() {
        let (expected, plain) = run(backend, 6, layer, true);
        let (found, exchanged) = run(backend, 6, layer, false);
        let first = |plan: &str| plan.split_whitespace().next().unwrap().to_owned();
        assert_eq!(first(&plain), "embedding", "{plain}");
        assert_ne!(first(&exchanged), "embedding", "{exchanged}");
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected.len(), found.len());
            for (expected, found) in expected.iter().zip(found) {
                assert!(
                    (expected - found).abs() < 1e-12 * (1.0 + expected.abs()),
                    "layer {number}: {expected} {found}"
                );
            }
        }
    }
}

#[test]
fn a_plan_multiplies_the_table_instead_of_its_rows() {
    check(&Reference);
    check(&Cpu::with_threads(1));
    check(&Cpu::with_threads(3));
}

#[test]
fn a_table_of_more_rows_than_are_taken_is_left_as_it_is() {
    for layer in LAYERS {
        let (_, plan) = run(&Cpu::with_threads(1), 8, layer, false);
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
