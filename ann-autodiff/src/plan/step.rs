//! One step of a schedule, forward and backward: the places of its operands, handed to its kernel.

use std::array::from_fn;
use std::ops::Range;

use super::Plan;
use super::cuts::Cuts;
use super::schedule::{Place, Step};
use crate::backend::{Backward, Forward, Gradient, MAX_INPUTS};
use crate::op::{Output, View};
use crate::{Extents, Scalar, Taker};

const PLACES: &str = "there are more places than these";

/// Where the operands of a step lie, forward and backward.
#[derive(Clone, Debug)]
pub(super) struct Frames {
    /// Output, kept, scratch, and the inputs.
    forward: Frame,
    /// Output, kept, gradient by the output, scratch, and of each input itself and the gradient by it. None where nothing runs backward.
    backward: Option<Frame>,
}

#[derive(Clone, Debug)]
struct Frame {
    arena: Cuts,
    /// Sizes of the inputs.
    extents: [Extents; MAX_INPUTS],
    /// The inputs that are parameters.
    parameters: Vec<(usize, Range<usize>)>,
    /// The inputs by which gradients go into those of the parameters.
    gradients: Cuts,
}

impl Frames {
    pub(super) fn new(step: &Step, scratch: &Range<usize>) -> Self {
        let (y, kept, scratch) = (&step.y, &step.kept, scratch.clone());
        let first = [(0, y.clone()), (1, kept.clone()), (2, scratch.clone())];
        let forward = Frame::new(step, first, |i| 3 + i, |_| true, []);
        let backward = step.backward.as_ref().map(|adjoint| {
            let saves = step.op.saves();
            let y = if saves.output() { y.clone() } else { 0..0 };
            let first = [(0, y), (1, kept.clone()), (2, adjoint.dy.clone()), (3, scratch)];
            let sinks = adjoint.dx.iter().enumerate();
            let sinks = sinks.filter_map(|(i, sink)| sink.as_ref().map(|sink| (i, &sink.place)));
            Frame::new(step, first, |i| 4 + 2 * i, |i| saves.input(i), sinks)
        });
        Self { forward, backward }
    }
}

impl Frame {
    /// Of the first operands, the inputs that are seen and the gradients; `number` is that of an input, that of its gradient is the next.
    fn new<'a>(
        step: &Step,
        first: impl IntoIterator<Item = (usize, Range<usize>)>,
        number: impl Fn(usize) -> usize,
        is_seen: impl Fn(usize) -> bool,
        gradients: impl IntoIterator<Item = (usize, &'a Place)>,
    ) -> Self {
        let mut arena: Vec<_> = first.into_iter().collect();
        let (mut parameters, mut by_parameters) = (Vec::new(), Vec::new());
        for (i, (place, _)) in step.x.iter().enumerate().filter(|(i, _)| is_seen(*i)) {
            match place {
                Place::Arena(at) => arena.push((number(i), at.clone())),
                Place::Parameter(at) => parameters.push((i, at.clone())),
            }
        }
        for (i, place) in gradients {
            match place {
                Place::Arena(at) => arena.push((number(i) + 1, at.clone())),
                Place::Parameter(at) => by_parameters.push((i, at.clone())),
            }
        }
        let mut extents = [Extents::SCALAR; MAX_INPUTS];
        for (to, (_, from)) in extents.iter_mut().zip(&step.x) {
            *to = *from;
        }
        Self { arena: Cuts::new(arena), extents, parameters, gradients: Cuts::new(by_parameters) }
    }

    #[inline]
    fn see<'a, T>(&self, parameters: &'a [T], x: &mut [View<'a, T>]) {
        for (i, at) in &self.parameters {
            x[*i].data = &parameters[at.clone()];
        }
    }
}

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

    /// A step of at most `N` inputs, with `R = N + 3` operands.
    fn forward_of<const N: usize, const R: usize>(&mut self, number: usize, parameters: &[T], held: &[T]) {
        let (step, frame) = (&self.schedule.steps[number], &self.frames[number].forward);
        let mut operands: [&mut [T]; R] = frame.arena.of(&mut self.arena);
        let ([y, kept, scratch], inputs) = operands.split_first_chunk_mut().expect(PLACES);
        let mut x = [View { data: &[][..], extents: Extents::SCALAR }; N];
        for ((x, input), extents) in x.iter_mut().zip(inputs).zip(&frame.extents) {
            *x = View { data: input, extents: *extents };
        }
        frame.see(parameters, &mut x);
        let y = Output { data: y, extents: step.extents, kept, moment: self.moment };
        self.kernels[number].forward(Forward { x: &x[..step.x.len()], held, y, scratch });
    }

    /// A step of at most `N` inputs, with `R = 2 N + 4` operands.
    fn backward_of<const N: usize, const R: usize>(
        &mut self,
        number: usize,
        part: Part<'_, T>,
        parameters: &[T],
        gradients: &mut [T],
    ) {
        let (step, frame) = (&self.schedule.steps[number], &self.frames[number].backward);
        let (Some(adjoint), Some(frame)) = (&step.backward, frame) else { return };
        let mut operands: [&mut [T]; R] = frame.arena.of(&mut self.arena);
        let ([y, kept, dy, scratch], inputs) = operands.split_first_chunk_mut().expect(PLACES);
        let mut by_parameters: [&mut [T]; N] = frame.gradients.of(gradients);
        let (inputs, _) = inputs.as_chunks_mut::<2>();
        let mut x = [View { data: &[][..], extents: Extents::SCALAR }; N];
        let mut dx: [_; N] = from_fn(|_| Gradient { data: Default::default(), fresh: false });
        for (i, (sink, [input, by_input])) in adjoint.dx.iter().zip(inputs).enumerate() {
            x[i] = View { data: input, extents: frame.extents[i] };
            if let Some(sink) = sink.as_ref().filter(|_| part.wants(i)) {
                let place =
                    if matches!(sink.place, Place::Arena(_)) { by_input } else { &mut by_parameters[i] };
                dx[i] = Gradient { data: std::mem::take(place), fresh: sink.fresh };
            }
        }
        if !matches!(part, Part::HandOver(..)) {
            frame.see(parameters, &mut x);
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
