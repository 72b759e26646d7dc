//! The formulas and the gradient on a tape, held to sums over all states and to finite differences.
//!
//! The oracle is the energy itself: it knows neither free energies nor conditional means.

use ann_autodiff::random::Random;
use ann_autodiff::{Moment, Plan, Rank1, Tape};
use ann_spec::Dim;

use super::contrastive::OfMachine;
use super::{Bound, ContrastiveDivergence, Means, Reconstruction, Stage, Structure, Units};
use crate::layers::Rbm;
use crate::recorder::Mode;
use crate::train::subject::{Setup, Subject};

const VISIBLE: usize = 5;
const HIDDEN: usize = 3;
const COUNT: usize = HIDDEN * VISIBLE + HIDDEN + VISIBLE;

fn structure(visible: Units, hidden: Units) -> Structure {
    let spec =
        ann_spec::layers::Rbm { n: Dim::Known(HIDDEN), visible, hidden, k: Dim::Known(1), persistent: false };
    Rbm::<Rank1<VISIBLE>, Rank1<HIDDEN>>::from_spec(spec).structure("rbm1")
}

/// Parameters as they lie in a vector: weight, hidden biases, visible biases.
fn parameters(scale: f64) -> Vec<f64> {
    (0..COUNT as u64).map(|i| scale * Random::new(3).normal(i)).collect()
}

/// Bit patterns as units.
fn states(units: usize) -> Vec<Vec<f64>> {
    (0..1_usize << units).map(|state| (0..units).map(|unit| (state >> unit & 1) as f64).collect()).collect()
}

/// `b·v + c·h + h·W v`
fn goodness(p: &[f64], v: &[f64], h: &[f64]) -> f64 {
    let (weight, rest) = p.split_at(HIDDEN * VISIBLE);
    let (c, b) = rest.split_at(HIDDEN);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let between: f64 = h.iter().zip(weight.chunks(VISIBLE)).map(|(h, row)| h * dot(row, v)).sum();
    dot(b, v) + dot(c, h) + between
}

/// Examples to learn from.
fn data() -> Vec<Vec<f64>> {
    let states = states(VISIBLE);
    [3, 3, 7, 12, 28, 31, 0, 19].iter().map(|state: &usize| states[*state].clone()).collect()
}

/// The negative mean log-likelihood, by sums over all states.
fn exact_loss(p: &[f64]) -> f64 {
    let hidden = states(HIDDEN);
    let unnormalized = |v: &Vec<f64>| hidden.iter().map(|h| goodness(p, v, h).exp()).sum::<f64>();
    let partition: f64 = states(VISIBLE).iter().map(unnormalized).sum();
    let data = data();
    -data.iter().map(|v| (unnormalized(v) / partition).ln()).sum::<f64>() / data.len() as f64
}

/// Its gradient, by central differences of fourth order.
fn exact_gradient(p: &[f64]) -> Vec<f64> {
    let step = 1e-3;
    let at = |i: usize, offset: f64| {
        let mut moved = p.to_vec();
        moved[i] += offset;
        exact_loss(&moved)
    };
    (0..p.len())
        .map(|i| {
            (8.0 * (at(i, step) - at(i, -step)) - (at(i, 2.0 * step) - at(i, -2.0 * step))) / (12.0 * step)
        })
        .collect()
}

fn free_energies(structure: &Structure, p: &[f64], rows: &[Vec<f64>]) -> Vec<f64> {
    let tape = Tape::new();
    let bound = Bound::on(structure, &tape);
    let f = bound.free_energy(tape.data(&[rows.len(), VISIBLE]));
    let mut plan = Plan::<f64>::compile(&tape, None, &[f]).unwrap();
    plan.input_mut(0).copy_from_slice(&rows.concat());
    plan.forward(p).unwrap();
    plan.output(0).to_vec()
}

#[test]
fn a_free_energy_sums_the_hidden_units_out() {
    let p = parameters(0.8);
    let rows = states(VISIBLE);
    let found = free_energies(&structure(Units::Bernoulli, Units::Bernoulli), &p, &rows);
    for (v, found) in rows.iter().zip(found) {
        let sum: f64 = states(HIDDEN).iter().map(|h| goodness(&p, v, h).exp()).sum();
        assert!((found + sum.ln()).abs() < 1e-12);
    }
}

#[test]
fn a_free_energy_integrates_gaussian_hidden_units_out() {
    let p = parameters(0.5);
    let rows = states(VISIBLE);
    let found = free_energies(&structure(Units::Bernoulli, Units::Gaussian), &p, &rows);
    for (v, found) in rows.iter().zip(found) {
        // Hidden units are independent given the visible ones: an integral each, by the trapezoid rule, exact to rounding for a
        // bell that ends within the range.
        let alone = goodness(&p, v, &[0.0; HIDDEN]);
        let integrals: f64 = (0..HIDDEN)
            .map(|unit| {
                let mut h = [0.0; HIDDEN];
                let value = |i: i32| {
                    let x = f64::from(i) * 0.01;
                    h[unit] = x;
                    (goodness(&p, v, &h) - alone - x * x / 2.0).exp() * 0.01
                };
                (-2000..=2000).map(value).sum::<f64>().ln()
            })
            .sum();
        let constant = HIDDEN as f64 * 0.5 * std::f64::consts::TAU.ln();
        assert!((found - constant + alone + integrals).abs() < 1e-10, "{found}");
    }
}

#[test]
fn a_free_energy_of_gaussian_visible_units_is_a_square_less_the_rest() {
    let p = parameters(0.5);
    let b = &p[HIDDEN * VISIBLE + HIDDEN..];
    let rows: Vec<Vec<f64>> =
        (0..4).map(|row| (0..5).map(|i| Random::new(8).normal(row * 5 + i)).collect()).collect();
    let found = free_energies(&structure(Units::Gaussian, Units::Bernoulli), &p, &rows);
    for (v, found) in rows.iter().zip(found) {
        // b·v of the energy of 0 and 1 gives way to the square.
        let linear: f64 = v.iter().zip(b).map(|(v, b)| v * b).sum();
        let square: f64 = v.iter().zip(b).map(|(v, b)| (v - b).powi(2) / 2.0).sum();
        let sum: f64 = states(HIDDEN).iter().map(|h| (goodness(&p, v, h) - linear - square).exp()).sum();
        assert!((found + sum.ln()).abs() < 1e-12);
    }
}

#[test]
fn the_gradient_of_the_log_likelihood_agrees_with_finite_differences() {
    let p = parameters(0.8);
    let tape = Tape::new();
    let bound = Bound::on(&structure(Units::Bernoulli, Units::Bernoulli), &tape);
    let (data, all) = (data(), states(VISIBLE));
    let of = |rows: &[Vec<f64>]| bound.free_energy(tape.constant(&[rows.len(), VISIBLE], &rows.concat()));
    let loss = of(&data).mean() + (-of(&all)).exp().sum().ln();
    let mut plan = Plan::<f64>::compile(&tape, Some(loss), &[]).unwrap();
    plan.forward(&p).unwrap();
    assert!((plan.loss() - exact_loss(&p)).abs() < 1e-12);
    let mut gradient = vec![0.0; COUNT];
    plan.backward(&p, &mut gradient).unwrap();
    for (found, expected) in gradient.iter().zip(exact_gradient(&p)) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
}

/// A machine with no network around it.
fn alone(structure: &Structure, divergence: ContrastiveDivergence) -> OfMachine<'_> {
    OfMachine { name: "Small.rbm1".to_owned(), structure, divergence, network: None, below: None }
}

/// The mean gradient of contrastive divergence over `times` batches of `copies` times the data, and its loss.
fn mean_gradient(
    structure: &Structure,
    divergence: ContrastiveDivergence,
    p: &[f64],
    times: u64,
) -> Vec<f64> {
    const COPIES: usize = 250;
    let rows: Vec<Vec<f64>> = data().into_iter().cycle().take(8 * COPIES).collect();
    let subject = alone(structure, divergence);
    let inputs = Means { width: VISIBLE, values: rows.concat() };
    let tape = Tape::new();
    let setup = Setup { mode: Mode::Training, rows: rows.len(), carries: false };
    let recorded = subject.record(&tape, setup, &inputs).unwrap();
    let mut plan = Plan::<f64>::compile(&tape, Some(recorded.loss), &[]).unwrap();
    plan.input_mut(0).copy_from_slice(&rows.concat());
    let (mut mean, mut gradient) = (vec![0.0; COUNT], vec![0.0; COUNT]);
    for step in 0..times {
        plan.set_moment(Moment { seed: 5, step });
        plan.forward(p).unwrap();
        plan.backward(p, &mut gradient).unwrap();
        plan.advance();
        mean.iter_mut().zip(&gradient).for_each(|(mean, g)| *mean += g / times as f64);
    }
    mean
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn the_gradient_of_contrastive_divergence_approaches_the_exact_one() {
    // Weights so large that chains mix slowly.
    let p = parameters(1.4);
    let exact = exact_gradient(&p);
    let divergence = ContrastiveDivergence::new().reconstruct_by(Reconstruction::Draws);
    let distances = [1, 10, 100].map(|steps| {
        let machine = Structure { steps, ..structure(Units::Bernoulli, Units::Bernoulli) };
        distance(&mean_gradient(&machine, divergence, &p, 20), &exact)
    });
    let [one, ten, hundred] = distances;
    // 40 000 chains: a component's standard error is at most 0.5 / 200, the norm of 23 of them 0.012.
    assert!(2.0 * ten < one && ten > hundred - 0.012 && hundred < 0.024, "{distances:?}");
    assert!(0.1 < one, "the first distance has to be one that could be missed: {one}");
}

#[test]
fn persistent_chains_approach_the_exact_gradient_by_single_steps() {
    let p = parameters(1.0);
    let machine = Structure { is_persistent: true, ..structure(Units::Bernoulli, Units::Bernoulli) };
    let far = distance(&mean_gradient(&machine, ContrastiveDivergence::new(), &p, 1), &exact_gradient(&p));
    let near = distance(&mean_gradient(&machine, ContrastiveDivergence::new(), &p, 200), &exact_gradient(&p));
    // Chains begin at zeros, far from where the machine is; the mean over 200 steps has forgotten it but for a few of them.
    assert!(near < 0.03 && 3.0 * near < far, "{near} {far}");
}

#[test]
fn a_sparsity_target_adds_the_cross_entropy_of_mean_activations() {
    let p = parameters(0.8);
    let plain = structure(Units::Bernoulli, Units::Bernoulli);
    let held = Structure { sparsity: Some(0.1), sparsity_cost: 0.7, ..plain.clone() };
    let penalty = |p: &[f64]| -> f64 {
        let data = data();
        (0..HIDDEN)
            .map(|unit| {
                let mut h = [0.0; HIDDEN];
                h[unit] = 1.0;
                let input = |v: &Vec<f64>| goodness(p, v, &h) - goodness(p, v, &[0.0; HIDDEN]);
                let mean =
                    data.iter().map(|v| 1.0 / (1.0 + (-input(v)).exp())).sum::<f64>() / data.len() as f64;
                -0.7 * (0.1 * mean.ln() + 0.9 * (1.0 - mean).ln())
            })
            .sum()
    };
    let divergence = ContrastiveDivergence::new();
    let (with, without) = (mean_gradient(&held, divergence, &p, 1), mean_gradient(&plain, divergence, &p, 1));
    for i in 0..COUNT {
        let at = |offset: f64| {
            let mut moved = p.clone();
            moved[i] += offset;
            penalty(&moved)
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!(
            (with[i] - without[i] - difference).abs() < 1e-8,
            "{i}: {} {difference}",
            with[i] - without[i]
        );
    }
}

#[test]
fn no_gradient_flows_through_the_chain() {
    // With nothing but visible biases, v_model does not depend on the data, and the gradient of a visible bias is the mean of
    // v_model less that of the data: by its means, sigmoid(b).
    let mut p = vec![0.0; COUNT];
    for (i, b) in p[HIDDEN * VISIBLE + HIDDEN..].iter_mut().enumerate() {
        *b = i as f64 - 2.0;
    }
    let machine = structure(Units::Bernoulli, Units::Bernoulli);
    let gradient = mean_gradient(&machine, ContrastiveDivergence::new(), &p, 1);
    for i in 0..VISIBLE {
        let mean = data().iter().map(|v| v[i]).sum::<f64>() / 8.0;
        let expected = 1.0 / (1.0 + (2.0 - i as f64).exp()) - mean;
        assert!((gradient[HIDDEN * VISIBLE + HIDDEN + i] - expected).abs() < 1e-12);
    }
}

#[test]
fn no_product_of_the_weight_is_computed_twice() {
    let products = |machine: &Structure, mode| {
        let subject = alone(machine, ContrastiveDivergence::new());
        let inputs = Means { width: VISIBLE, values: data().concat() };
        let tape = Tape::new();
        subject.record(&tape, Setup { mode, rows: 8, carries: false }, &inputs).unwrap();
        let is_product = |operation: &str| operation.starts_with("Linear") || operation.starts_with("MatMul");
        tape.operations().iter().filter(|(_, operation)| is_product(operation)).count()
    };
    let machine = structure(Units::Gaussian, Units::Bernoulli);
    let longer = Structure { steps: 3, ..machine.clone() };
    let persistent = Structure { is_persistent: true, ..machine.clone() };
    // Up from the data, down, up from the model; with Gaussian visible units none is of the visible biases.
    assert_eq!([&machine, &longer, &persistent].map(|m| products(m, Mode::Training)), [3, 7, 3]);
    assert_eq!(products(&machine, Mode::Prediction), 3);
}
