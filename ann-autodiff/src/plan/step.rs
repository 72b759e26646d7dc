//! One step of a schedule, forward and backward: the places of its operands, handed to its kernel.

use std::ops::Range;

use super::Plan;
use super::schedule::{Place, Step};
use crate::backend::{Backward, Forward, Gradient, MAX_INPUTS};
use crate::op::{Output, View};
use crate::{Extents, Scalar, Taker};

const PLACES: &str = "there are more places than these";
const APART: &str = "the arena gives values that live together places apart";

impl<T: Scalar> Plan<T> {
    pub(super) fn step_forward(&mut self, number: usize, parameters: &[T], held: &[T]) {
        // Most operations have few inputs; room for all that there may be costs more than a small operation does.
        match self.schedule.steps[number].x.len() {
            0..=3 => self.forward_of::<3, 6>(number, parameters, held),
            _ => self.forward_of::<MAX_INPUTS, { MAX_INPUTS + 3 }>(number, parameters, held),
        }
    }

    pub(super) fn step_backward(
        &mut self,
        number: usize,
        part: Part<'_, T>,
        parameters: &[T],
        gradients: &mut [T],
    ) {
        match self.schedule.steps[number].x.len() {
            0..=3 => self.backward_of::<3, 10>(number, part, parameters, gradients),
            _ => self.backward_of::<MAX_INPUTS, { 2 * MAX_INPUTS + 4 }>(number, part, parameters, gradients),
        }
    }

    /// A step of at most `N` inputs, with `R = N + 3` places in the arena.
    fn forward_of<const N: usize, const R: usize>(&mut self, number: usize, parameters: &[T], held: &[T]) {
        let step = &self.schedule.steps[number];
        let mut ranges: [Range<usize>; R] = [const { 0..0 }; _];
        ranges[0] = step.y.clone();
        ranges[1] = step.kept.clone();
        ranges[2] = self.scratch.clone();
        for (range, (place, _)) in ranges[3..].iter_mut().zip(&step.x) {
            if let Place::Arena(at) = place {
                *range = at.clone();
            }
        }
        let mut places = disjoint(&mut self.arena, ranges);
        let ([y, kept, scratch], inputs) = places.split_first_chunk_mut().expect(PLACES);
        let x = views::<T, N>(step, inputs, parameters, |_| true);
        let y = Output { data: y, extents: step.extents, kept, moment: self.moment };
        self.kernels[number].forward(Forward { x: &x[..step.x.len()], held, y, scratch });
    }

    /// A step of at most `N` inputs, with `R = 2 N + 4` places in the arena.
    fn backward_of<const N: usize, const R: usize>(
        &mut self,
        number: usize,
        part: Part<'_, T>,
        parameters: &[T],
        gradients: &mut [T],
    ) {
        let step = &self.schedule.steps[number];
        let Some(adjoint) = &step.backward else { return };
        let saves = step.op.saves();
        let mut ranges: [Range<usize>; R] = [const { 0..0 }; _];
        if saves.output() {
            ranges[0] = step.y.clone();
        }
        ranges[1] = step.kept.clone();
        ranges[2] = adjoint.dy.clone();
        ranges[3] = self.scratch.clone();
        for (i, (place, _)) in step.x.iter().enumerate() {
            if let Place::Arena(at) = place
                && saves.input(i)
            {
                ranges[4 + i] = at.clone();
            }
        }
        let mut parameter_ranges: [Range<usize>; N] = [const { 0..0 }; _];
        let sinks = || adjoint.dx.iter().enumerate().map(|(i, sink)| sink.as_ref().filter(|_| part.wants(i)));
        for (i, sink) in sinks().enumerate() {
            match sink.map(|sink| &sink.place) {
                Some(Place::Arena(at)) => ranges[4 + N + i] = at.clone(),
                Some(Place::Parameter(at)) => parameter_ranges[i] = at.clone(),
                None => {}
            }
        }
        let mut places = disjoint(&mut self.arena, ranges);
        let ([y, kept, dy, scratch], rest) = places.split_first_chunk_mut().expect(PLACES);
        let (inputs, arena_dx) = rest.split_at_mut(N);
        let parameter_dx = disjoint(gradients, parameter_ranges);
        let is_handed_over = matches!(part, Part::HandOver(..));
        let x = views::<T, N>(step, inputs, parameters, |i| saves.input(i) && !is_handed_over);
        let mut dx: [Gradient<'_, T>; N] =
            std::array::from_fn(|_| Gradient { data: Default::default(), fresh: false });
        for (((slot, sink), in_arena), in_gradients) in
            dx.iter_mut().zip(sinks()).zip(arena_dx.iter_mut()).zip(parameter_dx)
        {
            if let Some(sink) = sink {
                slot.fresh = sink.fresh;
                slot.data = if matches!(sink.place, Place::Arena(_)) { in_arena } else { in_gradients };
            }
        }
        let frame = Backward {
            x: &x[..step.x.len()],
            y: View { data: y, extents: step.extents },
            kept,
            moment: self.moment,
            dy,
            dx: &mut dx[..step.x.len()],
            scratch,
        };
        match part {
            Part::HandOver(taker) => {
                if let Some(part) = self.kernels[number].hands_over() {
                    part.hand_over(frame, taker);
                }
            }
            Part::All | Part::AllBut(_) => self.kernels[number].backward(frame),
        }
    }
}

/// Which gradients of a step are made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a, T> {
    All,
    /// All but that by the input of this number.
    AllBut(usize),
    /// That one, to whoever takes it. No parameter is seen.
    HandOver(Taker<'a, T>),
}

impl<T> Part<'_, T> {
    /// Whether the gradient by an input is to go to its place.
    fn wants(self, input: usize) -> bool {
        match self {
            Self::All => true,
            Self::AllBut(other) => input != other,
            Self::HandOver(_) => false,
        }
    }
}

/// Slices of one vector that do not overlap.
pub(super) fn disjoint<T, const N: usize>(values: &mut [T], ranges: [Range<usize>; N]) -> [&mut [T]; N] {
    values.get_disjoint_mut(ranges).expect(APART)
}

/// The inputs of a step, empty where `saved` says that they are gone.
fn views<'a, T, const N: usize>(
    step: &Step,
    arena: &'a [&mut [T]],
    parameters: &'a [T],
    saved: impl Fn(usize) -> bool,
) -> [View<'a, T>; N] {
    std::array::from_fn(|i| match step.x.get(i) {
        None => View { data: &[], extents: Extents::SCALAR },
        Some((Place::Parameter(at), extents)) if saved(i) => {
            View { data: &parameters[at.clone()], extents: *extents }
        }
        Some((_, extents)) => View { data: &*arena[i], extents: *extents },
    })
}
