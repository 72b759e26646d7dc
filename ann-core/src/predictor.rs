//! [`Predictor`]: a network made ready to predict.

use std::sync::Arc;

use ann_autodiff::{Cpu, MatmulPrecision, Parameters, Plan, Scalar, Tape, Var, fits, written};

use crate::data::Examples;
use crate::data::rows::{check_lengths, one_each};
use crate::network::{Network, record};
use crate::recorder::{Batch, Mode, Recorder};
use crate::train::feed::check_layout;
use crate::train::places::check_indices;
use crate::weights::Store;
use crate::{Error, Result};

/// The largest batch that is computed at once: enough to fill the processor, little memory.
const CHUNK: usize = 256;

/// A network with its plans for prediction, ready to be run again and again.
///
/// It holds a copy of the network as it was when it was made.
#[derive(Debug)]
pub struct Predictor<N> {
    /// Its values are with the plans.
    network: N,
    plans: InPrecision,
    backend: Cpu,
    keeps_state: bool,
}

impl<N: Network> Predictor<N> {
    pub(crate) fn new(network: &N) -> Result<Self> {
        let network = network.clone();
        // What the network refuses, it refuses now.
        crate::network::record_parameters(&network)?;
        // A copy's values are its own. Here nothing changes them any more, so plans may prepare what they make of them.
        let plans = match network.weights().take() {
            Store::F32(parameters) => InPrecision::F32(Plans::new(Arc::new(parameters))),
            Store::F64(parameters) => InPrecision::F64(Plans::new(Arc::new(parameters))),
        };
        Ok(Self { network, plans, backend: Cpu::default(), keeps_state: false })
    }

    /// The same on so many threads. The result does not depend on them.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { backend: Cpu::with_threads(threads).matmul_precision(self.backend.precision()), ..self }
    }

    /// The same with operands of matrix products rounded to this, as
    /// [`Trainer::matmul_precision`](crate::train::Trainer::matmul_precision) does it.
    #[must_use]
    pub fn matmul_precision(self, precision: MatmulPrecision) -> Self {
        let backend = self.backend.matmul_precision(precision);
        Self { backend, plans: self.plans.anew(), ..self }
    }

    /// The same, going on with sequences from call to call: sequence `i` from the state in which recurrent layers were left with
    /// sequence `i` of the call before. A call may bring one step or many, but always as many sequences as the first.
    #[must_use]
    pub fn keep_state(self) -> Self {
        Self { keeps_state: true, plans: self.plans.anew(), ..self }
    }

    /// Forgets the state: the next call begins new sequences, as many as it brings.
    pub fn reset(&mut self) {
        match &mut self.plans {
            InPrecision::F32(plans) => plans.state = None,
            InPrecision::F64(plans) => plans.state = None,
        }
    }

    /// The output for each example.
    ///
    /// # Errors
    /// Inputs of other sizes than the network's; another number of sequences than those that are gone on with.
    pub fn predict<T: Scalar>(&mut self, x: &Examples<N::Input, T>) -> Result<Examples<N::Output, T>> {
        self.predict_all(x, None)
    }

    /// The output for each sequence, of which only so many steps count: 1 to the steps of an input, a number for each. What lies
    /// behind is not read, and outputs there mean nothing.
    pub fn predict_with_lengths<T: Scalar>(
        &mut self,
        x: &Examples<N::Input, T>,
        lengths: &[usize],
    ) -> Result<Examples<N::Output, T>> {
        one_each("the lengths of sequences", x.len(), lengths.len())?;
        check_lengths(x.dims(), lengths.iter().copied().map(Some))?;
        self.predict_all(x, Some(lengths))
    }

    fn predict_all<T: Scalar>(
        &mut self,
        x: &Examples<N::Input, T>,
        lengths: Option<&[usize]>,
    ) -> Result<Examples<N::Output, T>> {
        check_input(&self.network, x.dims())?;
        let network = &self.network;
        let carries = self.keeps_state;
        let subject = Described {
            record: &|tape, dims, has_lengths| recorded(network, tape, dims, has_lengths, carries),
            name: network.name(),
            backend: &self.backend,
            carries,
        };
        let inputs = Inputs { values: x.as_slice(), example: x.dims(), lengths };
        let (dims, outputs) = match &mut self.plans {
            InPrecision::F32(plans) => plans.predict(&subject, inputs)?,
            InPrecision::F64(plans) => plans.predict(&subject, inputs)?,
        };
        Examples::unchecked(outputs, &dims)
    }
}

/// The output of a network on a tape, for inputs of these sizes, batch first; and what all values of an input have to be below, if
/// they are indices.
fn recorded<'t, N: Network>(
    network: &N,
    tape: &'t Tape,
    dims: &[usize],
    has_lengths: bool,
    carries: bool,
) -> Result<(Var<'t>, Option<usize>)> {
    let x = tape.data(dims);
    let (rows, steps) = (dims[0], dims.get(1).copied().unwrap_or_default());
    let lengths = has_lengths.then(|| tape.data(&[rows]));
    let batch = Batch { input: Some(x), rows, steps, lengths, weights: None, carries };
    let recorder = Recorder::of(tape, Mode::Prediction, (network.name(), network.weights()), batch);
    let y = record(network, &recorder, x)?.untyped();
    Ok((y, recorder.indices()))
}

/// What is predicted from.
#[derive(Clone, Copy)]
struct Inputs<'a, T> {
    values: &'a [T],
    /// The sizes of one.
    example: &'a [usize],
    /// The steps of each that count.
    lengths: Option<&'a [usize]>,
}

/// Records a network for inputs of these sizes, with lengths or without.
type Record<'a> = dyn for<'t> Fn(&'t Tape, &[usize], bool) -> Result<(Var<'t>, Option<usize>)> + 'a;

/// A network, its type forgotten.
struct Described<'a> {
    name: &'a str,
    record: &'a Record<'a>,
    backend: &'a Cpu,
    /// Whether sequences are gone on with.
    carries: bool,
}

/// What plans are made for: the sizes of their input, and whether there are lengths.
type Key = (Vec<usize>, bool);

/// The plans in the precision of the network.
#[derive(Debug)]
enum InPrecision {
    F32(Plans<f32>),
    F64(Plans<f64>),
}

impl InPrecision {
    /// The parameters without plans.
    fn anew(self) -> Self {
        match self {
            Self::F32(plans) => Self::F32(Plans::new(plans.parameters)),
            Self::F64(plans) => Self::F64(Plans::new(plans.parameters)),
        }
    }
}

/// Plans that hold the parameters, the last used first.
#[derive(Debug)]
struct Plans<P: Scalar> {
    parameters: Arc<Parameters<P>>,
    kept: Vec<(Key, Plan<P>)>,
    /// What all values of an input have to be below, if they are indices.
    indices: Option<usize>,
    /// Where sequences were left: their number, and the values kept.
    state: Option<(usize, Vec<Vec<P>>)>,
}

impl<P: Scalar> Plans<P> {
    fn new(parameters: Arc<Parameters<P>>) -> Self {
        Self { parameters, kept: Vec::new(), indices: None, state: None }
    }

    /// The sizes of an example of output, and all outputs.
    fn predict<T: Scalar>(
        &mut self,
        network: &Described<'_>,
        x: Inputs<'_, T>,
    ) -> Result<(Vec<usize>, Vec<T>)> {
        let width: usize = x.example.iter().product::<usize>().max(1);
        let len = x.values.len() / width;
        let step = width / x.example.first().copied().unwrap_or(1).max(1);
        if let Some((sequences, _)) = self.state.as_ref().filter(|(sequences, _)| *sequences != len) {
            let expected = format!("{sequences}, as before, or `reset`");
            return Err(Error::shape("the number of sequences that are gone on with", expected, len));
        }
        // Those that are gone on with are computed together.
        let size = if network.carries { len.max(1) } else { CHUNK };
        let state = self.state.clone();
        let mut dims = Vec::new();
        let mut outputs = Vec::new();
        // At least one run, so that the sizes of the output of no examples are known.
        for chunk in 0..len.div_ceil(size).max(1) {
            let rows = chunk * size..len.min((chunk + 1) * size);
            let (plan, indices) =
                self.plan(network, ([&[rows.len()], x.example].concat(), x.lengths.is_some()))?;
            for (to, from) in
                plan.input_mut(0).iter_mut().zip(&x.values[rows.start * width..rows.end * width])
            {
                *to = P::from_f64(from.to_f64());
            }
            if let Some(lengths) = x.lengths {
                let lengths = &lengths[rows];
                for (to, length) in plan.input_mut(1).iter_mut().zip(lengths) {
                    *to = P::from_usize(*length);
                }
                for (sequence, length) in plan.input_mut(0).chunks_exact_mut(width).zip(lengths) {
                    sequence[length * step..].fill(P::ZERO);
                }
            }
            for (row, input) in plan.input_mut(0).chunks_exact(width).enumerate() {
                check_indices(chunk * size + row, input, indices)?;
            }
            plan.reset_states();
            for (number, values) in state.iter().flat_map(|(_, values)| values).enumerate() {
                plan.state_mut(number).copy_from_slice(values);
            }
            plan.forward_held()?;
            dims = plan.output_extents(0)[1..].to_vec();
            outputs.extend(plan.output(0).iter().map(|y| T::from_f64(y.to_f64())));
        }
        if network.carries
            && let Some((_, plan)) = self.kept.first_mut()
        {
            plan.advance();
            let values = (0..plan.n_states()).map(|number| plan.state(number).to_vec()).collect();
            self.state = Some((len, values));
        }
        Ok((dims, outputs))
    }

    /// The plan for these sizes, moved to the front.
    fn plan(&mut self, network: &Described<'_>, key: Key) -> Result<(&mut Plan<P>, Option<usize>)> {
        let place = if let Some(place) = self.kept.iter().position(|(of, _)| *of == key) {
            place
        } else {
            // A few sizes are kept: whole chunks, the rest, and single examples.
            self.kept.truncate(3);
            let tape = Tape::new();
            let (y, indices) = (network.record)(&tape, &key.0, key.1)?;
            self.indices = indices;
            check_layout(network.name, self.parameters.layout(), &tape.layout())?;
            let mut plan = Plan::compile_for(network.backend, &tape, None, &[y])?;
            plan.hold(Arc::clone(&self.parameters))?;
            self.kept.push((key, plan));
            self.kept.len() - 1
        };
        self.kept[..=place].rotate_right(1);
        Ok((&mut self.kept[0].1, self.indices))
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
