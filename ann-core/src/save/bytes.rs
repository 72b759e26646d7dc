//! The safetensors format: a header in JSON, then numbers, little-endian, without gaps.
//!
//! Written and read as a stream, a piece at a time, so that a network's weights are not in memory twice.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use ann_autodiff::{Dtype, Scalar};
use safetensors::tensor::{Metadata, TensorInfo};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::atomic;
use crate::{Error, Result};

/// The key of the texts in a header; no tensor may be called so.
const TEXTS: &str = "__metadata__";

/// The longest header that the format allows.
const LONGEST_HEADER: u64 = 100_000_000;

/// Bytes that are converted at once.
const PIECE: usize = 1 << 16;

/// A tensor to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a, T> {
    pub(super) name: &'a str,
    pub(super) dims: &'a [usize],
    pub(super) values: &'a [T],
}

/// Writes tensors in this order, and texts under keys.
pub(super) fn write<T: Scalar>(
    path: &Path,
    entries: &[Entry<'_, T>],
    texts: &BTreeMap<&str, String>,
) -> Result<()> {
    check(path, entries)?;
    let header = Header { entries, texts };
    let mut header = serde_json::to_vec(&header).map_err(|error| damaged(path, error))?;
    // Numbers begin at a multiple of 8, for programs that map the file into memory.
    header.resize(header.len().next_multiple_of(8), b' ');
    atomic::write(path, |to| {
        to.write_all(&(header.len() as u64).to_le_bytes())?;
        to.write_all(&header)?;
        entries.iter().try_for_each(|entry| write_numbers(entry.values, to))
    })
}

fn check<T>(path: &Path, entries: &[Entry<'_, T>]) -> Result<()> {
    for (number, entry) in entries.iter().enumerate() {
        let is_new = entry.name != TEXTS && entries[..number].iter().all(|other| other.name != entry.name);
        if !is_new {
            let what = format!("the names of tensors for {}", path.display());
            return Err(Error::shape(what, "names that differ", format_args!("`{}`", entry.name)));
        }
        let count = entry.dims.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
        if count != Some(entry.values.len()) {
            let found = format_args!("{} numbers", entry.values.len()).to_string();
            return Err(Error::shape(entry.name, format_args!("the product of {:?}", entry.dims), found));
        }
    }
    Ok(())
}

/// Everything before the numbers. In the order given, so that the same weights make the same bytes.
struct Header<'a, T> {
    entries: &'a [Entry<'a, T>],
    texts: &'a BTreeMap<&'a str, String>,
}

impl<T: Scalar> Serialize for Header<'_, T> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.texts.is_empty() {
            map.serialize_entry(TEXTS, self.texts)?;
        }
        let mut start = 0;
        for entry in self.entries {
            let end = start + size_of_val(entry.values);
            let dtype = match T::DTYPE {
                Dtype::F32 => safetensors::Dtype::F32,
                Dtype::F64 => safetensors::Dtype::F64,
            };
            let info = TensorInfo { dtype, shape: entry.dims.to_vec(), data_offsets: (start, end) };
            map.serialize_entry(entry.name, &info)?;
            start = end;
        }
        map.end()
    }
}

fn write_numbers<T: Scalar>(values: &[T], to: &mut dyn Write) -> io::Result<()> {
    let mut piece = Vec::with_capacity(PIECE);
    for values in values.chunks(PIECE / size_of::<T>()) {
        piece.clear();
        match T::DTYPE {
            // Exact: the number came from 32 bits.
            Dtype::F32 => values.iter().for_each(|x| piece.extend((x.to_f64() as f32).to_le_bytes())),
            Dtype::F64 => values.iter().for_each(|x| piece.extend(x.to_f64().to_le_bytes())),
        }
        to.write_all(&piece)?;
    }
    Ok(())
}

/// A file whose header was read.
pub(super) struct Reader {
    path: PathBuf,
    header: Metadata,
    source: BufReader<File>,
}

/// A tensor in a file.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) dims: Vec<usize>,
    dtype: safetensors::Dtype,
}

impl Found {
    /// The kind of its numbers, if it is one that networks compute in.
    pub(super) fn dtype(&self) -> Option<Dtype> {
        match self.dtype {
            safetensors::Dtype::F32 => Some(Dtype::F32),
            safetensors::Dtype::F64 => Some(Dtype::F64),
            _ => None,
        }
    }

    /// The kind of its numbers as the format writes it.
    pub(super) fn dtype_name(&self) -> String {
        format!("{:?}", self.dtype)
    }
}

impl Reader {
    /// Reads the header and checks that the file is as long as it says.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(Error::io("read", path))?;
        let length = file.metadata().map_err(Error::io("read", path))?.len();
        let mut source = BufReader::with_capacity(PIECE, file);
        let mut size = [0; 8];
        if length < 8 {
            return Err(damaged(path, format_args!("it has {length} bytes, a header alone has more")));
        }
        source.read_exact(&mut size).map_err(Error::io("read", path))?;
        let size = u64::from_le_bytes(size);
        if LONGEST_HEADER < size || length - 8 < size {
            let reason = format_args!("its header is to have {size} bytes, but the file has {length} in all")
                .to_string();
            return Err(damaged(path, reason));
        }
        let mut header = vec![0; size as usize];
        source.read_exact(&mut header).map_err(Error::io("read", path))?;
        let header: Metadata = serde_json::from_slice(&header).map_err(|error| damaged(path, error))?;
        let expected = 8 + size + header.data_len() as u64;
        if expected != length {
            let change = if length < expected { "it was cut off" } else { "something was added to it" };
            let reason = format!("it is to have {expected} bytes by its header, and has {length}: {change}");
            return Err(damaged(path, reason));
        }
        Ok(Self { path: path.to_path_buf(), header, source })
    }

    /// The tensors in the order in which they lie.
    pub(super) fn found(&self) -> Vec<Found> {
        let one = |name: String| {
            let info = self.header.info(&name)?;
            Some(Found { dims: info.shape.clone(), dtype: info.dtype, name })
        };
        self.header.offset_keys().into_iter().filter_map(one).collect()
    }

    /// A text of the header.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.header.metadata().as_ref()?.get(key).map(String::as_str)
    }

    /// Reads all numbers, each tensor's to the place that `place` has for it; the others are passed over.
    ///
    /// Numbers of 32 bits become numbers of 64 exactly; the other way they are rounded to the nearest, and one beyond
    /// 32 bits is refused. The places have to be as long as the tensors, and those be of one of both kinds.
    pub(super) fn read<'a, T: Scalar>(
        mut self,
        mut place: impl FnMut(&str) -> Option<&'a mut [T]>,
    ) -> Result<()> {
        let mut bytes = vec![0; PIECE];
        for found in self.found() {
            let count: usize = found.dims.iter().product();
            let (Some(to), Some(dtype)) = (place(&found.name).filter(|to| to.len() == count), found.dtype())
            else {
                let size =
                    self.header.info(&found.name).map_or(0, |info| info.data_offsets.1 - info.data_offsets.0);
                // No file is so long that this would wrap.
                self.source
                    .seek_relative(size.cast_signed() as i64)
                    .map_err(Error::io("read", &self.path))?;
                continue;
            };
            let size = match dtype {
                Dtype::F32 => 4,
                Dtype::F64 => 8,
            };
            for to in to.chunks_mut(PIECE / size) {
                let bytes = &mut bytes[..to.len() * size];
                self.source.read_exact(bytes).map_err(Error::io("read", &self.path))?;
                match dtype {
                    Dtype::F32 => {
                        for (to, bytes) in to.iter_mut().zip(bytes.as_chunks().0) {
                            *to = T::from_f64(f32::from_le_bytes(*bytes).into());
                        }
                    }
                    Dtype::F64 => {
                        for (to, bytes) in to.iter_mut().zip(bytes.as_chunks().0) {
                            *to = self.narrowed(&found.name, f64::from_le_bytes(*bytes))?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn narrowed<T: Scalar>(&self, name: &str, value: f64) -> Result<T> {
        let narrow = T::from_f64(value);
        if value.is_finite() && !narrow.is_finite() {
            let what = format!("{name} in {}", self.path.display());
            return Err(Error::shape(what, "numbers that 32 bits can hold", value));
        }
        Ok(narrow)
    }
}

/// A file that is not what it should be.
fn damaged(path: &Path, reason: impl Display) -> Error {
    Error::Format { path: path.to_path_buf(), format: "safetensors", reason: reason.to_string() }
}
