//! One pass over the flat vectors: parameters, gradients and an optimizer's state.

use std::ops::Range;

use ann_autodiff::{Cpu, Dtype, Layout, Plan, Scalar, Segment, Sweep};

use crate::Result;
use crate::optimizer::{Optimizer, Update};

/// The most state vectors an optimizer may have.
pub(crate) const MAX_SLOTS: usize = 8;

/// How an update goes over the vectors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass<'a> {
    pub(crate) cpu: &'a Cpu,
    pub(crate) at: Update,
    /// The ranges that are moved, one after the other.
    pub(crate) spans: &'a [Range<usize>],
}

/// Weights of so many numbers are moved by themselves.
const LARGE: usize = 1 << 15;
/// Those of so many, which with their gradient and the optimizer's state do not stay in the cache, while their gradient is made.
const VAST: usize = 1 << 18;

/// Has the plan move large weights while their gradients are made, those of which nothing but the gradient, as it comes, decides; returns
/// the ranges of the other trainable parameters, which are moved one after the other. Large weights are moved by themselves: each
/// thread then has a share of each, that of which it computed the gradient, so that neither crosses from one core's cache to another's.
pub(crate) fn share<T: Scalar>(
    plan: &mut Plan<T>,
    layout: &Layout,
    is_plain: impl Fn(&Range<usize>) -> bool,
) -> Vec<Range<usize>> {
    let trainable = layout.trainable();
    let moved = plan.hand_over(|range| VAST <= range.len() && range.end <= trainable && is_plain(range));
    spans(layout, &moved)
}

fn spans(layout: &Layout, moved: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut was_large = true;
    for range in layout.segments().iter().filter(|segment| segment.trainable).map(Segment::range) {
        let is_large = LARGE <= range.len();
        match spans.last_mut() {
            Some(last) if !is_large && !was_large => last.end = range.end,
            _ if moved.contains(&range) => {}
            _ => spans.push(range),
        }
        was_large = is_large;
    }
    spans
}

/// Parameters, gradients, and the state vectors of a rule; those beyond its slots are empty.
pub(crate) type Vectors<'a, T> = [&'a mut [T]; 2 + MAX_SLOTS];

/// All vectors together.
pub(crate) fn vectors<'a, T>(
    values: &'a mut [T],
    gradients: &'a mut [T],
    slots: &'a mut [Vec<T>],
) -> Vectors<'a, T> {
    let mut vectors: Vectors<'a, T> = Default::default();
    for (vector, slot) in vectors[2..].iter_mut().zip(slots) {
        *vector = slot;
    }
    [vectors[0], vectors[1]] = [values, gradients];
    vectors
}

/// Makes the gradients, and moves what the plan hands over.
pub(crate) fn backward<T: Scalar, O: Optimizer>(
    rule: &O,
    pass: Pass<'_>,
    plan: &mut Plan<T>,
    vectors: &mut Vectors<'_, T>,
) -> Result<()> {
    plan.backward_sweeping(pass.cpu, vectors, &Move { rule, at: pass.at })?;
    Ok(())
}

/// Moves the other parameters, in pieces on all threads: the same bits as in one.
pub(crate) fn update<T: Scalar, O: Optimizer>(rule: &O, pass: Pass<'_>, vectors: &mut Vectors<'_, T>) {
    let Pass { cpu, at, spans } = pass;
    for span in spans {
        let mut pieces: Vectors<'_, T> = Default::default();
        // Slots beyond those of the rule are empty.
        for (piece, vector) in pieces.iter_mut().zip(&mut *vectors).filter(|(_, vector)| !vector.is_empty()) {
            *piece = &mut vector[span.clone()];
        }
        cpu.sweep(pieces, &Move { rule, at });
    }
}

#[derive(Debug)]
struct Move<'a, O> {
    rule: &'a O,
    at: Update,
}

impl<T: Scalar, O: Optimizer> Sweep<T, { 2 + MAX_SLOTS }> for Move<'_, O> {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the vectors of this processor"
    )]
    fn piece(&self, _: usize, [values, gradients, mut state @ ..]: [&mut [T]; 2 + MAX_SLOTS]) {
        let state = &mut state[..self.rule.slots().len()];
        self.rule.update(self.at, values, gradients, state);
        // The mean of gradients that have become 0, as behind a dead rectifier, falls for ever; computing with the subnormal
        // numbers that it comes to takes a hundred times as long.
        let tiny = match T::DTYPE {
            Dtype::F32 => f64::from(f32::MIN_POSITIVE),
            Dtype::F64 => f64::MIN_POSITIVE,
        };
        let tiny = T::from_f64(tiny);
        for slot in state {
            for value in slot.iter_mut() {
                *value = if value.abs() < tiny { T::ZERO } else { *value };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ann_autodiff::Tape;

    use super::*;
    use crate::optimizer::{Adam, Sgd};

    const AT: Update = Update { step: 2, learning_rate: 0.1 };

    #[test]
    fn pieces_on_any_number_of_threads_give_the_bits_of_the_whole() {
        fn check<T: Scalar>(rule: &impl Optimizer) {
            let count = 100_003_usize;
            let numbers = |scale: f64| -> Vec<T> {
                (0..count).map(|i| T::from_f64(scale * (0.001 * i as f64).sin())).collect()
            };
            let after = |cpu: Option<Cpu>| {
                let (mut values, mut gradients) = (numbers(1.0), numbers(0.3));
                let mut slots =
                    vec![numbers(0.2).iter().map(|x| x.abs()).collect::<Vec<T>>(); rule.slots().len()];
                if let Some(cpu) = cpu {
                    let pass = Pass { cpu: &cpu, at: AT, spans: &[0..7, 7..count] };
                    update(rule, pass, &mut vectors(&mut values, &mut gradients, &mut slots));
                } else {
                    let mut state: Vec<&mut [T]> = slots.iter_mut().map(Vec::as_mut_slice).collect();
                    rule.update(AT, &mut values, &gradients, &mut state);
                }
                (values, slots)
            };
            let whole = after(None);
            for threads in [1, 3] {
                assert!(after(Some(Cpu::with_threads(threads))) == whole, "{rule:?} on {threads} threads");
            }
        }
        check::<f32>(&Sgd::new(0.1).momentum(0.9));
        check::<f64>(&Sgd::new(0.1));
        check::<f32>(&Adam::new(0.1));
        check::<f64>(&Adam::new(0.1));
    }

    #[test]
    fn every_parameter_is_in_one_range_and_large_weights_have_one_of_their_own() {
        let tape = Tape::new();
        let sizes = [3, LARGE, 5, 7, LARGE + 1, LARGE - 1, 2];
        for (number, size) in sizes.iter().enumerate() {
            tape.parameter(&format!("w{number}"), &[*size]);
        }
        let found = spans(&tape.layout(), &[]);
        let ends = [3, LARGE + 3, LARGE + 15, 2 * LARGE + 16, 3 * LARGE + 17];
        let starts = std::iter::once(0).chain(ends);
        assert!(found.into_iter().eq(starts.zip(ends).map(|(start, end)| start..end)));
        assert!(spans(&Tape::new().layout(), &[]).is_empty());
    }

    #[test]
    fn state_that_has_become_subnormal_is_0_and_all_other_state_stays() {
        let tiny = f32::MIN_POSITIVE;
        let mut slots = [vec![1.05 * tiny, -1.05 * tiny, 2.0 * tiny, f32::NAN, f32::INFINITY]];
        let (mut values, mut gradients) = ([0.0; 5], [0.0; 5]);
        let rule = Sgd::new(0.1).momentum(0.9);
        let pass = Pass { cpu: &Cpu::with_threads(1), at: AT, spans: std::slice::from_ref(&(0..5)) };
        update(&rule, pass, &mut vectors(&mut values, &mut gradients, &mut slots));
        let [velocity] = slots;
        assert_eq!(velocity[..3], [0.0, 0.0, 0.9 * 2.0 * tiny]);
        assert!(velocity[3].is_nan() && velocity[4] == f32::INFINITY);
    }
}
