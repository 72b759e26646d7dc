//! [`Network`]: layers with a signature and parameters, and what can be done with them.

use std::path::Path;
use std::sync::Arc;

use ann_autodiff::random::Random;
use ann_autodiff::{Dtype, Layout, Parameters, STEPS, Scalar, Shaped, Tape, Var};
use ann_spec::table::{self, Row};

use crate::data::Examples;
use crate::layer::{Flow, Layer};
use crate::predictor::Predictor;
use crate::recorder::{Declared, Mode, Recorder};
use crate::weights::{Store, Weights};
use crate::{Error, Result, save};
use ann_spec::nearest;

/// A network: a layer with parameters of its own. `network!` implements it; [`DynNetwork`](crate::DynNetwork) is one that is
/// made at run time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a network",
    label = "this type was not made by `network!`",
    note = "describe it by `network! {{ struct {Self}: [..] -> [..] {{ .. }} }}`"
)]
pub trait Network: Layer<Input: Shaped> + Clone + Send + Sync {
    /// Its name.
    fn name(&self) -> &str;

    /// Its layers, for [`summary`](Self::summary).
    #[doc(hidden)]
    fn rows(&self) -> Vec<Row>;

    /// Where its parameters are.
    #[doc(hidden)]
    fn weights(&self) -> &Weights;

    /// The sizes of one input, [`STEPS`] where open.
    #[doc(hidden)]
    fn input_dims(&self) -> Vec<usize> {
        Self::Input::DIMS.unwrap_or_default().to_vec()
    }

    /// The output for each example, in the network's own precision; `T` is only what the numbers come and go in.
    ///
    /// For many calls make a [`predictor`](Self::predictor) once: it keeps the plan.
    fn predict<T: Scalar>(&self, x: &Examples<Self::Input, T>) -> Result<Examples<Self::Output, T>> {
        self.predictor()?.predict(x)
    }

    /// Something that predicts again and again without being set up each time.
    fn predictor(&self) -> Result<Predictor<Self>> {
        Predictor::new(self)
    }

    /// The precision in which parameters are kept and computed with.
    fn precision(&self) -> Dtype {
        self.weights().read().dtype()
    }

    /// The names, sizes and places of all parameters, those that are learned first.
    fn layout(&self) -> Layout {
        let store = self.weights().read();
        store.layout().part(self.weights().prefix())
    }

    /// The values of a parameter, exactly, by its name: `conv1.weight`.
    fn parameter(&self, name: &str) -> Result<Vec<f64>> {
        let path = format!("{}{name}", self.weights().prefix());
        self.weights().read().get(&path).ok_or_else(|| unknown(self, name))
    }

    /// Overwrites the values of a parameter, row-major, each rounded to the network's precision.
    fn set_parameter<T: Scalar>(&mut self, name: &str, values: &[T]) -> Result<()> {
        let layout = self.layout();
        let segment = layout.segment(name).ok_or_else(|| unknown(self, name))?;
        if segment.extents.count() != values.len() {
            let expected =
                format_args!("{} values, for {}", segment.extents.count(), segment.extents).to_string();
            return Err(Error::shape(format!("{name} of {}", self.name()), expected, values.len()));
        }
        let path = format!("{}{name}", self.weights().prefix());
        self.weights().write().set(&path, values);
        Ok(())
    }

    /// Overwrites all parameters by those of another network of the same layers.
    fn copy_from(&mut self, other: &Self) -> Result<()> {
        for segment in other.layout().segments() {
            self.set_parameter(&segment.name, &other.parameter(&segment.name)?)?;
        }
        Ok(())
    }

    /// Writes all parameters to a safetensors file, under their names. The file is replaced whole or not at all.
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        save::write_network(path.as_ref(), self.name(), &self.weights().deep_copy().read())
    }

    /// Reads all parameters from a safetensors file. Names and sizes have to be this network's; all differences are reported
    /// together, and nothing is changed unless there are none. Numbers of 32 bits become 64 exactly, numbers of 64 bits the
    /// nearest of 32, unless they are too large.
    fn load(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let copy = self.weights().deep_copy();
        save::read_network(path.as_ref(), &mut copy.write())?;
        let store = copy.read();
        for segment in store.layout().segments() {
            if let Some(values) = store.get(&segment.name) {
                self.set_parameter(&segment.name, &values)?;
            }
        }
        Ok(())
    }

    /// The same network in another precision, each parameter rounded to the nearest; those beyond the largest `f32` become
    /// infinite, and [`predict`](Self::predict) shows it.
    #[must_use]
    fn in_precision(&self, precision: Dtype) -> Self {
        let mut copy = self.clone();
        let weights = copy.weights().deep_copy();
        let store = match (&*weights.read(), precision) {
            (Store::F32(parameters), Dtype::F64) => Store::F64(parameters.cast()),
            (Store::F64(parameters), Dtype::F32) => Store::F32(parameters.cast()),
            (store, _) => store.clone(),
        };
        copy.join(&Weights::new(store));
        copy
    }

    /// The table of layers with output shapes and parameters.
    fn summary(&self) -> String {
        table::plain(self.name(), &self.rows())
    }
}

fn unknown<N: Network>(network: &N, name: &str) -> Error {
    let known: Vec<String> = network.layout().segments().iter().map(|segment| segment.name.clone()).collect();
    let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    Error::Parameter { network: network.name().to_owned(), name: name.to_owned(), near, known }
}

/// A network's structure without its values. `network!` implements it.
#[doc(hidden)]
pub trait Assemble: Network {
    /// The layers; the weights are empty.
    fn assemble() -> Self;
}

/// Makes a network with first values for its parameters.
#[derive(Clone, Debug)]
pub struct Builder<N> {
    network: N,
    seed: u64,
    precision: Dtype,
}

impl<N: Assemble> Builder<N> {
    /// Seed 0, 32 bits.
    pub fn new() -> Self {
        Self::of(N::assemble())
    }
}

impl<N: Assemble> Default for Builder<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<N: Network> Builder<N> {
    /// Of layers that are there, without values.
    pub(crate) fn of(network: N) -> Self {
        Self { network, seed: 0, precision: Dtype::F32 }
    }

    /// What first values are drawn by. The same seed gives the same bits, on any number of threads and in any order of
    /// layers: a parameter's values depend on the seed and its name.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The precision in which parameters are kept and computed with.
    #[must_use]
    pub fn precision(self, precision: Dtype) -> Self {
        Self { precision, ..self }
    }

    /// The network.
    ///
    /// # Panics
    /// If an initializer or a layer of the user's own refuses; [`try_build`](Self::try_build) gives the error instead. The
    /// built-in layers with valid settings never do.
    pub fn build(self) -> N {
        self.try_build().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The network, or what an initializer or a layer refused.
    pub fn try_build(mut self) -> Result<N> {
        let (layout, declared) = record_parameters(&self.network)?;
        let mut values = Parameters::<f64>::zeros(Arc::new(layout));
        for declared in &declared {
            let Some(segment) = values.layout().segment(&declared.name).cloned() else { continue };
            let random = Random::new(self.seed).child(fnv1a(segment.name.bytes()));
            let place = &mut values.values_mut()[segment.range()];
            let filled = declared.initial.initializer.fill(&segment.extents, random, place);
            filled.map_err(Error::of_parameter(&segment.name))?;
        }
        let store = match self.precision {
            Dtype::F32 => Store::F32(values.cast()),
            Dtype::F64 => Store::F64(values),
        };
        self.network.join(&Weights::new(store));
        Ok(self.network)
    }
}

/// The parameters that a network asks for. Two examples of two steps are enough to know them.
pub(crate) fn record_parameters<N: Network>(network: &N) -> Result<(Layout, Vec<Declared>)> {
    let tape = Tape::new();
    let recorder = Recorder::new(&tape, Mode::Training);
    record(network, &recorder, tape.data(&batch_dims(network, 2, 2)))?;
    Ok((tape.layout(), recorder.declared()))
}

/// The sizes of a batch of inputs, the open axis of `steps`.
pub(crate) fn batch_dims<N: Network>(network: &N, batch: usize, steps: usize) -> Vec<usize> {
    let sizes = network.input_dims().into_iter().map(|size| if size == STEPS { steps } else { size });
    std::iter::once(batch).chain(sizes).collect()
}

/// Records a network on a batch of inputs.
pub(crate) fn record<'t, N: Network>(
    network: &N,
    recorder: &Recorder<'t>,
    x: Var<'t>,
) -> Result<Var<'t, N::Output>> {
    let Some(x) = N::Input::from_list(&[x]) else {
        return Err(Error::Inputs { layer: "a network", expected: 1, found: 0 });
    };
    let y = network.record(recorder, x)?;
    recorder.tape().finish()?;
    Ok(y)
}

/// The FNV-1a hash; of a name: the stream that first values are drawn from.
pub(crate) fn fnv1a(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, step)
}
