//! Copying a batch from a dataset straight into a plan, and evaluating it there.

use ann_autodiff::{Backend, Plan, STEPS, Scalar, Tape};

use crate::data::{Dataset, Target};
use crate::loss::Loss;
use crate::network::{Network, record};
use crate::recorder::{Mode, Recorder};
use crate::{Error, Result};

/// A plan of a network and its loss for batches of one size. Input 0 is the data, input 1 the targets.
#[derive(Debug)]
pub(super) struct Feed<P: Scalar> {
    pub(super) plan: Plan<P>,
    pub(super) rows: usize,
    /// Elements of an input and of a target.
    width: usize,
    target_width: usize,
}

impl<P: Scalar> Feed<P> {
    /// Compiles for batches of `rows` examples of the dataset.
    pub(super) fn new<N, L, D, B>(
        network: &N,
        loss: &L,
        data: &D,
        rows: usize,
        mode: Mode,
        backend: &B,
    ) -> Result<Self>
    where
        N: Network,
        L: Loss<N::Output>,
        D: Dataset<Input = N::Input, Target = L::Target>,
        B: Backend,
    {
        let dims = data.input_dims();
        crate::predictor::check_input(network, &dims)?;
        let target_dims = data.target_dims();
        let batch = |dims: &[usize]| std::iter::once(rows).chain(dims.iter().copied()).collect::<Vec<_>>();
        let tape = Tape::new();
        let recorder = Recorder::of(&tape, mode, network.name(), network.weights());
        let output = record(network, &recorder, &batch(&dims))?;
        check_target::<L::Target>(network.name(), &output.extents()[1..], &target_dims)?;
        let target = tape.data(&batch(&target_dims));
        let loss = loss.record(&recorder, output, target)?;
        let outputs: &[_] = if mode == Mode::Training { &[] } else { &[output.untyped()] };
        // For evaluation the loss is an output as well: no gradient of it is wanted.
        let plan = if mode == Mode::Training {
            Plan::compile_for(backend, &tape, Some(loss), outputs)?
        } else {
            Plan::compile_for(backend, &tape, None, &[output.untyped(), loss])?
        };
        Ok(Self { plan, rows, width: dims.iter().product(), target_width: target_dims.iter().product() })
    }

    /// Copies the examples of these numbers into the plan, as many as it has rows.
    pub(super) fn fill<D: Dataset>(&mut self, data: &D, numbers: &[usize]) -> Result<()> {
        let (width, target_width) = (self.width, self.target_width);
        let [input, target] = self.plan.inputs_mut([0, 1]);
        for (row, number) in numbers.iter().enumerate() {
            let input = &mut input[row * width..(row + 1) * width];
            let target = &mut target[row * target_width..(row + 1) * target_width];
            data.read(*number, input, target)?;
            if let (Some(classes), [label]) = (D::Target::CLASSES, &*target) {
                check_label(*number, label.to_f64(), classes)?;
            }
        }
        Ok(())
    }

    /// The first number of the batch that is infinite or NaN, as an error.
    pub(super) fn check_finite(&mut self, numbers: &[usize]) -> Result<()> {
        let (width, target_width) = (self.width, self.target_width);
        let [input, target] = self.plan.inputs_mut([0, 1]);
        for (what, values, width) in [("input", input, width), ("target", target, target_width)] {
            if let Some(at) = values.iter().position(|value| !value.is_finite()) {
                let example = numbers.get(at / width.max(1)).copied().unwrap_or_default();
                return Err(Error::NotFinite { what, example, column: at % width.max(1), value: values[at].to_f64() });
            }
        }
        Ok(())
    }
}

fn check_label(number: usize, label: f64, classes: usize) -> Result<()> {
    if 0.0 <= label && label < classes as f64 && label.fract() == 0.0 {
        return Ok(());
    }
    Err(Error::Label { place: format!("example {number}"), found: label.to_string(), classes })
}

/// Refuses targets of other sizes than the output's, as can come where shapes are known only at run time.
fn check_target<T: Target>(network: &str, output: &[usize], target: &[usize]) -> Result<()> {
    let fits = match T::DIMS {
        Some([]) => target.is_empty(),
        _ => output.len() == target.len() && output.iter().zip(target).all(|(o, t)| o == t || *t == STEPS),
    };
    if fits {
        return Ok(());
    }
    Err(Error::shape(format!("the targets for {network}, whose output is {output:?}"), format_args!("{output:?}"), format_args!("{target:?}")))
}
