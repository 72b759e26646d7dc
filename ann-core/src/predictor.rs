//! [`Predictor`]: a network made ready to predict.

use ann_autodiff::{Cpu, Plan, Scalar, Tape};

use crate::data::Examples;
use crate::network::{Network, record};
use crate::recorder::{Mode, Recorder};
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
    plans_f32: Plans<f32>,
    plans_f64: Plans<f64>,
    backend: Cpu,
}

/// Plans by the sizes of their input, the last used first.
#[derive(Debug)]
struct Plans<P: Scalar>(Vec<(Vec<usize>, Plan<P>)>);

impl<N: Network> Predictor<N> {
    pub(crate) fn new(network: &N) -> Result<Self> {
        Ok(Self { network: network.clone(), plans_f32: Plans(Vec::new()), plans_f64: Plans(Vec::new()), backend: Cpu::default() })
    }

    /// The same on so many threads. The result does not depend on them.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { backend: Cpu::with_threads(threads), ..self }
    }

    /// The output for each example.
    pub fn predict<T: Scalar>(&mut self, x: &Examples<N::Input, T>) -> Result<Examples<N::Output, T>> {
        check_input(&self.network, x.dims())?;
        match &*self.network.weights().read() {
            Store::F32(parameters) => self.plans_f32.predict(&self.network, &self.backend, parameters.values(), x),
            Store::F64(parameters) => self.plans_f64.predict(&self.network, &self.backend, parameters.values(), x),
        }
    }
}

impl<P: Scalar> Plans<P> {
    fn predict<N: Network, T: Scalar>(
        &mut self,
        network: &N,
        backend: &Cpu,
        parameters: &[P],
        x: &Examples<N::Input, T>,
    ) -> Result<Examples<N::Output, T>> {
        let width: usize = x.dims().iter().product();
        let mut dims = Vec::new();
        let mut outputs = Vec::new();
        // At least one run, so that the sizes of the output of no examples are known.
        for chunk in 0..x.len().div_ceil(CHUNK).max(1) {
            let rows = chunk * CHUNK..x.len().min((chunk + 1) * CHUNK);
            let plan = self.plan(network, backend, rows.len(), x.dims())?;
            let input = &x.as_slice()[rows.start * width..rows.end * width];
            for (to, from) in plan.input_mut(0).iter_mut().zip(input) {
                *to = P::from_f64(from.to_f64());
            }
            plan.forward(parameters)?;
            dims = plan.output_extents(0)[1..].to_vec();
            outputs.extend(plan.output(0).iter().map(|y| T::from_f64(y.to_f64())));
        }
        Examples::from_vec_with_dims(outputs, &dims)
    }

    /// The plan for these sizes, moved to the front.
    fn plan<N: Network>(&mut self, network: &N, backend: &Cpu, batch: usize, dims: &[usize]) -> Result<&mut Plan<P>> {
        let dims: Vec<usize> = std::iter::once(batch).chain(dims.iter().copied()).collect();
        let place = if let Some(place) = self.0.iter().position(|(of, _)| *of == dims) {
            place
        } else {
            // A few sizes are kept: whole chunks, the rest, and single examples.
            self.0.truncate(3);
            let tape = Tape::new();
            let recorder = Recorder::of(&tape, Mode::Prediction, network.name(), network.weights());
            let y = record(network, &recorder, &dims)?;
            self.0.push((dims, Plan::compile_for(backend, &tape, None, &[y.untyped()])?));
            self.0.len() - 1
        };
        self.0[..=place].rotate_right(1);
        Ok(&mut self.0[0].1)
    }
}

/// Refuses inputs of another shape, as can come from a dataset whose shape is known only at run time.
pub(crate) fn check_input<N: Network>(network: &N, found: &[usize]) -> Result<()> {
    let expected = network.input_dims();
    let fits = expected.len() == found.len()
        && expected.iter().zip(found).all(|(e, f)| *e == ann_autodiff::STEPS || e == f);
    if fits {
        return Ok(());
    }
    let open = |size: &usize| if *size == ann_autodiff::STEPS { "_".to_owned() } else { size.to_string() };
    let expected: Vec<String> = expected.iter().map(open).collect();
    Err(Error::shape(
        format!("the input of {}", network.name()),
        format_args!("[{}]", expected.join(", ")),
        format_args!("{found:?}"),
    ))
}
