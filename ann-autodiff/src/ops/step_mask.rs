//! Which steps of each sequence are no padding.

use super::recurrent::{length, piece};
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// Lengths `[b]` give `[b, steps]`: 1 below the length, 0 from there on. NaN for a length that is no whole number from 1 to
/// `steps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepMask {
    /// How many steps there are.
    pub steps: usize,
}

impl Op<1> for StepMask {
    const NAME: &'static str = "step_mask";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "lengths",
            op: Self { steps: 4 },
            inputs: &[Fill::of(&[3], Draw::These(&[2.0, 4.0, 1.0]))],
        },
        Case { name: "an empty batch", op: Self { steps: 4 }, inputs: &[Fill::normal(&[0])] },
    ];

    fn shape(&self, [lengths]: [Extents; 1]) -> Result<Extents, String> {
        let [b] = lengths[..] else { return Err(format!("it takes lengths [b], not {lengths}")) };
        if self.steps == 0 {
            return Err("sequences of no steps have no mask".into());
        }
        Extents::new(&[b, self.steps]).map_err(|error| error.to_string())
    }

    fn forward<T: Scalar>(&self, [lengths]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        for row in 0..lengths.len() {
            let mask = piece(&mut y, row, self.steps);
            match length(&lengths, row, self.steps) {
                Some(length) => {
                    mask[..length].fill(T::ONE);
                    mask[length..].fill(T::ZERO);
                }
                None => mask.fill(T::NAN),
            }
        }
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, _: &[T], _: [&mut [T]; 1]) {}
}
