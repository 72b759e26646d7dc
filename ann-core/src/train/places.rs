//! [`Places`]: how an example lies in a batch, and what is refused there.

use ann_autodiff::Scalar;

use super::subject::Rows;
use crate::precision::Precision;
use crate::{Error, Result};

/// The place of an example in a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// Elements of an input and of a target.
    pub(super) width: usize,
    pub(super) target_width: usize,
    /// Steps of a sequence: in an input, and in a target if it has a value at each.
    pub(super) steps: usize,
    pub(super) target_has_steps: bool,
    /// Whether some steps are padding.
    pub(super) is_padded: bool,
    /// How many classes a target is one of, if it is.
    pub(super) classes: Option<usize>,
    /// What all values of an input have to be below, if they are indices.
    pub(super) indices: Option<usize>,
}

impl Places {
    /// Copies the examples of these numbers, one after the other, and checks them; of each, so many steps count.
    pub(super) fn fill<P: Precision>(
        &self,
        data: &dyn Rows,
        numbers: &[usize],
        used: &[usize],
        inputs: &mut [P],
        targets: &mut [P],
    ) -> Result<()> {
        let Self { width, target_width, target_has_steps, .. } = *self;
        let step = width / self.steps.max(1);
        let target_step = target_width / self.steps.max(1);
        P::read(data, numbers, inputs, targets)?;
        if self.is_padded {
            for (row, used) in used.iter().enumerate() {
                inputs[row * width..][..width][used * step..].fill(P::ZERO);
                if target_has_steps {
                    targets[row * target_width..][..target_width][used * target_step..].fill(P::ZERO);
                }
            }
        }
        // All at once, as nearly always nothing is wrong; padding is a class and an index like any other, and both are finite.
        let are_right = |values: &[P], below: Option<usize>| match below {
            Some(below) => all(values, |value| is_below(value, below)),
            None => all(values, P::is_finite),
        };
        if are_right(inputs, self.indices) && are_right(targets, self.classes) {
            return Ok(());
        }
        for (row, (number, used)) in numbers.iter().zip(used).enumerate() {
            let input = &inputs[row * width..][..used * step];
            let counted = if target_has_steps { used * target_step } else { target_width };
            let target = &targets[row * target_width..][..counted];
            check_finite("the input of example", *number, input)?;
            check_finite("the target of example", *number, target)?;
            check_indices(*number, input, self.indices)?;
            if let Some(classes) = self.classes {
                for (place, label) in target.iter().enumerate() {
                    let step = target_has_steps.then_some(place);
                    check_label(*number, step, *label, classes)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether all have a property. No early end: so it is a loop over vectors.
fn all<T: Copy>(values: &[T], has: impl Fn(T) -> bool) -> bool {
    values.iter().fold(true, |all, value| all & has(*value))
}

/// Whether it is a whole number from 0 to one below the bound.
fn is_below<T: Scalar>(value: T, bound: usize) -> bool {
    // All numbers from this one on are whole: the sum of it and a smaller one is rounded to a whole number. A conversion would not be a loop
    // over vectors.
    let whole = T::ONE / T::EPSILON;
    let limit = T::from_usize(bound);
    if limit <= whole {
        return T::ZERO <= value && value < limit && value + whole - whole == value;
    }
    let value = value.to_f64();
    0.0 <= value && value < bound as f64 && value.fract() == 0.0
}

fn check_finite<P: Precision>(what: &'static str, example: usize, values: &[P]) -> Result<()> {
    let Some(column) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    Err(Error::NotFinite { what, example, column, value: values[column].to_f64() })
}

/// Refuses an input of which something looks up rows of a table, if a value is no row's number.
pub(crate) fn check_indices<T: Scalar>(example: usize, input: &[T], below: Option<usize>) -> Result<()> {
    let Some(below) = below else { return Ok(()) };
    let Some(place) = input.iter().position(|index| !is_below(*index, below)) else { return Ok(()) };
    Err(Error::shape(
        format!("the input of example {example}, position {place}, from which `Embedding` takes a row"),
        format_args!("a whole number from 0 to {}", below.saturating_sub(1)),
        input[place],
    ))
}

fn check_label<T: Scalar>(number: usize, step: Option<usize>, label: T, classes: usize) -> Result<()> {
    if is_below(label, classes) {
        return Ok(());
    }
    let step = step.map(|step| format!(", step {step}")).unwrap_or_default();
    Err(Error::Label { place: format!("example {number}{step}"), found: label.to_f64().to_string(), classes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_below_a_bound_are_told_from_others() {
        fn check<T: Scalar>(bounds: &[usize]) {
            for bound in bounds.iter().copied() {
                let (last, behind) = ((bound - 1) as f64, bound as f64);
                let others = [0.0, 0.5, -0.0, -1.0, -0.25, 2.0 * behind + 2.0, f64::NAN, f64::INFINITY];
                for value in [last, last - 0.5, behind, behind + 1.0].into_iter().chain(others) {
                    let value = T::from_f64(value);
                    let exact = value.to_f64();
                    let expected = 0.0 <= exact && exact < behind && exact.fract() == 0.0;
                    assert_eq!(is_below(value, bound), expected, "{value} of {bound}");
                }
            }
        }
        // Around the numbers from which on all are whole, and from which on not all whole numbers are there.
        check::<f32>(&[1, 2, 10, 1 << 22, 1 << 23, (1 << 23) + 1, (1 << 24) + 1, (1 << 24) + 3, 1 << 30]);
        check::<f64>(&[1, 3, 1 << 30, 1 << 52, (1 << 52) + 1]);
    }
}
