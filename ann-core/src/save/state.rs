//! The state of a training run: everything it goes on from.
//!
//! A safetensors file with the weights under their names, further vectors as `state/momentum`, and in the header the version,
//! the network's name, the run's settings and its progress, as JSON. See [`save`](super) for how it goes with the weights' file.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ann_autodiff::{Layout, Parameters, Scalar};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bytes::{self, Entry, Found, Reader};
use super::network;
use crate::{Difference, Error, Result};

/// What the names of vectors begin with. No parameter's name has a slash.
const PREFIX: &str = "state/";

/// The version of the header.
const VERSION: &str = "2";

/// What a run is, for writing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'a, T, P> {
    /// The network's name.
    pub(crate) network: &'a str,
    /// Name and value of everything that has to be the same when the run goes on.
    pub(crate) settings: &'a [(String, String)],
    /// The weights.
    pub(crate) parameters: &'a Parameters<T>,
    /// The optimizer's vectors and whatever else is as long as the weights.
    pub(crate) vectors: &'a [(&'a str, &'a [T])],
    /// The place in the run and what was seen so far. Floating-point numbers in it have to be finite to come back.
    pub(crate) progress: &'a P,
}

/// What a run is, as it was read.
#[derive(Debug)]
pub(crate) struct Restored<T, P> {
    /// The weights.
    pub(crate) parameters: Parameters<T>,
    /// The vectors that the file has.
    pub(crate) vectors: BTreeMap<String, Vec<T>>,
    /// The place in the run.
    pub(crate) progress: P,
}

/// What a run expects of a state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// The network's name.
    pub(crate) network: &'a str,
    /// As in [`Written`].
    pub(crate) settings: &'a [(String, String)],
    /// Vectors that have to be there, and how long they are.
    pub(crate) vectors: &'a [(&'a str, usize)],
    /// Vectors that may be there.
    pub(crate) optional: &'a [(&'a str, usize)],
}

/// The name of the state's file: that of the weights with `.state` behind.
pub(crate) fn path_of(weights: &Path) -> PathBuf {
    let mut path = OsString::from(weights);
    path.push(".state");
    path.into()
}

/// Writes a checkpoint: the state, then the weights.
///
/// In this order, because the state alone is what a run goes on from: if only the first of the two files is written, the run
/// goes on from the newer step, and the weights are those of the older one, whole.
pub(crate) fn write<T: Scalar, P: Serialize>(weights: &Path, run: &Written<'_, T, P>) -> Result<()> {
    write_state(weights, run)?;
    network::write(weights, run.network, run.parameters)
}

fn write_state<T: Scalar, P: Serialize>(weights: &Path, run: &Written<'_, T, P>) -> Result<()> {
    let path = path_of(weights);
    let json = |error: serde_json::Error| damaged(&path, error.to_string());
    let settings: BTreeMap<&str, &str> =
        run.settings.iter().map(|(name, value)| (&**name, &**value)).collect();
    let texts = BTreeMap::from([
        ("ann.state", VERSION.to_owned()),
        ("network", run.network.to_owned()),
        ("settings", serde_json::to_string(&settings).map_err(json)?),
        ("progress", serde_json::to_string(run.progress).map_err(json)?),
    ]);
    let names: Vec<_> =
        run.vectors.iter().map(|(name, values)| (format!("{PREFIX}{name}"), [values.len()])).collect();
    let mut entries = network::entries(run.parameters);
    for ((name, dims), (_, values)) in names.iter().zip(run.vectors) {
        entries.push(Entry { name, dims, values });
    }
    bytes::write(&path, &entries, &texts)
}

/// Reads the state of the run whose weights have this path; nothing if neither file is there.
///
/// # Errors
/// [`Error::Checkpoint`] with every difference of network, settings, weights and vectors, kinds of numbers among them: a run
/// goes on bit by bit or not at all. [`Error::NoState`] if there are weights alone. [`Error::Format`] if the file is damaged or of
/// another version.
pub(crate) fn read<T: Scalar, P: DeserializeOwned>(
    weights: &Path,
    layout: &std::sync::Arc<Layout>,
    expected: &Expected<'_>,
) -> Result<Option<Restored<T, P>>> {
    let path = path_of(weights);
    if !path.exists() {
        let weights = weights.to_path_buf();
        return if weights.exists() { Err(Error::NoState { weights, state: path }) } else { Ok(None) };
    }
    let reader = Reader::open(&path)?;
    let text = |key| reader.text(key).ok_or_else(|| damaged(&path, format!("its header has no `{key}`")));
    let version = text("ann.state")?;
    if version != VERSION {
        return Err(damaged(
            &path,
            format!("it is of version {version}, this program reads version {VERSION}"),
        ));
    }
    let found = reader.found();
    let settings =
        serde_json::from_str(text("settings")?).map_err(|error| damaged(&path, error.to_string()))?;
    let mut differences = differing_settings(text("network")?, &settings, expected);
    let (vectors, tensors): (Vec<Found>, Vec<Found>) =
        found.into_iter().partition(|f| f.name.starts_with(PREFIX));
    let kind = |found: &Found| {
        let difference =
            || Difference::Dtype { name: found.name.clone(), file: found.dtype_name(), network: T::DTYPE };
        (found.dtype() != Some(T::DTYPE)).then(difference)
    };
    differences.extend(network::differences(&tensors, layout, kind));
    differences.extend(differing_vectors(&vectors, expected));
    differences.extend(vectors.iter().filter_map(kind));
    if !differences.is_empty() {
        return Err(Error::Checkpoint { path, differences });
    }
    // Last: a state of another run may have a progress of another form, and the differences say why.
    let progress =
        serde_json::from_str(text("progress")?).map_err(|error| damaged(&path, error.to_string()))?;
    let mut parameters = Parameters::zeros(layout.clone());
    let mut read: BTreeMap<String, Vec<T>> = vectors
        .iter()
        .map(|found| (found.name.clone(), vec![T::ZERO; found.dims.iter().product()]))
        .collect();
    fill(reader, &mut parameters, &mut read)?;
    let vectors = read.into_iter().map(|(name, values)| (name[PREFIX.len()..].to_owned(), values)).collect();
    Ok(Some(Restored { parameters, vectors, progress }))
}

fn fill<T: Scalar>(
    reader: Reader,
    parameters: &mut Parameters<T>,
    vectors: &mut BTreeMap<String, Vec<T>>,
) -> Result<()> {
    let mut places: BTreeMap<&str, &mut [T]> =
        vectors.iter_mut().map(|(name, values)| (name.as_str(), &mut values[..])).collect();
    network::fill(reader, parameters, |name| places.remove(name))
}

fn differing_settings(
    network: &str,
    settings: &BTreeMap<String, String>,
    expected: &Expected<'_>,
) -> Vec<Difference> {
    let difference = |name: &str, file: Option<&str>, run: Option<&str>| {
        let (file, run) = (file.map(str::to_owned), run.map(str::to_owned));
        (file != run).then(|| Difference::Setting { name: name.to_owned(), file, run })
    };
    let mut differences: Vec<_> =
        difference("network", Some(network), Some(expected.network)).into_iter().collect();
    for (name, run) in expected.settings {
        differences.extend(difference(name, settings.get(name).map(String::as_str), Some(run)));
    }
    for (name, file) in settings {
        if expected.settings.iter().all(|(other, _)| other != name) {
            differences.extend(difference(name, Some(file), None));
        }
    }
    differences
}

fn differing_vectors(found: &[Found], expected: &Expected<'_>) -> Vec<Difference> {
    let mut differences = Vec::new();
    let named = |name: &str| found.iter().find(|found| found.name[PREFIX.len()..] == *name);
    for (name, _) in expected.vectors.iter().filter(|(name, _)| named(name).is_none()) {
        differences.push(Difference::Missing { name: format!("{PREFIX}{name}"), near: None });
    }
    let known = || expected.vectors.iter().chain(expected.optional);
    for vector in found {
        let name = vector.name.clone();
        match known().find(|(known, _)| vector.name[PREFIX.len()..] == **known) {
            None => differences.push(Difference::Unknown { name }),
            Some((_, len)) if vector.dims != [*len] => {
                differences.push(Difference::Shape { name, file: vector.dims.clone(), network: vec![*len] });
            }
            Some(_) => {}
        }
    }
    differences
}

fn damaged(path: &Path, reason: String) -> Error {
    Error::Format { path: path.to_path_buf(), format: "training state", reason }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
