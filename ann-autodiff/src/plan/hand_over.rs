//! Gradients of parameters that are swept as they come, for example to update them, and never lie in memory as a whole.

use std::ops::Range;

use super::Plan;
use super::operands::Place;
use super::step::Part;
use crate::cpu::{AnySweep, Sweeping};
use crate::{Cpu, Error, HandOver, Scalar, Sweep};

/// A parameter whose gradient is handed over as it comes.
#[derive(Clone, Debug)]
pub(super) struct HandedOver {
    /// Which input of its step it is.
    input: usize,
    /// Where it lies among all parameters.
    range: Range<usize>,
}

impl<T: Scalar> Plan<T> {
    /// Lets [`backward_sweeping`](Self::backward_sweeping) sweep over parameters as soon as pieces of their gradients are made: those
    /// for which `may` says so by their ranges, if one operation alone uses the parameter and its kernel can. Returns their ranges.
    pub fn hand_over(&mut self, may: impl Fn(&Range<usize>) -> bool) -> Vec<Range<usize>> {
        let uses = |range: &Range<usize>| {
            let places = self.schedule.steps.iter().flat_map(|step| &step.at.x);
            places.filter(|(place, _)| *place == Place::Parameter(range.clone())).count()
        };
        let mut handed_over = Vec::with_capacity(self.kernels.len());
        for (number, (step, kernel)) in self.schedule.steps.iter().zip(&self.kernels).enumerate() {
            // The kernel of a step that runs as one with others does not run.
            let part = if self.schedule.is_joined(number) { None } else { kernel.hands_over() };
            let input = part.map(HandOver::input);
            let adjoint = input.zip(step.at.backward.as_ref());
            let place =
                adjoint.and_then(|(input, adjoint)| Some((input, &adjoint.dx[input].as_ref()?.place)));
            handed_over.push(match place {
                Some((input, Place::Parameter(range))) if may(range) && uses(range) == 1 => {
                    Some(HandedOver { input, range: range.clone() })
                }
                _ => None,
            });
        }
        // Nothing of those that run as one.
        handed_over.resize(self.kernels.len(), None);
        self.handed_over = handed_over;
        self.handed_over.iter().flatten().map(|of| of.range.clone()).collect()
    }

    /// [`backward`](Self::backward), and in the same pass the sweep over all parameters that are [handed over](Self::hand_over). Vector 0
    /// is the parameters, 1 their gradients; a sweep gets pieces of all vectors and may change them. The places in vector 1 of gradients
    /// that were handed over hold anything after. Nothing else is swept.
    pub fn backward_sweeping<const N: usize>(
        &mut self,
        cpu: &Cpu,
        vectors: &mut [&mut [T]; N],
        sweep: &impl Sweep<T, N>,
    ) -> Result<(), Error> {
        // Compiled once, not for each kind of sweep.
        self.backward_by(cpu, vectors, sweep)
    }

    fn backward_by<const N: usize>(
        &mut self,
        cpu: &Cpu,
        vectors: &mut [&mut [T]; N],
        sweep: &dyn AnySweep<T, N>,
    ) -> Result<(), Error> {
        const { assert!(2 <= N, "there are parameters and gradients") }
        self.check("parameters", vectors[0].len())?;
        self.check("gradients", vectors[1].len())?;
        if !std::mem::take(&mut self.is_forward) {
            return Err(Error::NoForward);
        }
        let gradients = std::mem::take(&mut vectors[Sweeping::<T, N>::GRADIENT]);
        self.seed(gradients);
        for i in (0..self.order.len()).rev() {
            let number = self.order[i];
            let Some(HandedOver { input, range }) = self.handed_over[number].clone() else {
                self.step_backward(number, Part::All, vectors[0], gradients);
                continue;
            };
            self.step_backward(number, Part::AllBut(input), vectors[0], gradients);
            // A vector that is shorter than the others gives shorter or empty parts.
            let parts = vectors.each_mut().map(|vector| {
                let (start, end) = (range.start.min(vector.len()), range.end.min(vector.len()));
                &mut vector[start..end]
            });
            let sweeping = Sweeping::new(cpu, sweep, range.start, parts);
            self.step_backward(number, Part::HandOver(sweeping.taker()), &[], gradients);
        }
        vectors[Sweeping::<T, N>::GRADIENT] = gradients;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::random::Random;
    use crate::{Cpu, Error, Plan, Scalar, Sweep, Tape, Var};

    /// `w -= 0.1 g`, and the sum of all gradients.
    #[derive(Debug)]
    struct Descent;

    impl<T: Scalar> Sweep<T, 3> for Descent {
        fn piece(&self, _: usize, [values, gradients, sums]: [&mut [T]; 3]) {
            for ((w, g), sum) in values.iter_mut().zip(gradients.iter()).zip(sums) {
                *w -= T::from_f64(0.1) * *g;
                *sum += *g;
            }
        }
    }

    fn network(tape: &Tape, rows: usize) -> Var<'_> {
        let parameter = |name: &str, dims: &[usize]| tape.parameter(name, dims);
        let x = tape.data(&[rows, 117]);
        let x = x.linear(parameter("a", &[830, 117]), parameter("b", &[830])).tanh();
        let x = x.linear(parameter("c", &[33, 830]), parameter("d", &[33])).relu();
        x.linear(parameter("e", &[3, 33]), parameter("f", &[3]))
    }

    /// Parameters and sums of gradients after three steps.
    fn trained<T: Scalar>(cpu: &Cpu, rows: usize, may: bool) -> ([Vec<T>; 2], usize) {
        let tape = Tape::new();
        let loss = network(&tape, rows).softmax_cross_entropy(tape.data(&[rows]), 0.0);
        let mut plan = Plan::<T>::compile_for(cpu, &tape, Some(loss), &[]).unwrap();
        let handed_over = plan.hand_over(|_| may);
        let count = plan.n_parameters();
        let draw = |stream: u64, i: usize| T::from_f64(0.2 * Random::new(3).stream(stream).normal(i as u64));
        let mut values: Vec<T> = (0..count).map(|i| draw(1, i)).collect();
        let (mut gradients, mut sums) = (vec![T::NAN; count], vec![T::ZERO; count]);
        for (i, x) in plan.input_mut(0).iter_mut().enumerate() {
            *x = draw(2, i);
        }
        for (i, class) in plan.input_mut(1).iter_mut().enumerate() {
            *class = T::from_usize(i % 3);
        }
        for _ in 0..3 {
            plan.forward(&values).unwrap();
            plan.backward_sweeping(cpu, &mut [&mut values, &mut gradients, &mut sums], &Descent).unwrap();
            let mut start = 0;
            for range in handed_over.iter().cloned().chain(std::iter::once(count..count)) {
                let rest = start..range.start.max(start);
                let parts = [&mut values, &mut gradients, &mut sums].map(|vector| &mut vector[rest.clone()]);
                Descent.piece(rest.start, parts);
                start = range.end;
            }
        }
        ([values, sums], handed_over.len())
    }

    #[test]
    fn what_is_swept_as_it_comes_has_the_bits_of_what_is_swept_after() {
        fn check<T: Scalar>() {
            let kinds = Cpu::of_every_kind();
            for (number, kind) in kinds.iter().enumerate() {
                // All of them under the best instruction set only: a debug build takes its time.
                let all_rows: &[usize] = if number + 1 < kinds.len() { &[7] } else { &[1, 7, 50, 400, 1537] };
                for rows in all_rows.iter().copied() {
                    let (after, none) = trained::<T>(&kind[0], rows, false);
                    assert_eq!(none, 0);
                    for cpu in kind {
                        let (found, handed_over) = trained::<T>(cpu, rows, true);
                        // A batch of more rows is not worth it.
                        assert_eq!(handed_over, if rows < 1537 { 3 } else { 0 });
                        assert!(found == after, "{rows} rows, {cpu:?}");
                    }
                }
            }
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn a_parameter_that_is_used_twice_is_not_handed_over() {
        let tape = Tape::new();
        let (w, b) = (tape.parameter("w", &[40, 40]), tape.parameter("b", &[40]));
        let x = tape.data(&[20, 40]).linear(w, b).tanh();
        let loss = x.linear(w, tape.parameter("c", &[40])).softmax_cross_entropy(tape.data(&[20]), 0.0);
        let mut plan = Plan::<f32>::compile(&tape, Some(loss), &[]).unwrap();
        assert!(plan.hand_over(|_| true).is_empty());
    }

    #[test]
    fn vectors_of_other_lengths_and_a_second_backward_are_refused() {
        let tape = Tape::new();
        let loss = network(&tape, 2).softmax_cross_entropy(tape.data(&[2]), 0.0);
        let mut plan = Plan::<f32>::compile(&tape, Some(loss), &[]).unwrap();
        plan.hand_over(|_| true);
        let (cpu, count) = (Cpu::default(), plan.n_parameters());
        let (mut values, mut gradients) = (vec![0.0; count], vec![0.0; count]);
        plan.forward(&values).unwrap();
        let mut short = [&mut values[1..], &mut gradients[..], &mut []];
        assert!(matches!(plan.backward_sweeping(&cpu, &mut short, &Descent), Err(Error::Length { .. })));
        let mut short = [&mut values[..], &mut gradients[1..], &mut []];
        assert!(matches!(plan.backward_sweeping(&cpu, &mut short, &Descent), Err(Error::Length { .. })));
        // State that is not there is not swept over.
        plan.backward_sweeping(&cpu, &mut [&mut values[..], &mut gradients[..], &mut []], &Descent).unwrap();
        let again =
            plan.backward_sweeping(&cpu, &mut [&mut values[..], &mut gradients[..], &mut []], &Descent);
        assert!(matches!(again, Err(Error::NoForward)));
    }
}
