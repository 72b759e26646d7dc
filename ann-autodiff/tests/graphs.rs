//! Random graphs of operations: what a plan reuses, joins and reorders changes nothing.
//!
//! `Cpu` against `Reference` (errors relative to the largest number of a tensor), one thread against three (the same bits), and
//! gradients against central differences where all operations are smooth.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann_autodiff::ops::{Pooling, Windows};
use ann_autodiff::random::Random;
use ann_autodiff::{Backend, Cpu, Moment, Plan, Reference, Scalar, Tape, Var, concat};
use proptest::prelude::*;

/// Draws one number after the other.
struct Dice {
    random: Random,
    thrown: u64,
}

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.thrown += 1;
        self.random.below(self.thrown, bound)
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }
}

/// A graph on its way.
struct Builder<'t> {
    tape: &'t Tape,
    dice: Dice,
    is_smooth: bool,
    values: Vec<Var<'t>>,
    is_used: Vec<bool>,
    parameters: usize,
}

impl<'t> Builder<'t> {
    fn any(&mut self) -> Var<'t> {
        let number = self.dice.below(self.values.len());
        self.is_used[number] = true;
        self.values[number]
    }

    /// Another value, or the same one, whose sizes agree with these but for one axis.
    fn partner(&mut self, x: Var<'t>, but: Option<usize>) -> Var<'t> {
        let sizes = |x: Var<'t>| {
            let mut sizes = x.extents().to_vec();
            if let Some(axis) = but.filter(|axis| *axis < sizes.len()) {
                sizes[axis] = 0;
            }
            sizes
        };
        let fitting: Vec<usize> =
            (0..self.values.len()).filter(|number| sizes(self.values[*number]) == sizes(x)).collect();
        let number = fitting[self.dice.below(fitting.len())];
        self.is_used[number] = true;
        self.values[number]
    }

    fn parameter(&mut self, dims: &[usize]) -> Var<'t> {
        self.parameters += 1;
        self.tape.parameter(&format!("p{}", self.parameters), dims)
    }

    fn step(&mut self) {
        let x = self.any();
        let sizes = x.extents();
        let y = match (self.dice.below(9), &sizes[..]) {
            (0, _) => x + self.partner(x, None),
            (1, _) => (x * self.partner(x, None)).tanh(),
            (2, _) => {
                let other = self.partner(x, Some(1));
                concat(1, &[x, other]).unwrap()
            }
            (3, _) => self.function(x),
            (4, [.., last]) if 1 < *last => {
                let (axis, from) = (sizes.len() - 1, self.dice.below(*last));
                let to = self.dice.between(from + 1, *last);
                x.slice(axis, from, to)
            }
            (5, [_, k]) => {
                let n = self.dice.between(1, 9);
                let (w, b) = (self.parameter(&[n, *k]), self.parameter(&[n]));
                let y = x.linear(w, b);
                if self.dice.below(2) == 0 { y } else { self.function(y) }
            }
            (6, [_, k]) => {
                let n = self.dice.between(1, 9);
                let w = self.parameter(&[*k, n]);
                x.matmul(w)
            }
            (7, [_, _]) => match self.dice.below(3) {
                0 => x.layer_norm(1, 0.1),
                1 => x - x.mean_axis(1).insert_axis(1),
                _ => x.softmax(1),
            },
            (5, [_, c, _, _]) => {
                let (o, stride) = (self.dice.between(1, 6), self.dice.between(1, 2));
                let (w, b) = (self.parameter(&[o, *c, 3, 3]), self.parameter(&[o]));
                let windows = Windows { stride: [stride; 2], pad: [1, 1], ..Windows::UNIT };
                let y = x.conv2d_bias(w, b, windows);
                if self.dice.below(2) == 0 { y } else { self.function(y) }
            }
            (6, [_, c, h, w]) if 2 <= *h && 2 <= *w => {
                let windows = Pooling { kernel: [2, 2], stride: [2, 2], pad: [0, 0], ceil: *c % 2 == 0 };
                if self.is_smooth || self.dice.below(2) == 0 {
                    x.avg_pool2d(windows)
                } else {
                    x.max_pool2d(windows)
                }
            }
            (7, [n, c, h, w]) => match self.dice.below(4) {
                0 => x.lrn(3, 0.1, 0.75, 1.0),
                1 if 1 < n * h * w => {
                    let vectors = [0; 2].map(|_| self.parameter(&[*c]));
                    self.parameters += 1;
                    let number = self.parameters;
                    let [mean, variance] = ["mean", "variance"]
                        .map(|name| self.tape.statistic(&format!("{name}{number}"), &[*c]));
                    x.batch_norm(vectors[0], vectors[1], mean, variance, 0.1)
                }
                2 => x.global_avg_pool2d(),
                _ => x.reshape(&[*n, c * h * w]),
            },
            _ => x.affine(0.7, 0.1).dropout(0.2),
        };
        self.values.push(y);
        self.is_used.push(false);
    }

    fn function(&mut self, x: Var<'t>) -> Var<'t> {
        match self.dice.below(if self.is_smooth { 5 } else { 8 }) {
            0 => x.sigmoid(),
            1 => x.tanh(),
            2 => x.softplus(),
            3 => x.silu(),
            4 => x.gelu(),
            5 => x.relu(),
            6 => x.leaky_relu(0.1),
            _ => x.elu(0.7),
        }
    }
}

/// Records a graph: its loss, and some values that are asked for beside it.
fn record(tape: &Tape, seed: u64, is_smooth: bool) -> (Var<'_>, Vec<Var<'_>>) {
    let mut dice = Dice { random: Random::new(seed), thrown: 0 };
    let n = dice.between(1, 4);
    let image = [n, dice.between(1, 5), dice.between(3, 9), dice.between(3, 9)];
    let values = vec![tape.input(&image), tape.input(&[n, dice.between(1, 20)])];
    let steps = dice.between(3, 25);
    let mut builder = Builder { tape, dice, is_smooth, is_used: vec![false; 2], values, parameters: 0 };
    for _ in 0..steps {
        builder.step();
    }
    let ends = builder.values.iter().zip(&builder.is_used).filter(|(_, is_used)| !**is_used);
    let loss = ends.map(|(x, _)| x.square().mean()).reduce(|sum, x| sum + x).unwrap();
    let outputs = (0..2).map(|_| builder.any()).collect();
    (loss, outputs)
}

/// What a plan of a graph gives: loss, outputs, gradients by parameters and inputs.
fn run<T: Scalar>(
    backend: &impl Backend,
    seed: u64,
    is_smooth: bool,
    change: Option<(usize, f64)>,
) -> Vec<Vec<T>> {
    let tape = Tape::new();
    let (loss, outputs) = record(&tape, seed, is_smooth);
    let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &outputs).unwrap();
    let random = Random::new(seed).child(1);
    for number in 0..2 {
        for (i, place) in plan.input_mut(number).iter_mut().enumerate() {
            *place = T::from_f64(random.stream(number as u64).normal(i as u64));
        }
    }
    let drawn = |i: usize| T::from_f64(0.5 * random.stream(9).normal(i as u64));
    let mut parameters: Vec<T> = (0..plan.n_parameters()).map(drawn).collect();
    if let Some((number, by)) = change {
        parameters[number] += T::from_f64(by);
    }
    let mut gradients = vec![T::NAN; parameters.len()];
    // Twice: the second run finds the arena as the first left it.
    for step in [4, 5] {
        plan.set_moment(Moment { seed: 3, step });
        plan.forward(&parameters).unwrap();
        plan.backward(&parameters, &mut gradients).unwrap();
    }
    let mut found = vec![vec![plan.loss()], plan.output(0).to_vec(), plan.output(1).to_vec(), gradients];
    found.extend((0..2).map(|number| plan.input_gradient(number).map(<[T]>::to_vec).unwrap_or_default()));
    found
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn plans_agree_with_definitions_on_any_graph(seed: u64) {
        let expected = run::<f64>(&Reference, seed, false, None);
        let found = run::<f64>(&Cpu::with_threads(1), seed, false, None);
        for (number, (expected, found)) in expected.iter().zip(&found).enumerate() {
            prop_assert_eq!(expected.len(), found.len());
            for (expected_one, found_one) in expected.iter().zip(found) {
                let error = (expected_one - found_one).abs();
                // What cancels to nothing leaves rounding of numbers about 1.
                prop_assert!(error <= 1e-10 * largest(expected) + 1e-13, "{number}: {expected_one}, {found_one}");
            }
        }
        prop_assert_eq!(&found, &run::<f64>(&Cpu::with_threads(3), seed, false, None));
        let single = [1, 3].map(|threads| run::<f32>(&Cpu::with_threads(threads), seed, false, None));
        prop_assert_eq!(&single[0], &single[1]);
    }

    #[test]
    fn gradients_agree_with_differences_on_smooth_graphs(seed: u64) {
        let cpu = Cpu::with_threads(1);
        let gradients = run::<f64>(&cpu, seed, true, None).swap_remove(3);
        let tape = Tape::new();
        let _ = record(&tape, seed, true);
        let trainable = tape.layout().trainable();
        let mut dice = Dice { random: Random::new(seed).child(2), thrown: 0 };
        for _ in 0..if trainable == 0 { 0 } else { 5 } {
            let number = dice.below(trainable);
            let loss = |by: f64| run::<f64>(&cpu, seed, true, Some((number, by)))[0][0];
            // Of fourth order, so that the step need not be small.
            let h = 1e-3;
            let difference =
                (8.0 * (loss(h) - loss(-h)) - (loss(2.0 * h) - loss(-2.0 * h))) / (12.0 * h);
            let scale = largest(&gradients).max(loss(0.0).abs());
            prop_assert!(
                (difference - gradients[number]).abs() <= 1e-6 * scale,
                "{number}: {}, by differences {difference}", gradients[number]
            );
        }
    }
}
