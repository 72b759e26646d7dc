//! Rows through a machine, many at once: a plan for each size of chunk.

use ann_autodiff::{Cpu, Parameters, Plan, Tape, Var};

use super::{Bound, Means, Structure};
use crate::precision::Precision;
use crate::train::subject::Rows;
use crate::{Error, Result};

/// The most rows that are computed at once.
pub(super) const CHUNK: usize = 256;

/// A formula of a machine on rows `[rows, width]`; it gives a row, or a number, for each, and draws nothing.
pub(super) type Formula<'f> = &'f dyn for<'t> Fn(&'t Tape, &Bound<'t>, Var<'t>) -> Var<'t>;

/// What a formula gives for all rows, one after the other; `read` copies a row.
pub(super) fn map<P: Precision>(
    structure: &Structure,
    parameters: &Parameters<P>,
    backend: &Cpu,
    (count, width): (usize, usize),
    mut read: impl FnMut(usize, &mut [P]) -> Result<()>,
    formula: Formula<'_>,
) -> Result<Vec<P>> {
    let mut outputs = Vec::new();
    let mut plan: Option<(usize, Plan<P>)> = None;
    for first in (0..count).step_by(CHUNK) {
        let rows = CHUNK.min(count - first);
        if plan.as_ref().is_none_or(|(size, _)| *size != rows) {
            let tape = Tape::new();
            let bound = Bound::on(structure, &tape);
            let y = formula(&tape, &bound, tape.data(&[rows, width]));
            plan = Some((rows, Plan::compile_for(backend, &tape, None, &[y])?));
        }
        let Some((_, plan)) = &mut plan else { continue };
        for (row, to) in plan.input_mut(0).chunks_exact_mut(width.max(1)).enumerate() {
            read(first + row, to)?;
        }
        plan.forward(parameters.values())?;
        outputs.extend_from_slice(plan.output(0));
    }
    Ok(outputs)
}

/// The means of the hidden units for each example.
pub(crate) fn means_of<P: Precision>(
    structure: &Structure,
    parameters: &Parameters<P>,
    backend: &Cpu,
    data: &dyn Rows,
) -> Result<Means<P>> {
    let read = |index: usize, to: &mut [P]| {
        P::read(data, &[index], to, &mut [])?;
        check_finite(index, to)
    };
    let size = (data.len(), structure.visible);
    let values = map(structure, parameters, backend, size, read, &|_, bound, v| bound.hidden_means(v))?;
    Ok(Means { width: structure.hidden, values })
}

fn check_finite<P: Precision>(example: usize, values: &[P]) -> Result<()> {
    let Some(column) = values.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    Err(Error::NotFinite { what: "the input of example", example, column, value: values[column].to_f64() })
}
