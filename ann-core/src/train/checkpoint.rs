//! What a run is resumed from: parameters, optimizer, place, history; written after epochs and, if wished, steps.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::early_stopping::Watch;
use super::feed::{Description, Feeds};
use super::history::History;
use super::run::Run;
use super::subject::Subject;
use super::trainer::Settings;
use crate::Result;
use crate::precision::Precision;
use crate::recorder::{Declared, Initial};
use crate::save::state;
use crate::schedule;

/// Where a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Steps made.
    pub(super) step: u64,
    /// Epochs completed.
    pub(super) epoch: u64,
    /// Examples of the current epoch that were trained on.
    pub(super) position: usize,
    /// The sum of their losses, by what they count, which may be too large for a number though none of them is.
    #[serde(with = "super::history::number")]
    pub(super) loss: f64,
    /// What they count together.
    pub(super) mass: f64,
    /// Seconds that the current epoch's steps took.
    pub(super) seconds: f64,
    /// Whether early stopping has ended the run.
    pub(super) is_stopped: bool,
}

impl Place {
    /// The same for a schedule: a step that is about to be made.
    pub(super) fn progress(&self, steps_per_epoch: u64, epochs: u64) -> schedule::Progress {
        let total_steps = steps_per_epoch.saturating_mul(epochs);
        schedule::Progress { step: self.step, epoch: self.epoch, steps_per_epoch, total_steps }
    }
}

/// The part of a run that is no vector.
#[derive(Serialize, Deserialize)]
struct Progress {
    place: Place,
    watch: Watch,
    history: History,
}

/// The name of the parameters that early stopping will go back to.
pub(super) const BEST: &str = "best";

/// Writes everything that [`read`] needs, and the weights beside it.
pub(super) fn write<P: Precision>(path: &Path, run: &Run<'_, P>) -> Result<()> {
    let names = run.settings.optimizer.slots();
    let mut vectors: Vec<(&str, &[P])> =
        names.iter().copied().zip(run.slots.iter().map(Vec::as_slice)).collect();
    if let Some(best) = &run.best {
        vectors.push((BEST, best));
    }
    let states: Vec<(String, &[P])> = states(&run.feeds).collect();
    vectors.extend(states.iter().map(|(name, values)| (&**name, *values)));
    let progress = Progress { place: run.place, watch: run.watch, history: run.history.clone() };
    state::write(
        path,
        &state::Written {
            network: &run.network,
            settings: &run.identity,
            parameters: &run.values,
            vectors: &vectors,
            progress: &progress,
        },
    )
}

/// Puts a run where it was when a checkpoint was written, if there is one.
pub(super) fn read<P: Precision>(path: &Path, run: &mut Run<'_, P>) -> Result<()> {
    let layout = run.values.layout().clone();
    let names = run.settings.optimizer.slots();
    let mut vectors: Vec<(&str, usize)> = names.iter().map(|name| (*name, layout.trainable())).collect();
    let states: Vec<(String, usize)> =
        states(&run.feeds).map(|(name, values)| (name, values.len())).collect();
    vectors.extend(states.iter().map(|(name, len)| (&**name, *len)));
    let expected = state::Expected {
        network: &run.network,
        settings: &run.identity,
        vectors: &vectors,
        optional: &[(BEST, layout.len())],
    };
    let Some(mut restored) = state::read::<P, Progress>(path, &layout, &expected)? else { return Ok(()) };
    for (slot, name) in run.slots.iter_mut().zip(names) {
        if let Some(vector) = restored.vectors.remove(*name) {
            *slot = vector;
        }
    }
    let plan = &mut run.feeds.full_mut().plan;
    for number in 0..plan.n_states() {
        if let Some(values) = restored.vectors.remove(&state_name(number)) {
            plan.state_mut(number).copy_from_slice(&values);
        }
    }
    run.best = restored.vectors.remove(BEST);
    run.values = restored.parameters;
    Progress { place: run.place, watch: run.watch, history: run.history } = restored.progress;
    Ok(())
}

/// The name of a value kept from step to step.
fn state_name(number: usize) -> String {
    format!("carried.{number}")
}

/// The values kept from step to step, with their names.
fn states<P: Precision>(feeds: &Feeds<P>) -> impl Iterator<Item = (String, &[P])> {
    let plan = &feeds.full().plan;
    (0..plan.n_states()).map(|number| (state_name(number), plan.state(number)))
}

/// What a run and its continuation have to have in common: settings, data as far as their number goes, layers, and what
/// parameters are held to.
pub(super) fn identity(
    subject: &dyn Subject,
    settings: &Settings,
    description: &Description,
    [train, validation]: [Option<usize>; 2],
) -> Vec<(String, String)> {
    let count = |examples: Option<usize>| examples.map_or("none".to_owned(), |count| count.to_string());
    let metrics: Vec<String> = settings.metrics.iter().map(|metric| metric.name()).collect();
    let mut identity = [
        ("loss", subject.loss()),
        ("optimizer", settings.optimizer.settings()),
        ("schedule", settings.schedule.settings()),
        ("clip", format!("{:?}", settings.clip)),
        ("early_stopping", format!("{:?}", settings.early_stopping)),
        ("metrics", metrics.join(", ")),
        ("seed", settings.seed.to_string()),
        ("batch", settings.batch.to_string()),
        ("drops_last", settings.drops_last.to_string()),
        ("shuffles", settings.shuffles.to_string()),
        ("matmul precision", format!("{:?}", settings.backend.precision())),
        ("carries state", settings.carries.to_string()),
        ("examples", count(train)),
        ("validation examples", count(validation)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    identity.extend(subject.further_identity().map(|(name, value)| (name.to_owned(), value)));
    for metric in &settings.metrics {
        identity.push((format!("metric {}", metric.name()), format!("{metric:?}")));
    }
    let mut layers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (layer, operation) in &description.operations {
        let name =
            if layer.is_empty() { "what follows the layers".to_owned() } else { format!("layer {layer}") };
        layers.entry(name).or_default().push(operation);
    }
    identity.extend(layers.into_iter().map(|(name, operations)| (name, operations.join("; "))));
    for Declared { name, initial } in &description.declared {
        let Initial { l1, l2, max_norm, regularizers, rate, .. } = initial;
        let mut held = Vec::new();
        for (what, amount) in
            [("l1", Some(*l1)), ("l2", Some(*l2)), ("max_norm", *max_norm), ("rate", Some(*rate))]
        {
            held.extend(amount.filter(|amount| *amount != 0.0).map(|amount| format!("{what} {amount}")));
        }
        held.extend(regularizers.iter().map(|regularizer| format!("{regularizer:?}")));
        if !held.is_empty() {
            identity.push((format!("what {name} is held to"), held.join(", ")));
        }
    }
    identity
}
