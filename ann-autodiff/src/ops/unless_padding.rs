//! A step of sequences, but for those that have ended before it.

use super::recurrent::{add, exactly, piece};
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y[b] = x[b]` where `step < length[b]`, else `other[b]`: `x` and `other` of the same sizes `[b, ..]`, lengths `[b]`.
///
/// A choice, no product with 0 and 1: what is not chosen may be infinite or NaN. A length that is NaN gives NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnlessPadding {
    /// The step that `x` is of, counted from 0.
    pub step: usize,
}

impl UnlessPadding {
    /// Whether sequence `row` has not ended; nothing if its length is no number.
    fn goes_on<T: Scalar>(self, lengths: &[T], row: usize) -> Option<bool> {
        let length = lengths[row].to_f64();
        (!length.is_nan()).then_some((self.step as f64) < length)
    }
}

/// Numbers of a row.
fn width(x: Extents) -> usize {
    x[1..].iter().product()
}

const LENGTHS: Fill = Fill::of(&[4], Draw::These(&[3.0, 1.0, 2.0, 4.0]));

impl Op<3> for UnlessPadding {
    const NAME: &'static str = "unless_padding";
    const SAVES: Saves = Saves::inputs(&[2]);
    const ROLES: [Role; 3] = [Role::Differentiable, Role::Differentiable, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "features",
            op: Self { step: 2 },
            inputs: &[Fill::normal(&[4, 3]), Fill::normal(&[4, 3]), LENGTHS],
        },
        Case {
            name: "two axes",
            op: Self { step: 1 },
            inputs: &[Fill::normal(&[4, 2, 3]), Fill::normal(&[4, 2, 3]), LENGTHS],
        },
        Case {
            name: "numbers",
            op: Self { step: 3 },
            inputs: &[Fill::normal(&[4]), Fill::normal(&[4]), LENGTHS],
        },
    ];

    fn shape(&self, [x, other, lengths]: [Extents; 3]) -> Result<Extents, String> {
        let Some(rows) = x.first() else {
            return Err("it takes a row for each sequence, not a number".into());
        };
        exactly("the other", other, &x)?;
        exactly("the lengths", lengths, &[*rows])?;
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x, other, lengths]: [View<'_, T>; 3], mut y: Output<'_, T>) {
        let width = width(x.extents);
        for row in 0..x.extents[0] {
            let place = row * width..(row + 1) * width;
            match self.goes_on(&lengths, row) {
                Some(true) => y[place.clone()].copy_from_slice(&x[place]),
                Some(false) => y[place.clone()].copy_from_slice(&other[place]),
                None => y[place].fill(T::NAN),
            }
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 3>, dy: &[T], [dx, d_other, _]: [&mut [T]; 3]) {
        let [x, _, lengths] = saved.x;
        let width = width(x.extents);
        for row in 0..x.extents[0] {
            let dy = &dy[row * width..(row + 1) * width];
            match self.goes_on(&lengths, row) {
                Some(true) => add(piece(dx, row, width), dy),
                Some(false) => add(piece(d_other, row, width), dy),
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Plan, Tape};

    use super::*;

    #[test]
    fn what_is_not_chosen_is_neither_read_nor_descended_through() {
        let tape = Tape::new();
        let (x, other, lengths) = (tape.input(&[3, 2]), tape.input(&[3, 2]), tape.data(&[3]));
        let y = tape.apply(UnlessPadding { step: 1 }, [x, other, lengths]);
        let mut plan = Plan::<f64>::compile(&tape, Some((y * 3.0).sum()), &[y]).unwrap();
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        plan.input_mut(0).copy_from_slice(&[1.0, 2.0, nan, inf, 3.0, 4.0]);
        plan.input_mut(1).copy_from_slice(&[inf, nan, 5.0, 6.0, 7.0, 8.0]);
        plan.input_mut(2).copy_from_slice(&[2.0, 1.0, nan]);
        plan.forward(&[]).unwrap();
        assert_eq!(plan.output(0)[..4], [1.0, 2.0, 5.0, 6.0]);
        assert!(plan.output(0)[4..].iter().all(|y| y.is_nan()));
        plan.backward(&[], &mut []).unwrap();
        assert_eq!(plan.input_gradient(0).unwrap(), [3.0, 3.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(plan.input_gradient(1).unwrap(), [0.0, 0.0, 3.0, 3.0, 0.0, 0.0]);
    }
}
