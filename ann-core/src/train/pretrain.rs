//! Greedy training of two-way networks, machine by machine.

use std::path::{Path, PathBuf};

use ann_autodiff::Cpu;

use super::history::History;
use super::run::{self, Judged};
use super::subject::{Of, Rows};
use super::trainer::{Settings, Trainer};
use crate::boltzmann::{
    ContrastiveDivergence, Inputs, OfMachine, Spread, Structure, TwoWay, figures, means_of,
};
use crate::data::{Dataset, SameShape};
use crate::error::require;
use crate::network::fnv1a;
use crate::weights::{Store, Weights};
use crate::{Error, Result, boltzmann};

impl Trainer<ContrastiveDivergence> {
    /// Trains the machines of a two-way network, the lowest first: it on the data, each other one on the means of the hidden units
    /// of the one below, which are kept in memory (Hinton and Salakhutdinov 2006). Targets of the data are left aside. One history a
    /// machine.
    ///
    /// All machines are trained by the same settings; Gaussian units want a rate some 10 to 100 times smaller than Bernoulli ones, see
    /// [`pretrain_each`](Self::pretrain_each).
    ///
    /// A checkpoint to `dbn.safetensors` is written to `dbn.rbm1.safetensors` and so on, by the machines' labels: each has the
    /// parameters of its machine alone, `weight` and the biases, so that [`Network::load`](crate::Network::load) does not read it as the
    /// network. A run that is [resumed](Self::resume) passes machines that are trained by what their checkpoints say. Only the epochs
    /// of the top machine may have grown: the others have learned from the means of those below, and go on only above the same.
    ///
    /// # Errors
    /// As of [`fit`](Self::fit); values outside `[0, 1]` for Bernoulli visible units; metrics, which compare with targets; weights of
    /// examples, which nothing here counts by; state carried between batches.
    pub fn pretrain<N, D>(&mut self, network: &mut N, data: &D) -> Result<Vec<History>>
    where
        N: TwoWay,
        D: Dataset,
        D::Input: SameShape<N::Input>,
    {
        let structures = network.structures();
        pretrain(network.name(), network.weights(), &structures, &Of(data), &mut |_, train| train(self))
    }

    /// The same, each machine by a trainer of its own.
    ///
    /// ```text
    /// Trainer::pretrain_each(&mut dbn, &data, |machine| {
    ///     let rate = if machine.is_gaussian() { 0.001 } else { 0.1 };
    ///     Trainer::new(ContrastiveDivergence::new(), Sgd::new(rate).momentum(0.9)).epochs(10).batch(100)
    /// })?;
    /// ```
    pub fn pretrain_each<N, D>(
        network: &mut N,
        data: &D,
        mut trainer: impl FnMut(&Structure) -> Self,
    ) -> Result<Vec<History>>
    where
        N: TwoWay,
        D: Dataset,
        D::Input: SameShape<N::Input>,
    {
        let structures = network.structures();
        let each: Each<'_> = &mut |structure, train| train(&mut trainer(structure));
        pretrain(network.name(), network.weights(), &structures, &Of(data), each)
    }
}

/// Calls back with the trainer of a machine.
type Each<'a> = &'a mut dyn FnMut(
    &Structure,
    &mut dyn FnMut(&mut Trainer<ContrastiveDivergence>) -> Result<()>,
) -> Result<()>;

fn pretrain(
    network: &str,
    weights: &Weights,
    structures: &[Structure],
    data: &dyn Rows,
    each: Each<'_>,
) -> Result<Vec<History>> {
    for (what, given) in
        [("weights", data.weight(0)), ("lengths", data.length(0).map(|length| length as f64))]
    {
        if given.is_some() {
            return Err(Error::Unweighted { loss: "of contrastive divergence".to_owned(), what });
        }
    }
    let Some(lowest) = structures.first() else { return Ok(Vec::new()) };
    let inputs = Inputs::new(data, lowest);
    let mut histories = Vec::new();
    let mut below: Option<Below> = None;
    for (number, structure) in structures.iter().enumerate() {
        let rows: &dyn Rows = below.as_ref().map_or(&inputs, |below| &*below.means);
        let digest = below.as_ref().map(|below| below.digest);
        let part = weights.part(structure.label());
        let mut above: Option<Below> = None;
        each(structure, &mut |trainer| {
            let subject = OfMachine {
                name: format!("{network}.{}", structure.label()),
                structure,
                divergence: trainer.loss,
                network: Some(weights),
                below: digest,
            };
            histories.push(train(&mut trainer.settings, &subject, &part, rows)?);
            if number + 1 < structures.len() {
                let means = up(structure, &part, &trainer.settings.backend, rows)?;
                above = Some(Below { means, digest: digested(digest, &part) });
            }
            Ok(())
        })?;
        below = above;
    }
    Ok(histories)
}

/// The machines that are trained, seen from the one above.
struct Below {
    /// The means of the uppermost's hidden units.
    means: Box<dyn Rows>,
    /// Of all that these depend on beside the data.
    digest: u64,
}

/// The digest with a machine more: the FNV-1a hash of the bits of its weight and hidden biases.
fn digested(below: Option<u64>, weights: &Weights) -> u64 {
    let store = weights.read();
    let values = ["weight", "hidden_bias"]
        .into_iter()
        .filter_map(|name| store.get(&format!("{}{name}", weights.prefix())))
        .flatten();
    let bytes = below.into_iter().chain(values.map(f64::to_bits)).flat_map(u64::to_le_bytes);
    fnv1a(bytes)
}

/// Trains one machine.
fn train(
    settings: &mut Settings,
    subject: &OfMachine<'_>,
    weights: &Weights,
    rows: &dyn Rows,
) -> Result<History> {
    require(
        settings.metrics.is_empty(),
        "pretraining",
        "metric",
        settings.metrics.len(),
        "metrics compare outputs with targets, and machines learn without; their figures are in the history anyway",
    )?;
    require(
        !settings.carries,
        "pretraining",
        "carry_state",
        "set",
        "there are no sequences; chains go on by `Rbm(.., persistent = true)`",
    )?;
    let structure = subject.structure;
    let checkpoint = settings.checkpoint.clone();
    settings.checkpoint = checkpoint.as_deref().map(|path| labelled(path, structure.label()));
    settings.metrics = figures(structure);
    let judged = Spread::new(rows, structure, boltzmann::JUDGED);
    let history = run::fit(subject, weights, settings, rows, Judged::Part(&judged));
    settings.metrics.clear();
    settings.checkpoint = checkpoint;
    history
}

/// The means of a machine's hidden units for all examples.
fn up(structure: &Structure, weights: &Weights, backend: &Cpu, rows: &dyn Rows) -> Result<Box<dyn Rows>> {
    let copy = weights.deep_copy();
    Ok(match &*copy.read() {
        Store::F32(parameters) => Box::new(means_of(structure, parameters, backend, rows)?),
        Store::F64(parameters) => Box::new(means_of(structure, parameters, backend, rows)?),
    })
}

/// `dbn.safetensors` as `dbn.rbm1.safetensors`.
fn labelled(path: &Path, label: &str) -> PathBuf {
    let extension = path.extension().map(|extension| format!(".{}", extension.display())).unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default().display();
    path.with_file_name(format!("{stem}.{label}{extension}"))
}
