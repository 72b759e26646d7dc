//! What each step of each sequence counts.

use std::cmp::Ordering;

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y[b, t] = weight[b]` where `t < length[b]`, 0 at the steps that are padding.
///
/// Lengths `[b]` and weights `[b]`; an input of no elements, `[0]`, stands for sequences that are all full, for weights of 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepWeights {
    /// Sequences.
    pub rows: usize,
    /// Steps of the longest sequence.
    pub steps: usize,
}

impl Op<2> for StepWeights {
    const NAME: &'static str = "step_weights";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 2] = [Role::Fixed; 2];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "lengths",
            op: Self { rows: 3, steps: 4 },
            inputs: &[Fill::of(&[3], Draw::These(&[4.0, 1.0, 2.0])), Fill::normal(&[0])],
        },
        Case {
            name: "lengths and weights",
            op: Self { rows: 2, steps: 3 },
            inputs: &[Fill::of(&[2], Draw::These(&[1.0, 3.0])), Fill::of(&[2], Draw::Positive)],
        },
        Case {
            name: "weights",
            op: Self { rows: 2, steps: 3 },
            inputs: &[Fill::normal(&[0]), Fill::of(&[2], Draw::Positive)],
        },
    ];

    fn shape(&self, inputs: [Extents; 2]) -> Result<Extents, String> {
        if inputs.iter().all(|input| input[..] == [0] || input[..] == [self.rows]) {
            Extents::new(&[self.rows, self.steps]).map_err(|error| error.to_string())
        } else {
            Err(format!("lengths and weights have to be [{}], or [0] for none", self.rows))
        }
    }

    fn forward<T: Scalar>(&self, [lengths, weights]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        for (row, y) in y.chunks_exact_mut(self.steps.max(1)).enumerate() {
            let weight = weights.get(row).copied().unwrap_or(T::ONE);
            let length = lengths.get(row).map_or(self.steps as f64, |length| length.to_f64());
            for (step, y) in y.iter_mut().enumerate() {
                *y = match (step as f64).partial_cmp(&length) {
                    Some(Ordering::Less) => weight,
                    Some(_) => T::ZERO,
                    None => T::NAN,
                };
            }
        }
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 2>, _: &[T], _: [&mut [T]; 2]) {}
}

#[cfg(test)]
mod tests {
    use crate::{Plan, Tape};

    use super::*;

    #[test]
    fn steps_past_the_length_count_nothing() {
        let tape = Tape::new();
        let (lengths, weights) = (tape.data(&[2]), tape.data(&[2]));
        let y = tape.apply(StepWeights { rows: 2, steps: 3 }, [lengths, weights]);
        let mut plan = Plan::<f32>::compile(&tape, None, &[y]).unwrap();
        plan.input_mut(0).copy_from_slice(&[2.0, 3.0]);
        plan.input_mut(1).copy_from_slice(&[0.5, 4.0]);
        plan.forward(&[]).unwrap();
        assert_eq!(plan.output(0), [0.5, 0.5, 0.0, 4.0, 4.0, 4.0]);
    }
}
