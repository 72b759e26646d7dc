//! One step of a schedule, forward and backward: the places of its operands, handed to its kernel.

use std::array::from_fn;
use std::ops::Range;

use super::Plan;
use super::cuts::Cuts;
use super::operands::{Operands, Place, Sink};
use crate::backend::{Backward, Forward, Gradient, MAX_INPUTS};
use crate::op::{Output, Saves, View};
use crate::{Extents, Scalar, Taker};

/// Operands that are no inputs, forward: output, kept, scratch; and backward: output, kept, gradient by the output, scratch.
const OTHERS_FORWARD: usize = 3;
const OTHERS_BACKWARD: usize = 4;

/// Where the operands of a step lie, forward and backward.
#[derive(Clone, Debug)]
pub(super) struct Frames {
    /// Behind the others the inputs.
    forward: Frame,
    /// Behind the others of each input itself and the gradient by it. None where nothing runs backward.
    backward: Option<Frame>,
}

#[derive(Clone, Debug)]
struct Frame {
    arena: Cuts,
    /// How many inputs there are, and their sizes.
    inputs: usize,
    extents: [Extents; MAX_INPUTS],
    /// Sizes of the output.
    output: Extents,
    /// The inputs that are parameters.
    parameters: Vec<(usize, Range<usize>)>,
    /// The inputs by which gradients go into those of the parameters.
    gradients: Cuts,
    /// Whether the gradient by an input is the first to be written where it goes.
    fresh: [bool; MAX_INPUTS],
}

impl Frames {
    /// `saves` says what is seen backward.
    pub(super) fn new(at: &Operands, saves: Saves, scratch: &Range<usize>) -> Self {
        let (y, kept, scratch) = (&at.y, &at.kept, scratch.clone());
        let first = [(0, y.clone()), (1, kept.clone()), (2, scratch.clone())];
        let forward = Frame::new(at, first, |i| OTHERS_FORWARD + i, |_| true, &[]);
        let backward = at.backward.as_ref().map(|adjoint| {
            let y = if saves.output() { y.clone() } else { 0..0 };
            let first = [(0, y), (1, kept.clone()), (2, adjoint.dy.clone()), (3, scratch)];
            Frame::new(at, first, |i| OTHERS_BACKWARD + 2 * i, |i| saves.input(i), &adjoint.dx)
        });
        Self { forward, backward }
    }
}

impl Frame {
    /// Of the first operands, the inputs that are seen and the gradients; `number` is that of an input, that of its gradient is the next.
    fn new(
        at: &Operands,
        first: impl IntoIterator<Item = (usize, Range<usize>)>,
        number: impl Fn(usize) -> usize,
        is_seen: impl Fn(usize) -> bool,
        sinks: &[Option<Sink>],
    ) -> Self {
        let mut arena: Vec<_> = first.into_iter().collect();
        let (mut parameters, mut by_parameters) = (Vec::new(), Vec::new());
        for (i, (place, _)) in at.x.iter().enumerate().filter(|(i, _)| is_seen(*i)) {
            match place {
                Place::Arena(at) => arena.push((number(i), at.clone())),
                Place::Parameter(at) => parameters.push((i, at.clone())),
            }
        }
        let mut fresh = [false; MAX_INPUTS];
        for (i, sink) in sinks.iter().enumerate() {
            let Some(sink) = sink else { continue };
            fresh[i] = sink.fresh;
            match &sink.place {
                Place::Arena(at) => arena.push((number(i) + 1, at.clone())),
                Place::Parameter(at) => by_parameters.push((i, at.clone())),
            }
        }
        let mut extents = [Extents::SCALAR; MAX_INPUTS];
        for (to, (_, from)) in extents.iter_mut().zip(&at.x) {
            *to = *from;
        }
        Self {
            arena: Cuts::new(arena),
            inputs: at.x.len(),
            extents,
            output: at.extents,
            parameters,
            gradients: Cuts::new(by_parameters),
            fresh,
        }
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
        match self.frames[number].forward.inputs {
            0..=3 => self.forward_of::<3>(number, parameters, held),
            _ => self.forward_of::<MAX_INPUTS>(number, parameters, held),
        }
    }

    pub(super) fn step_backward(
        &mut self,
        number: usize,
        part: Part<'_, T>,
        parameters: &[T],
        gradients: &mut [T],
    ) {
        match self.frames[number].forward.inputs {
            0..=3 => self.backward_of::<3>(number, part, parameters, gradients),
            _ => self.backward_of::<MAX_INPUTS>(number, part, parameters, gradients),
        }
    }

    /// A step of at most `N` inputs.
    fn forward_of<const N: usize>(&mut self, number: usize, parameters: &[T], held: &[T]) {
        let frame = &self.frames[number].forward;
        let mut others: [&mut [T]; OTHERS_FORWARD] = Default::default();
        let mut x: [View<'_, T>; N] = from_fn(|i| View { data: &[], extents: frame.extents[i] });
        frame.arena.each(&mut self.arena, |operand, piece| match operand.checked_sub(OTHERS_FORWARD) {
            None => others[operand] = piece,
            Some(i) => x[i].data = piece,
        });
        frame.see(parameters, &mut x);
        let [y, kept, scratch] = others;
        let y = Output { data: y, extents: frame.output, kept, moment: self.moment };
        self.kernels[number].forward(Forward { x: &x[..frame.inputs], held, y, scratch });
    }

    /// A step of at most `N` inputs.
    fn backward_of<const N: usize>(
        &mut self,
        number: usize,
        part: Part<'_, T>,
        parameters: &[T],
        gradients: &mut [T],
    ) {
        let Some(frame) = &self.frames[number].backward else { return };
        let mut others: [&mut [T]; OTHERS_BACKWARD] = Default::default();
        let mut x: [View<'_, T>; N] = from_fn(|i| View { data: &[], extents: frame.extents[i] });
        let mut dx: [_; N] = from_fn(|i| Gradient { data: &mut [][..], fresh: frame.fresh[i] });
        frame.arena.each(&mut self.arena, |operand, piece| match operand.checked_sub(OTHERS_BACKWARD) {
            None => others[operand] = piece,
            Some(place) if place % 2 == 0 => x[place / 2].data = piece,
            Some(place) if part.wants(place / 2) => dx[place / 2].data = piece,
            Some(_) => {}
        });
        frame.gradients.each(gradients, |i, piece| {
            if part.wants(i) {
                dx[i].data = piece;
            }
        });
        if !matches!(part, Part::HandOver(..)) {
            frame.see(parameters, &mut x);
        }
        let [y, kept, dy, scratch] = others;
        let frame = Backward {
            x: &x[..frame.inputs],
            y: View { data: y, extents: frame.output },
            kept,
            moment: self.moment,
            dy,
            dx: &mut dx[..frame.inputs],
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
