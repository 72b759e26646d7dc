//! Parameters that stay the same: what kernels would make of them at every run is made once.

use std::ops::Range;
use std::sync::Arc;

use super::Plan;
use super::lines::Lines;
use super::operands::Place;
use crate::backend::Hold;
use crate::{Error, Parameters, Scalar};

/// Parameters, and what kernels made of them.
#[derive(Debug)]
pub(super) struct Held<T> {
    parameters: Arc<Parameters<T>>,
    made: Lines<T>,
    /// For each kernel its part of that.
    ranges: Vec<Range<usize>>,
}

impl<T: Scalar> Plan<T> {
    /// Takes parameters that stay the same, for [`forward_held`](Self::forward_held).
    pub fn hold(&mut self, parameters: Arc<Parameters<T>>) -> Result<(), Error> {
        self.check("parameters", parameters.values().len())?;
        let parts = || {
            self.schedule.steps.iter().zip(&self.kernels).enumerate().map(|(number, (step, kernel))| {
                // The kernel of a step that runs as one with others does not run.
                let hold = if self.schedule.is_joined(number) { None } else { kernel.holds() }?;
                match &step.at.x[hold.input()].0 {
                    Place::Parameter(range) => Some((hold, range.clone())),
                    Place::Arena(_) => None,
                }
            })
        };
        let numbers = |hold: &dyn Hold<T>| hold.numbers().next_multiple_of(Lines::<T>::NUMBERS);
        let mut made = Lines::zeros(parts().flatten().map(|(hold, _)| numbers(hold)).sum())?;
        let mut end = 0;
        let mut ranges = Vec::with_capacity(self.kernels.len());
        for part in parts() {
            let start = end;
            let Some((hold, parameter)) = part else {
                ranges.push(0..0);
                continue;
            };
            ranges.push(start..start + hold.numbers());
            end += numbers(hold);
            hold.hold(&parameters.values()[parameter], &mut made[start..][..hold.numbers()]);
        }
        // Nothing of those that run as one.
        ranges.resize(self.kernels.len(), 0..0);
        self.held = Some(Held { parameters, made, ranges });
        Ok(())
    }

    /// [`forward`](Self::forward) with the parameters that are [held](Self::hold), to the same bits.
    pub fn forward_held(&mut self) -> Result<(), Error> {
        let held = self.held.take().ok_or(Error::NotHeld)?;
        for i in 0..self.order.len() {
            let number = self.order[i];
            let made = &held.made[held.ranges[number].clone()];
            self.step_forward(number, held.parameters.values(), made);
        }
        self.is_forward = true;
        self.held = Some(held);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::ops::{Direction, Rnn, Windows};
    use crate::random::Random;
    use crate::{Cpu, Epilogue, Error, Parameters, Plan, Scalar, Tape, Var};

    /// A recurrent layer; dense layers large and small, and one whose weight is no parameter; a convolution by minimal filtering.
    fn network(tape: &Tape, rows: usize) -> Var<'_> {
        let parameter = |name: &str, dims: &[usize]| tape.parameter(name, dims);
        let x = tape.data(&[rows, 4, 19]);
        let (w, u, b) = (parameter("w", &[61, 19]), parameter("u", &[61, 61]), parameter("b", &[61]));
        let (h0, lengths) = (tape.constant(&[0], &[]), tape.constant(&[0], &[]));
        let rnn = Rnn { activation: Epilogue::Tanh, direction: Direction::Forward };
        let x = tape.apply(rnn, [x, w, u, b, h0, lengths]).reshape(&[rows, 244]);
        let x = x.linear(parameter("v", &[400, 244]), parameter("c", &[400])).tanh();
        let windows = Windows { pad: [1, 1], ..Windows::UNIT };
        let x = x.reshape(&[rows, 16, 5, 5]).conv2d(parameter("f", &[20, 16, 3, 3]), windows);
        let x = x.reshape(&[rows, 500]).linear(parameter("half", &[41, 500]) * 2.0, parameter("d", &[41]));
        x.linear(parameter("z", &[3, 41]), parameter("e", &[3]))
    }

    fn plan<T: Scalar>(threads: usize, rows: usize) -> (Plan<T>, Arc<Parameters<T>>) {
        let tape = Tape::new();
        let y = network(&tape, rows);
        let mut plan = Plan::compile_for(&Cpu::with_threads(threads), &tape, None, &[y]).unwrap();
        let random = Random::new(3);
        let draw = |stream: u64, i: usize| T::from_f64(0.2 * random.stream(stream).normal(i as u64));
        plan.input_mut(0).iter_mut().enumerate().for_each(|(i, x)| *x = draw(0, i));
        let mut parameters = Parameters::zeros(Arc::new(tape.layout()));
        parameters.values_mut().iter_mut().enumerate().for_each(|(i, x)| *x = draw(1, i));
        (plan, Arc::new(parameters))
    }

    fn check<T: Scalar>() {
        for threads in [1, 3] {
            for rows in [1, 2, 7, 32, 33] {
                let (mut plan, parameters) = plan::<T>(threads, rows);
                plan.forward(parameters.values()).unwrap();
                let expected = plan.output(0).to_vec();
                plan.poison();
                plan.input_mut(0).copy_from_slice(self::plan::<T>(threads, rows).0.input_mut(0));
                plan.hold(Arc::clone(&parameters)).unwrap();
                plan.forward_held().unwrap();
                assert!(plan.output(0) == expected, "{rows} rows on {threads} threads");
                // Others beside those that are held.
                plan.forward(&vec![T::ZERO; plan.n_parameters()]).unwrap();
                assert!(plan.output(0).iter().all(|y| *y == T::ZERO));
                plan.forward_held().unwrap();
                assert!(plan.output(0) == expected, "{rows} rows on {threads} threads, again");
            }
        }
    }

    #[test]
    fn parameters_that_are_held_give_the_same_bits() {
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn those_held_last_count() {
        let (mut plan, parameters) = plan::<f32>(1, 2);
        assert_eq!(plan.forward_held(), Err(Error::NotHeld));
        let zeros = Parameters::zeros(Arc::clone(parameters.layout()));
        plan.hold(parameters).unwrap();
        plan.hold(Arc::new(zeros)).unwrap();
        plan.forward_held().unwrap();
        assert_eq!(plan.output(0), [0.0; 6]);
        let none = Arc::new(Parameters::zeros(Arc::default()));
        assert!(matches!(plan.hold(none), Err(Error::Length { found: 0, .. })));
    }
}
