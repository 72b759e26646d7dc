//! Weights of networks.

use std::collections::BTreeMap;
use std::path::Path;

use ann_autodiff::{Layout, Parameters, Scalar};

use super::bytes::{self, Entry, Found, Reader};
use crate::weights::Store;
use crate::{Difference, Error, Result};
use ann_spec::nearest;

/// Writes all parameters under their names.
pub(crate) fn write_network(path: &Path, network: &str, store: &Store) -> Result<()> {
    match store {
        Store::F32(parameters) => write(path, network, parameters),
        Store::F64(parameters) => write(path, network, parameters),
    }
}

pub(crate) fn write<T: Scalar>(path: &Path, network: &str, parameters: &Parameters<T>) -> Result<()> {
    let texts = BTreeMap::from([("network", network.to_owned())]);
    bytes::write(path, &entries(parameters), &texts)
}

pub(super) fn entries<T: Scalar>(parameters: &Parameters<T>) -> Vec<Entry<'_, T>> {
    let values = parameters.values();
    let segments = parameters.layout().segments().iter();
    segments.map(|s| Entry { name: &s.name, dims: &s.extents, values: &values[s.range()] }).collect()
}

/// Reads all parameters. Names and sizes have to be those of the layout; all differences are reported together, before
/// anything is changed. On an error of the disk after that, some values are the file's.
///
/// A file of 32 bits is read into 64 exactly; one of 64 bits into 32 is rounded, each number to the nearest, and refused if
/// one is beyond. Other kinds of numbers are refused.
pub(crate) fn read_network(path: &Path, store: &mut Store) -> Result<()> {
    match store {
        Store::F32(parameters) => read(path, parameters),
        Store::F64(parameters) => read(path, parameters),
    }
}

fn read<T: Scalar>(path: &Path, parameters: &mut Parameters<T>) -> Result<()> {
    let reader = Reader::open(path)?;
    let differences = differences(&reader.found(), parameters.layout(), |found| match found.dtype() {
        Some(_) => None,
        None => {
            Some(Difference::Dtype { name: found.name.clone(), file: found.dtype_name(), network: T::DTYPE })
        }
    });
    if !differences.is_empty() {
        return Err(Error::Checkpoint { path: path.to_path_buf(), differences });
    }
    fill(reader, parameters, |_| None)
}

/// Reads the numbers of all parameters, and those of other tensors to the places that `others` has for them.
pub(super) fn fill<'a, T: Scalar>(
    reader: Reader,
    parameters: &'a mut Parameters<T>,
    mut others: impl FnMut(&str) -> Option<&'a mut [T]>,
) -> Result<()> {
    let layout = parameters.layout().clone();
    // One place for each segment, in the order in which they lie.
    let mut rest = parameters.values_mut();
    let mut places = BTreeMap::new();
    for segment in layout.segments() {
        let (place, after) = rest.split_at_mut(segment.extents.count());
        places.insert(segment.name.as_str(), place);
        rest = after;
    }
    reader.read(|name| places.remove(name).or_else(|| others(name)))
}

/// In what a file's tensors differ from a network's parameters. `kind` says whether a tensor's kind of number is refused.
pub(super) fn differences(
    found: &[Found],
    layout: &Layout,
    kind: impl Fn(&Found) -> Option<Difference>,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut unknown: Vec<&str> =
        found.iter().map(|found| &*found.name).filter(|name| layout.segment(name).is_none()).collect();
    for segment in layout.segments() {
        let name = segment.name.clone();
        let Some(found) = found.iter().find(|found| found.name == name) else {
            let near = nearest(&name, unknown.iter().copied()).map(str::to_owned);
            // A tensor that goes by another name is spoken of once.
            unknown.retain(|name| Some(*name) != near.as_deref());
            differences.push(Difference::Missing { name, near });
            continue;
        };
        if found.dims[..] != segment.extents[..] {
            let (file, network) = (found.dims.clone(), segment.extents.to_vec());
            differences.push(Difference::Shape { name, file, network });
        }
        differences.extend(kind(found));
    }
    differences.extend(unknown.into_iter().map(|name| Difference::Unknown { name: name.to_owned() }));
    differences
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use ann_autodiff::{Dtype, Tape};

    use super::super::write_tensors;
    use super::*;

    fn parameters() -> Parameters<f32> {
        let tape = Tape::new();
        tape.parameter("conv1.weight", &[2, 1, 3]);
        tape.parameter("conv1.bias", &[2]);
        tape.parameter("fc.weight", &[1, 2]);
        let mut parameters = Parameters::zeros(tape.layout().into());
        for (number, value) in parameters.values_mut().iter_mut().enumerate() {
            *value = 0.1 * number as f32;
        }
        parameters
    }

    fn file() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.safetensors");
        (folder, path)
    }

    #[test]
    fn weights_come_back_bit_by_bit() {
        let (_folder, path) = file();
        let store = Store::F32(parameters());
        write_network(&path, "Net", &store).unwrap();
        let mut read = Store::F32(Parameters::zeros(store.layout().clone()));
        read_network(&path, &mut read).unwrap();
        let Store::F32(read) = read else { panic!("another precision") };
        assert_eq!(read.values(), parameters().values());
        // The same weights make the same bytes.
        let bytes = std::fs::read(&path).unwrap();
        write_network(&path, "Net", &store).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn all_differences_are_told_at_once_and_nothing_is_changed() {
        let (_folder, path) = file();
        let one = [0.5_f32; 6];
        write_tensors(
            &path,
            &[
                ("conv1.weight", &[2, 3, 1], &one),
                ("conv_1.bias", &[2], &one[..2]),
                ("extra", &[1], &one[..1]),
            ],
        )
        .unwrap();
        let mut store = Store::F32(parameters());
        let error = read_network(&path, &mut store).unwrap_err();
        assert_eq!(
            error.to_string(),
            "conv1.weight in net.safetensors is [2, 3, 1]; this network's is [2, 1, 3]\n\
             conv1.bias is missing from net.safetensors; is it the file's conv_1.bias under another name?\n\
             fc.weight is missing from net.safetensors\n\
             extra in net.safetensors is no tensor of this network"
        );
        assert_eq!(store.get("conv1.bias"), Store::F32(parameters()).get("conv1.bias"));
    }

    #[test]
    fn the_other_precision_is_converted() {
        let (_folder, path) = file();
        let layout = parameters().layout().clone();
        write_network(&path, "Net", &Store::F32(parameters())).unwrap();
        let mut wide = Store::F64(Parameters::zeros(layout.clone()));
        read_network(&path, &mut wide).unwrap();
        assert_eq!(wide.get("conv1.bias"), Store::F32(parameters()).get("conv1.bias"));
        // A tenth is no number of 32 bits: rounded on the way back.
        let mut tenths = Parameters::<f64>::zeros(layout.clone());
        tenths.values_mut().fill(0.1);
        write_network(&path, "Net", &Store::F64(tenths)).unwrap();
        let mut narrow = Store::F32(Parameters::zeros(layout));
        read_network(&path, &mut narrow).unwrap();
        assert_eq!(narrow.get("fc.weight"), Some(vec![f64::from(0.1_f32); 2]));
        assert_eq!(narrow.dtype(), Dtype::F32);
    }

    #[test]
    fn integers_are_refused_by_name() {
        let (_folder, path) = file();
        let bytes = [0; 100];
        let view = |dtype, dims: &[usize]| {
            let size = dims.iter().product::<usize>() * 4;
            safetensors::tensor::TensorView::new(dtype, dims.to_vec(), &bytes[..size]).unwrap()
        };
        let views = [
            ("conv1.weight", view(safetensors::Dtype::I32, &[2, 1, 3])),
            ("conv1.bias", view(safetensors::Dtype::F32, &[2])),
            ("fc.weight", view(safetensors::Dtype::F32, &[1, 2])),
        ];
        std::fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
        let error = read_network(&path, &mut Store::F32(parameters())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "conv1.weight in net.safetensors is stored as I32; this network computes in F32"
        );
    }
}
