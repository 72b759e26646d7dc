//! A network of two inputs, the data and the targets, held against the definitions.

use std::fmt::Debug;

use crate::random::Random;
use crate::{Backend, Cpu, Plan, Reference, Scalar, Tape, Var};

/// How it is made, and what its inputs are.
pub(super) trait Net: Debug {
    /// Records it; gives its loss.
    fn record<'t>(&self, tape: &'t Tape) -> Var<'t>;

    /// Element `i` of the targets, instead of a number that is drawn.
    fn target(&self, _: usize) -> Option<f64> {
        None
    }
}

/// The gradients by all parameters, the loss and the gradient by the data, and how many steps run as one with the one before.
fn run<T: Scalar>(net: &impl Net, backend: &impl Backend) -> (Vec<T>, usize) {
    let tape = Tape::new();
    let loss = net.record(&tape);
    let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &[]).unwrap();
    // Whoever reads what nobody wrote shows it.
    plan.poison();
    let draw = |stream: u64, i: usize| 0.5 * Random::new(5).stream(stream).normal(i as u64);
    for (i, x) in plan.input_mut(0).iter_mut().enumerate() {
        *x = T::from_f64(draw(1, i));
    }
    for (i, target) in plan.input_mut(1).iter_mut().enumerate() {
        *target = T::from_f64(net.target(i).unwrap_or_else(|| draw(2, i)));
    }
    let parameters: Vec<T> = (0..plan.n_parameters()).map(|i| T::from_f64(draw(3, i))).collect();
    let mut found = vec![T::NAN; parameters.len()];
    plan.forward(&parameters).unwrap();
    plan.backward(&parameters, &mut found).unwrap();
    found.push(plan.loss());
    found.extend(plan.input_gradient(0).unwrap_or_default());
    (found, plan.explain().matches("as one").count())
}

/// On each of these, which differ in their threads alone, to the same bits; so many steps run as one with the one before.
pub(super) fn check<T: Scalar>(net: &impl Net, cpus: &[Cpu], joined: usize, bound: f64) {
    let (expected, _) = run::<T>(net, &Reference);
    let (found, found_joined) = run::<T>(net, &cpus[0]);
    assert_eq!((found.len(), found_joined), (expected.len(), joined), "{net:?}");
    for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let (found, expected) = (found.to_f64(), expected.to_f64());
        let is_same = found.is_nan() && expected.is_nan();
        let error = (found - expected).abs() / (1.0 + expected.abs());
        assert!(is_same || error <= bound, "{net:?}, {:?}: {found} for {expected}, number {i}", cpus[0]);
    }
    let bits =
        |numbers: Vec<T>| -> Vec<u64> { numbers.iter().map(|number| number.to_f64().to_bits()).collect() };
    let found = bits(found);
    for cpu in &cpus[1..] {
        assert!(bits(run::<T>(net, cpu).0) == found, "{net:?}: other bits on {cpu:?}");
    }
}
