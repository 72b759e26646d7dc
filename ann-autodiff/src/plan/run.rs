//! Running a schedule on the host.

use std::sync::Arc;

use super::hand_over::HandedOver;
use super::hold::Held;
use super::lines::Lines;
use super::operands::{Joint, Place, Step};
use super::schedule::Schedule;
use super::step::{Frames, Part};
use crate::backend::{Defined, Operation};
use crate::op::Moment;
use crate::{Backend, Cpu, Error, Extents, Kernel, Scalar, Tape, Var};

/// A tape ready to run, in one kind of number, on one backend. Running it again allocates nothing.
#[derive(Debug)]
pub struct Plan<T: Scalar> {
    pub(super) schedule: Schedule,
    /// Of the steps, and behind them of those that run as one.
    pub(super) kernels: Vec<Box<dyn Kernel<T>>>,
    pub(super) frames: Vec<Frames>,
    /// The numbers of the kernels that run, in their order.
    pub(super) order: Vec<usize>,
    /// Whether the kernel is the backend's own, or the definition.
    is_own: Vec<bool>,
    /// Whether all runs on the calling thread, see [`Kernel::is_small`].
    pub(crate) is_small: bool,
    backend: &'static str,
    pub(super) arena: Lines<T>,
    pub(super) moment: Moment,
    /// Whether the arena holds what backward needs.
    pub(super) is_forward: bool,
    /// For each step the parameter whose gradient is handed over as it comes, if one is.
    pub(super) handed_over: Vec<Option<HandedOver>>,
    /// The parameters that stay the same, if there are such.
    pub(super) held: Option<Held<T>>,
}

/// Where a computation first went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The layer, by its path; empty outside any.
    pub scope: String,
    /// The operation.
    pub op: &'static str,
    /// Which element of its output.
    pub index: usize,
    /// Whether it is a parameter that is wrong, not what was made of it.
    pub in_parameter: bool,
}

impl<T: Scalar> Plan<T> {
    /// Compiles for the [`Cpu`]. `loss` is what gradients are taken of, `outputs` what can be read after a run.
    pub fn compile(tape: &Tape, loss: Option<Var<'_>>, outputs: &[Var<'_>]) -> Result<Self, Error> {
        Self::compile_for(&Cpu::default(), tape, loss, outputs)
    }

    /// Compiles for a backend.
    pub fn compile_for<B: Backend>(
        backend: &B,
        tape: &Tape,
        loss: Option<Var<'_>>,
        outputs: &[Var<'_>],
    ) -> Result<Self, Error> {
        if loss.iter().chain(outputs).any(|value| !std::ptr::eq(value.tape, tape)) {
            return Err(Error::Tapes { op: "compile" });
        }
        backend.check(T::DTYPE)?;
        let record = tape.record()?;
        let outputs: Vec<_> = outputs.iter().map(|output| output.id).collect();
        let joint = |operations: &[Operation<'_>]| Some(backend.joint::<T>(operations)?.kept());
        let mut schedule = Schedule::new(&record, loss.map(|loss| loss.id), &outputs, joint)?;
        let (mut kernels, is_own) = kernels_on(backend, &schedule);
        let is_small = kernels.iter().all(|kernel| kernel.is_small());
        if is_small {
            (kernels, _) = kernels_on(&backend.alone(), &schedule);
        }
        let (mut order, mut next) = (Vec::with_capacity(schedule.steps.len()), 0);
        for (number, joint) in schedule.joints.iter().enumerate() {
            order.extend(next..joint.steps.start);
            order.push(schedule.steps.len() + number);
            next = joint.steps.end;
        }
        order.extend(next..schedule.steps.len());
        let scratch = kernels.iter().map(|kernel| kernel.scratch()).max().unwrap_or(0);
        let scratch = if scratch == 0 { 0..0 } else { schedule.arena..schedule.arena + scratch };
        schedule.arena = schedule.arena.max(scratch.end);
        let arena = Lines::zeros(schedule.arena)?;
        let moment = Moment::default();
        let handed_over = vec![None; kernels.len()];
        let of_steps = schedule.steps.iter().map(|step| Frames::new(&step.at, step.op.saves(), &scratch));
        let of_joints = schedule.joints.iter().map(|joint| Frames::new(&joint.at, joint.saves, &scratch));
        let frames = of_steps.chain(of_joints).collect();
        let mut plan = Self {
            schedule,
            kernels,
            frames,
            order,
            is_own,
            is_small,
            backend: backend.name(),
            arena,
            moment,
            is_forward: false,
            handed_over,
            held: None,
        };
        plan.put_constants();
        Ok(plan)
    }

    /// What to sweep over this plan's parameters on: `cpu`, or the calling thread alone where the plan itself runs there, as it is too
    /// small for more.
    pub fn sweeps_on(&self, cpu: &Cpu) -> Cpu {
        if self.is_small { cpu.alone() } else { cpu.clone() }
    }

    fn put_constants(&mut self) {
        for (range, constant) in &self.schedule.constants {
            for (to, from) in self.arena[range.clone()].iter_mut().zip(constant.iter()) {
                *to = T::from_f64(*from);
            }
        }
    }

    /// Makes all of the arena NaN, inputs too: whoever reads what nobody wrote then shows it.
    pub(crate) fn poison(&mut self) {
        self.is_forward = false;
        self.arena.fill(T::NAN);
        self.put_constants();
    }

    /// Input `number`, in the order in which the tape made them, to be filled before a run. It keeps its contents.
    ///
    /// # Panics
    /// If there is no input of that number.
    pub fn input_mut(&mut self, number: usize) -> &mut [T] {
        let range = self.schedule.inputs[number].clone();
        &mut self.arena[range]
    }

    /// Two inputs at once.
    ///
    /// # Panics
    /// If there is no input of one of these numbers, or they are the same.
    pub fn inputs_mut(&mut self, numbers: [usize; 2]) -> [&mut [T]; 2] {
        let ranges = numbers.map(|number| self.schedule.inputs[number].clone());
        self.arena.get_disjoint_mut(ranges).expect("two inputs lie apart")
    }

    /// How many [states](Tape::state) there are.
    pub fn n_states(&self) -> usize {
        self.schedule.states.len()
    }

    /// State `number`, in the order in which the tape made them.
    ///
    /// # Panics
    /// If there is no state of that number.
    pub fn state(&self, number: usize) -> &[T] {
        &self.arena[self.schedule.states[number].0.clone()]
    }

    /// The same, to be overwritten.
    ///
    /// # Panics
    /// If there is no state of that number.
    pub fn state_mut(&mut self, number: usize) -> &mut [T] {
        &mut self.arena[self.schedule.states[number].0.clone()]
    }

    /// Every state becomes what the last forward run made of it. All change together: one may become what another was.
    pub fn advance(&mut self) {
        // What they become lies apart from all of them.
        for (state, next) in &self.schedule.states {
            if let Some(next) = next {
                self.arena.copy_within(next.clone(), state.start);
            }
        }
    }

    /// All states become zeros.
    pub fn reset_states(&mut self) {
        for (state, _) in &self.schedule.states {
            self.arena[state.clone()].fill(T::ZERO);
        }
    }

    /// What random operations draw from at the next run.
    pub fn set_moment(&mut self, moment: Moment) {
        self.moment = moment;
    }

    /// Computes the outputs and the loss.
    pub fn forward(&mut self, parameters: &[T]) -> Result<(), Error> {
        self.check("parameters", parameters.len())?;
        for i in 0..self.order.len() {
            self.step_forward(self.order[i], parameters, &[]);
        }
        self.is_forward = true;
        Ok(())
    }

    /// Computes the gradient of the loss by all parameters, once after each [`forward`](Self::forward) with the same ones:
    /// gradients take the places of values that are needed no more. All of `gradients` is overwritten, with zeros if the
    /// plan was compiled without a loss.
    pub fn backward(&mut self, parameters: &[T], gradients: &mut [T]) -> Result<(), Error> {
        self.check("parameters", parameters.len())?;
        self.check("gradients", gradients.len())?;
        if !std::mem::take(&mut self.is_forward) {
            return Err(Error::NoForward);
        }
        self.seed(gradients);
        for i in (0..self.order.len()).rev() {
            self.step_backward(self.order[i], Part::All, parameters, gradients);
        }
        Ok(())
    }

    /// The loss of the last run; NaN if the plan was compiled without one.
    pub fn loss(&self) -> T {
        self.schedule.loss.clone().map_or(T::NAN, |range| self.arena[range.start])
    }

    /// Output `number` of the last run, in the order given to [`compile`](Self::compile).
    ///
    /// # Panics
    /// If there is no output of that number.
    pub fn output(&self, number: usize) -> &[T] {
        &self.arena[self.schedule.outputs[number].0.clone()]
    }

    /// The sizes of output `number`.
    ///
    /// # Panics
    /// If there is no output of that number.
    pub fn output_extents(&self, number: usize) -> Extents {
        self.schedule.outputs[number].1
    }

    /// The gradient by input `number`, after [`backward`](Self::backward); none for [data](Tape::data) and for inputs that
    /// the loss does not depend on.
    pub fn input_gradient(&self, number: usize) -> Option<&[T]> {
        self.schedule.input_gradients[number].clone().map(|range| &self.arena[range])
    }

    /// How many parameters the plan takes.
    pub fn n_parameters(&self) -> usize {
        self.schedule.parameters
    }

    /// How many numbers the arena holds: all inputs, intermediate values, gradients of them, and scratch memory.
    pub fn arena_len(&self) -> usize {
        self.arena.len()
    }

    /// Runs forward again and says where the first number that is infinite or NaN came up.
    pub fn first_fault(&mut self, parameters: &[T]) -> Result<Option<Fault>, Error> {
        self.check("parameters", parameters.len())?;
        self.is_forward = false;
        for number in 0..self.schedule.steps.len() {
            let step = &self.schedule.steps[number];
            let fault = |index, in_parameter| {
                Ok(Some(Fault { scope: step.scope.clone(), op: step.op.name(), index, in_parameter }))
            };
            for (place, _) in &step.at.x {
                if let Place::Parameter(range) = place
                    && let Some(index) = first_non_finite(&parameters[range.clone()])
                {
                    return fault(index, true);
                }
            }
            self.step_forward(number, parameters, &[]);
            let step = &self.schedule.steps[number];
            if let Some(index) = first_non_finite(&self.arena[step.at.y.clone()]) {
                return Ok(Some(Fault {
                    scope: step.scope.clone(),
                    op: step.op.name(),
                    index,
                    in_parameter: false,
                }));
            }
        }
        Ok(None)
    }

    /// What the plan does, a line a step: the operation, its layer, its sizes, and whether the backend has a kernel for it
    /// or the definition runs, and whether that is for the step before as well.
    pub fn explain(&self) -> String {
        use std::fmt::Write;
        let mut text = String::new();
        for (number, (step, own)) in self.schedule.steps.iter().zip(&self.is_own).enumerate() {
            let goes_on = |joint: &Joint| joint.steps.start < number && number < joint.steps.end;
            let is_behind = self.schedule.joints.iter().any(goes_on);
            let by = if *own { self.backend } else { "definition" };
            let joint = if is_behind { ", as one with the step before" } else { "" };
            let backward = if step.at.backward.is_some() { "forward and backward" } else { "forward" };
            let _ = writeln!(
                text,
                "{:<24} {:<28} {:<20} {backward}, {by}{joint}",
                step.scope,
                step.op.name(),
                step.at.extents.to_string()
            );
        }
        let _ = writeln!(text, "arena: {} numbers", self.arena.len());
        text
    }

    /// Puts the gradient of the loss by itself, and zeros where nothing else writes.
    pub(super) fn seed(&mut self, gradients: &mut [T]) {
        for range in &self.schedule.untouched {
            gradients[range.clone()].fill(T::ZERO);
        }
        match &self.schedule.seed {
            Some(Place::Arena(range)) => self.arena[range.clone()].fill(T::ONE),
            Some(Place::Parameter(range)) => gradients[range.clone()].fill(T::ONE),
            None => {}
        }
    }

    pub(super) fn check(&self, what: &'static str, found: usize) -> Result<(), Error> {
        let expected = self.schedule.parameters;
        if expected == found { Ok(()) } else { Err(Error::Length { what, expected, found }) }
    }
}

/// A kernel for each step and whether it is the backend's own, and behind them one for each of those that run as one.
fn kernels_on<T: Scalar, B: Backend>(
    backend: &B,
    schedule: &Schedule,
) -> (Vec<Box<dyn Kernel<T>>>, Vec<bool>) {
    let inputs = |step: &Step| -> Vec<Extents> { step.at.x.iter().map(|(_, extents)| *extents).collect() };
    let kernel = |step: &Step| -> (Box<dyn Kernel<T>>, bool) {
        match backend.kernel::<T>(&step.op, &inputs(step), step.at.extents) {
            Some(own) => (own, true),
            None => (Box::new(Defined(Arc::clone(&step.op))), false),
        }
    };
    let (mut kernels, is_own): (Vec<_>, Vec<_>) = schedule.steps.iter().map(kernel).unzip();
    for joint in &schedule.joints {
        let steps = &schedule.steps[joint.steps.clone()];
        let inputs: Vec<Vec<Extents>> = steps.iter().map(inputs).collect();
        let operations = steps.iter().zip(&inputs);
        let operations: Vec<Operation<'_>> = operations
            .map(|(step, inputs)| Operation { op: &*step.op, inputs, output: step.at.extents })
            .collect();
        kernels.push(backend.joint(&operations).expect("what runs as one was asked for before"));
    }
    (kernels, is_own)
}

fn first_non_finite<T: Scalar>(values: &[T]) -> Option<usize> {
    values.iter().position(|value| !value.is_finite())
}

#[cfg(test)]
mod tests {
    use crate::{Plan, Tape};

    #[test]
    fn states_that_become_each_other_change_places() {
        let tape = Tape::new();
        let (a, b) = (tape.state(&[2]), tape.state(&[2]));
        tape.carry(a, b);
        tape.carry(b, a);
        let mut plan = Plan::<f64>::compile(&tape, None, &[a]).unwrap();
        plan.state_mut(0).copy_from_slice(&[1.0, 2.0]);
        plan.state_mut(1).copy_from_slice(&[3.0, 4.0]);
        plan.forward(&[]).unwrap();
        plan.advance();
        assert_eq!(
            (plan.state(0), plan.state(1), plan.output(0)),
            (&[3.0, 4.0][..], &[1.0, 2.0][..], &[1.0, 2.0][..])
        );
        plan.reset_states();
        assert_eq!((plan.n_states(), plan.state(0), plan.state(1)), (2, &[0.0; 2][..], &[0.0; 2][..]));
    }

    #[test]
    fn a_state_outlives_the_gradients_that_are_taken_in_between() {
        let tape = Tape::new();
        let w = tape.parameter("w", &[3]);
        let state = tape.state(&[3]);
        let next = (state + w).tanh();
        tape.carry(state, next);
        let loss = (next * next).sum();
        let mut plan = Plan::<f64>::compile(&tape, Some(loss), &[]).unwrap();
        let (w, mut gradients) = ([0.1, -0.2, 0.3], [0.0; 3]);
        let mut expected = [0.0_f64; 3];
        for _ in 0..4 {
            plan.forward(&w).unwrap();
            plan.backward(&w, &mut gradients).unwrap();
            plan.advance();
            for i in 0..3 {
                let y = (expected[i] + w[i]).tanh();
                assert!((gradients[i] - 2.0 * y * (1.0 - y * y)).abs() < 1e-15);
                expected[i] = y;
            }
        }
        assert!(plan.state(0).iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-15));
    }

    #[test]
    fn a_state_keeps_its_sizes_and_its_tape() {
        let tape = Tape::new();
        let state = tape.state(&[2]);
        tape.carry(state, tape.data(&[3]));
        let error = tape.finish().unwrap_err().to_string();
        assert!(error.contains("`carry`") && error.contains("a state keeps its sizes"), "{error}");
        let tape = Tape::new();
        tape.carry(tape.data(&[3]), tape.data(&[3]));
        assert!(tape.finish().unwrap_err().to_string().contains("no state of this tape"));
        let (one, other) = (Tape::new(), Tape::new());
        one.carry(one.state(&[1]), other.data(&[1]));
        assert!(one.finish().is_err());
    }
}
