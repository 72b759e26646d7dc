//! Tensors by name, outside of networks.

use std::collections::BTreeMap;
use std::path::Path;

use ann_autodiff::Scalar;

use super::bytes::{self, Entry, Reader};
use crate::{Error, Result};

/// A tensor from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<T> {
    /// Its name.
    pub name: String,
    /// Its sizes.
    pub dims: Vec<usize>,
    /// Its numbers, row-major.
    pub values: Vec<T>,
}

/// Writes tensors to a safetensors file: names, sizes, numbers, row-major. The file is replaced whole or not at all.
///
/// ```
/// use ann_core::save::{read_tensors, write_tensors};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("line.safetensors");
/// write_tensors(&path, &[("weight", &[2, 2], &[1.0, 2.0, 3.0, 4.0]), ("bias", &[2], &[0.5, -0.5])])?;
/// let tensors = read_tensors::<f64>(&path)?;
/// assert_eq!((&*tensors[1].name, &*tensors[1].values), ("bias", &[0.5, -0.5][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_tensors<T: Scalar>(path: impl AsRef<Path>, tensors: &[(&str, &[usize], &[T])]) -> Result<()> {
    let entries: Vec<_> = tensors.iter().map(|(name, dims, values)| Entry { name, dims, values }).collect();
    bytes::write(path.as_ref(), &entries, &BTreeMap::new())
}

/// Reads all tensors of a safetensors file, in the order in which they lie.
///
/// Tensors of 32 and of 64 bits are read, into `f64` exactly, into `f32` rounded to the nearest. Other kinds of numbers, and
/// numbers beyond `f32` where those are wanted, are refused.
pub fn read_tensors<T: Scalar>(path: impl AsRef<Path>) -> Result<Vec<Tensor<T>>> {
    let path = path.as_ref();
    let reader = Reader::open(path)?;
    let mut tensors = Vec::new();
    for found in reader.found() {
        if found.dtype().is_none() {
            let what = format!("{} in {}", found.name, path.display());
            return Err(Error::shape(what, "numbers of kind F32 or F64", found.dtype_name()));
        }
        let values = vec![T::ZERO; found.dims.iter().product()];
        tensors.push(Tensor { name: found.name, dims: found.dims, values });
    }
    let mut places = tensors.iter_mut();
    // The order is that of the file, so each place is asked for in turn.
    reader.read(|_| places.next().map(|tensor| &mut tensor.values[..]))?;
    Ok(tensors)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use safetensors::SafeTensors;
    use safetensors::tensor::TensorView;

    use super::*;

    #[test]
    fn the_format_is_safetensors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_tensors::<f32>(
            &path,
            &[("b", &[2, 1], &[1.5, -2.0]), ("a", &[], &[7.0]), ("empty", &[0, 3], &[])],
        )
        .unwrap();
        let bytes = fs::read(&path).unwrap();
        let read = SafeTensors::deserialize(&bytes).unwrap();
        let b = read.tensor("b").unwrap();
        assert_eq!((b.shape(), b.dtype()), (&[2, 1][..], safetensors::Dtype::F32));
        assert_eq!(b.data(), [1.5_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()].concat());
        assert_eq!((read.len(), read.tensor("a").unwrap().shape()), (3, &[][..]));
        let tensors = read_tensors::<f32>(&path).unwrap();
        assert_eq!(tensors.iter().map(|tensor| &*tensor.name).collect::<Vec<_>>(), ["b", "a", "empty"]);
    }

    #[test]
    fn files_of_other_programs_are_read_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let (wide, narrow) =
            (1.25_f64.to_le_bytes(), [0.5_f32.to_le_bytes(), 2.0_f32.to_le_bytes()].concat());
        let views = [
            ("narrow", TensorView::new(safetensors::Dtype::F32, vec![2], &narrow).unwrap()),
            ("wide", TensorView::new(safetensors::Dtype::F64, vec![1], &wide).unwrap()),
        ];
        fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
        let mut tensors = read_tensors::<f64>(&path).unwrap();
        tensors.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!((&tensors[0].values[..], &tensors[1].values[..]), (&[0.5, 2.0][..], &[1.25][..]));
        let whole = [1_i64.to_le_bytes()].concat();
        let views = [("count", TensorView::new(safetensors::Dtype::I64, vec![1], &whole).unwrap())];
        fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
        let error = read_tensors::<f64>(&path).unwrap_err().to_string();
        assert!(
            error.contains("count in ") && error.ends_with("expected numbers of kind F32 or F64, found I64"),
            "{error}"
        );
    }

    #[test]
    fn many_numbers_come_back_bit_by_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let random = ann_autodiff::random::Random::new(1);
        let values: Vec<f64> = (0..70_001).map(|i| random.normal(i)).collect();
        write_tensors(&path, &[("a", &[70_001], &values[..]), ("b", &[3], &values[5..8])]).unwrap();
        let tensors = read_tensors::<f64>(&path).unwrap();
        assert!(tensors[0].values == values && tensors[1].values == values[5..8]);
        let narrow = read_tensors::<f32>(&path).unwrap();
        assert!(narrow[0].values.iter().zip(&values).all(|(narrow, value)| *narrow == *value as f32));
    }

    #[test]
    fn a_number_beyond_32_bits_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_tensors(&path, &[("a", &[1], &[1e300])]).unwrap();
        let error = read_tensors::<f32>(&path).unwrap_err().to_string();
        assert!(error.starts_with("a in ") && error.contains("numbers that 32 bits can hold"), "{error}");
    }

    #[test]
    fn every_truncation_and_what_is_too_much_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, cut) = (folder.path().join("a"), folder.path().join("cut"));
        write_tensors(&path, &[("a", &[3], &[1.0, 2.0, 3.0])]).unwrap();
        let bytes = fs::read(&path).unwrap();
        for length in 0..bytes.len() {
            fs::write(&cut, &bytes[..length]).unwrap();
            let error = read_tensors::<f64>(&cut).unwrap_err();
            assert!(matches!(error, Error::Format { format: "safetensors", .. }), "{length}: {error}");
        }
        fs::write(&cut, [&bytes[..], b"x"].concat()).unwrap();
        assert!(read_tensors::<f64>(&cut).unwrap_err().to_string().contains("something was added to it"));
        fs::write(&cut, "PK\x03\x04 what is this and why is it here").unwrap();
        assert!(read_tensors::<f64>(&cut).unwrap_err().to_string().contains("cut is no safetensors file"));
    }

    #[test]
    fn names_and_sizes_are_checked_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert!(write_tensors(&path, &[("a", &[2], &[1.0])]).is_err());
        assert!(write_tensors(&path, &[("a", &[1], &[1.0]), ("a", &[1], &[2.0])]).is_err());
        assert!(write_tensors(&path, &[("__metadata__", &[1], &[1.0])]).is_err());
        assert!(!path.exists());
    }
}
