//! [`Predictor`]: a network made ready to predict.

use ann_autodiff::{Cpu, Layout, Plan, Scalar, Tape, Var, fits, written};

use crate::data::Examples;
use crate::network::{Network, record};
use crate::recorder::{Mode, Recorder};
use crate::train::feed::check_layout;
use crate::weights::Store;
use crate::{Error, Result};

/// The largest batch that is computed at once: enough to fill the processor, little memory.
const CHUNK: usize = 256;

/// A network with its plans for prediction, ready to be run again and again.
///
/// It holds a copy of the network as it was when it was made.
#[derive(Debug)]
pub struct Predictor<N> {
    network: N,
    f32: Plans<f32>,
    f64: Plans<f64>,
    backend: Cpu,
}

impl<N: Network> Predictor<N> {
    pub(crate) fn new(network: &N) -> Result<Self> {
        let network = network.clone();
        // What the network refuses, it refuses now.
        crate::network::record_parameters(&network)?;
        Ok(Self { network, f32: Plans(Vec::new()), f64: Plans(Vec::new()), backend: Cpu::default() })
    }

    /// The same on so many threads. The result does not depend on them.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { backend: Cpu::with_threads(threads), ..self }
    }

    /// The output for each example.
    ///
    /// # Errors
    /// Inputs of other sizes than the network's.
    pub fn predict<T: Scalar>(&mut self, x: &Examples<N::Input, T>) -> Result<Examples<N::Output, T>> {
        check_input(&self.network, x.dims())?;
        let network = &self.network;
        let subject = Described { record: &|tape, dims| recorded(network, tape, dims), name: network.name() };
        let (dims, outputs) = match &*network.weights().read() {
            Store::F32(parameters) => self.f32.predict(
                &subject,
                &self.backend,
                (parameters.layout(), parameters.values()),
                x.as_slice(),
                x.dims(),
            )?,
            Store::F64(parameters) => self.f64.predict(
                &subject,
                &self.backend,
                (parameters.layout(), parameters.values()),
                x.as_slice(),
                x.dims(),
            )?,
        };
        Examples::unchecked(outputs, &dims)
    }
}

/// The output of a network on a tape, for inputs of these sizes, batch first.
fn recorded<'t, N: Network>(network: &N, tape: &'t Tape, dims: &[usize]) -> Result<Var<'t>> {
    let recorder = Recorder::of(tape, Mode::Prediction, network.name(), network.weights());
    Ok(record(network, &recorder, dims)?.untyped())
}

/// A network, its type forgotten.
struct Described<'a> {
    name: &'a str,
    record: &'a dyn for<'t> Fn(&'t Tape, &[usize]) -> Result<Var<'t>>,
}

/// Plans by the sizes of their input, the last used first.
#[derive(Debug)]
struct Plans<P: Scalar>(Vec<(Vec<usize>, Plan<P>)>);

impl<P: Scalar> Plans<P> {
    /// The sizes of an example of output, and all outputs.
    fn predict<T: Scalar>(
        &mut self,
        network: &Described<'_>,
        backend: &Cpu,
        (layout, parameters): (&Layout, &[P]),
        x: &[T],
        example: &[usize],
    ) -> Result<(Vec<usize>, Vec<T>)> {
        let width: usize = example.iter().product::<usize>().max(1);
        let len = x.len() / width;
        let mut dims = Vec::new();
        let mut outputs = Vec::new();
        // At least one run, so that the sizes of the output of no examples are known.
        for chunk in 0..len.div_ceil(CHUNK).max(1) {
            let rows = chunk * CHUNK..len.min((chunk + 1) * CHUNK);
            let plan = self.plan(network, backend, layout, &[&[rows.len()], example].concat())?;
            for (to, from) in plan.input_mut(0).iter_mut().zip(&x[rows.start * width..rows.end * width]) {
                *to = P::from_f64(from.to_f64());
            }
            plan.forward(parameters)?;
            dims = plan.output_extents(0)[1..].to_vec();
            outputs.extend(plan.output(0).iter().map(|y| T::from_f64(y.to_f64())));
        }
        Ok((dims, outputs))
    }

    /// The plan for these sizes, moved to the front.
    fn plan(
        &mut self,
        network: &Described<'_>,
        backend: &Cpu,
        layout: &Layout,
        dims: &[usize],
    ) -> Result<&mut Plan<P>> {
        let place = if let Some(place) = self.0.iter().position(|(of, _)| of == dims) {
            place
        } else {
            // A few sizes are kept: whole chunks, the rest, and single examples.
            self.0.truncate(3);
            let tape = Tape::new();
            let y = (network.record)(&tape, dims)?;
            check_layout(network.name, layout, &tape.layout())?;
            self.0.push((dims.to_vec(), Plan::compile_for(backend, &tape, None, &[y])?));
            self.0.len() - 1
        };
        self.0[..=place].rotate_right(1);
        Ok(&mut self.0[0].1)
    }
}

/// Refuses inputs of another shape, as can come from a dataset whose shape is known only at run time.
pub(crate) fn check_input<N: Network>(network: &N, found: &[usize]) -> Result<()> {
    let expected = network.input_dims();
    if fits(&expected, found) {
        return Ok(());
    }
    Err(Error::shape(
        format!("the input of {}", network.name()),
        written(&expected),
        format_args!("{found:?}"),
    ))
}
