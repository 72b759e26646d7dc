//! One pass over the flat vectors: parameters, gradients and an optimizer's state.

use ann_autodiff::{Cpu, Dtype, Scalar, Sweep};

use crate::optimizer::{Optimizer, Update};

/// The most state vectors an optimizer may have.
pub(crate) const MAX_SLOTS: usize = 8;

/// Moves parameters, in pieces on all threads: the same bits as in one.
pub(crate) fn update<T: Scalar, O: Optimizer>(
    rule: &O,
    cpu: &Cpu,
    at: Update,
    values: &mut [T],
    gradients: &mut [T],
    state: &mut [&mut [T]],
) {
    let slots = state.len();
    let mut vectors: [&mut [T]; 2 + MAX_SLOTS] = Default::default();
    for (vector, slot) in vectors[2..].iter_mut().zip(state) {
        *vector = slot;
    }
    [vectors[0], vectors[1]] = [values, gradients];
    cpu.sweep(vectors, &Move { rule, at, slots });
}

#[derive(Debug)]
struct Move<'a, O> {
    rule: &'a O,
    at: Update,
    slots: usize,
}

impl<T: Scalar, O: Optimizer> Sweep<T, { 2 + MAX_SLOTS }> for Move<'_, O> {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the vectors of this processor"
    )]
    fn piece(&self, _: usize, [values, gradients, mut state @ ..]: [&mut [T]; 2 + MAX_SLOTS]) {
        let state = &mut state[..self.slots];
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
