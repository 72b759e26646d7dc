//! [`Places`]: how an example lies in a batch, and what is refused there.

use ann_autodiff::{Cpu, Domain, Scalar};

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
        cpu: &Cpu,
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
        let domain = |below: Option<usize>| below.map_or(Domain::Finite, |below| Domain::Index { below });
        if cpu.are_all(inputs, domain(self.indices)) && cpu.are_all(targets, domain(self.classes)) {
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

fn check_finite<P: Precision>(what: &'static str, example: usize, values: &[P]) -> Result<()> {
    let Some(column) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    Err(Error::NotFinite { what, example, column, value: values[column].to_f64() })
}

/// Refuses an input of which something looks up rows of a table, if a value is no row's number.
pub(crate) fn check_indices<T: Scalar>(example: usize, input: &[T], below: Option<usize>) -> Result<()> {
    let Some(below) = below else { return Ok(()) };
    let Some(place) = input.iter().position(|index| !Domain::Index { below }.has(*index)) else {
        return Ok(());
    };
    Err(Error::shape(
        format!("the input of example {example}, position {place}, from which `Embedding` takes a row"),
        format_args!("a whole number from 0 to {}", below.saturating_sub(1)),
        input[place],
    ))
}

fn check_label<T: Scalar>(number: usize, step: Option<usize>, label: T, classes: usize) -> Result<()> {
    if (Domain::Index { below: classes }).has(label) {
        return Ok(());
    }
    let step = step.map(|step| format!(", step {step}")).unwrap_or_default();
    Err(Error::Label { place: format!("example {number}{step}"), found: label.to_f64().to_string(), classes })
}
