//! [`Idx`]: arrays in the format of MNIST's files (described on the page of "The MNIST database of handwritten digits").
//!
//! Two zero bytes, a byte for the type, a byte for the number of axes, their sizes as 32-bit integers, then the numbers,
//! row-major; everything big-endian. A file may be packed by gzip; that is seen from its first bytes, not from its name.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use ann_autodiff::{Scalar, Shaped};
use flate2::bufread::MultiGzDecoder;

use super::examples::Examples;
use crate::{Error, Result, save};

/// The first two bytes of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// An array from an IDX file.
///
/// ```
/// use ann_core::data::{Idx, Numbers};
///
/// let idx = Idx::new(&[2, 3], Numbers::U8(vec![1, 2, 3, 4, 5, 6]))?;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("small-idx2-ubyte");
/// idx.write(&path)?;
/// assert_eq!(Idx::open(&path)?, idx);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Idx {
    dims: Vec<usize>,
    numbers: Numbers,
}

/// The numbers of an [`Idx`], in one of the format's six types.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Unsigned bytes, type 8.
    U8(Vec<u8>),
    /// Signed bytes, type 9.
    I8(Vec<i8>),
    /// 16-bit integers, type 11.
    I16(Vec<i16>),
    /// 32-bit integers, type 12.
    I32(Vec<i32>),
    /// 32-bit floating point, type 13.
    F32(Vec<f32>),
    /// 64-bit floating point, type 14.
    F64(Vec<f64>),
}

impl Idx {
    /// An array of these sizes, outermost axis first.
    pub fn new(dims: &[usize], numbers: Numbers) -> Result<Self> {
        let is_storable =
            (1..=255).contains(&dims.len()) && dims.iter().all(|size| u32::try_from(*size).is_ok());
        if !is_storable {
            return Err(Error::shape(
                "the sizes of an IDX array",
                "1 to 255 sizes of 32 bits",
                format_args!("{dims:?}"),
            ));
        }
        if product(dims) != Some(numbers.len()) {
            return Err(Error::shape(
                format!("an IDX array of {dims:?}"),
                "their product of numbers",
                numbers.len(),
            ));
        }
        Ok(Self { dims: dims.to_vec(), numbers })
    }

    /// Reads a file, packed or not.
    ///
    /// # Errors
    /// [`Error::Idx`], with the byte counted in the unpacked file, for anything but an IDX file that ends where its header says.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(Error::io("read", path))?;
        Self::read(path, file)
    }

    /// The sizes.
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The numbers, row-major.
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// The numbers, taken out.
    pub fn into_numbers(self) -> Numbers {
        self.numbers
    }

    /// As examples, counted by the first axis, each number multiplied by `scale`: `1.0 / 255.0` for bytes to 0 to 1.
    pub fn examples<S: Shaped, T: Scalar>(&self, scale: f64) -> Result<Examples<S, T>> {
        let values = self.numbers.to_f64().into_iter().map(|x| T::from_f64(x * scale)).collect();
        Examples::from_vec_with_dims(values, &self.dims[1..])
    }

    /// Writes a file, not packed. It is replaced whole or not at all.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        save::atomic::write(path.as_ref(), |to| {
            to.write_all(&[0, 0, self.numbers.code(), self.dims.len() as u8])?;
            for size in &self.dims {
                to.write_all(&(*size as u32).to_be_bytes())?;
            }
            self.numbers.write(to)
        })
    }

    /// Reads from anything; `path` is for the messages.
    fn read(path: &Path, source: impl Read) -> Result<Self> {
        let mut source = BufReader::with_capacity(1 << 16, source);
        let mut start = Vec::with_capacity(2);
        source.by_ref().take(2).read_to_end(&mut start).map_err(Error::io("read", path))?;
        let whole = start.chain(source);
        if start == GZIP {
            Bytes { path, source: MultiGzDecoder::new(whole), offset: 0, is_cut: false }.array()
        } else {
            Bytes { path, source: whole, offset: 0, is_cut: false }.array()
        }
    }
}

/// Bytes with the place that was reached.
struct Bytes<'a, R> {
    path: &'a Path,
    source: R,
    offset: u64,
    /// Whether a packed file ended in the middle.
    is_cut: bool,
}

impl<R: Read> Bytes<'_, R> {
    fn array(mut self) -> Result<Idx> {
        let magic: [u8; 4] = self.fixed("the magic number")?;
        let [zero, also_zero, code, axes] = magic;
        if [zero, also_zero] != [0, 0] {
            let found = format!("{zero:#04x} {also_zero:#04x}");
            return Err(self.error(
                0,
                "the magic number",
                "two zero bytes at the beginning of an IDX file",
                found,
            ));
        }
        let Some(size) = Numbers::size(code) else {
            let expected = "8 (u8), 9 (i8), 11 (i16), 12 (i32), 13 (f32) or 14 (f64)";
            return Err(self.error(2, "the type of the numbers", expected, code));
        };
        if axes == 0 {
            return Err(self.error(3, "the number of axes", "at least 1", axes));
        }
        let mut dims = Vec::with_capacity(axes.into());
        for _ in 0..axes {
            dims.push(u32::from_be_bytes(self.fixed("the sizes")?) as usize);
        }
        let bytes = product(&dims)
            .and_then(|count| count.checked_mul(size))
            .filter(|bytes| *bytes < isize::MAX as usize);
        let Some(bytes) = bytes else {
            return Err(self.error(4, "the sizes", "a product that fits into memory", format!("{dims:?}")));
        };
        let what = format!("{bytes} bytes, for {dims:?}");
        let begin = self.offset;
        // What the header promises is not asked for in advance: memory grows with what is really there.
        let mut data = Vec::new();
        self.fill(bytes as u64, &mut data)?;
        if data.len() != bytes {
            return Err(self.error(
                self.offset,
                "the numbers",
                what,
                format!("the end, after {}", data.len()),
            ));
        }
        let mut rest = Vec::new();
        self.fill(1, &mut rest)?;
        if !rest.is_empty() {
            return Err(self.error(begin + bytes as u64, "the end", what, "more bytes"));
        }
        if self.is_cut {
            return Err(self.error(
                self.offset,
                "the end",
                "the packed file's check sum",
                "the end of the file",
            ));
        }
        Ok(Idx { dims, numbers: Numbers::decode(code, data) })
    }

    fn fixed<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N]> {
        let (begin, mut bytes) = (self.offset, Vec::with_capacity(N));
        self.fill(N as u64, &mut bytes)?;
        bytes.try_into().map_err(|bytes: Vec<u8>| {
            let found = format!("the end, after {}", bytes.len());
            self.error(begin, what, format!("{N} bytes"), found)
        })
    }

    /// Appends so many bytes, or what there is.
    fn fill(&mut self, count: u64, to: &mut Vec<u8>) -> Result<()> {
        match self.source.by_ref().take(count).read_to_end(to) {
            Ok(read) => self.offset += read as u64,
            // A packed file that ends too early gives what it has, then this.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.offset += to.len() as u64;
                self.is_cut = true;
            }
            Err(error)
                if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) =>
            {
                let (path, reason) = (self.path.to_path_buf(), error.to_string());
                return Err(Error::Format { path, format: "gzip", reason });
            }
            Err(error) => return Err(Error::io("read", self.path)(error)),
        }
        Ok(())
    }

    fn error(&self, offset: u64, what: &'static str, expected: impl Display, found: impl Display) -> Error {
        let (expected, found) = (expected.to_string(), found.to_string());
        Error::Idx { path: self.path.to_path_buf(), offset, what, expected, found }
    }
}

/// The arms of every `match` over the six types.
macro_rules! types {
    ($($code:literal $variant:ident $type:ty),+) => {
        impl Numbers {
            /// How many there are.
            pub fn len(&self) -> usize {
                match self { $(Self::$variant(values) => values.len()),+ }
            }

            /// All in 64 bits, exactly.
            pub fn to_f64(&self) -> Vec<f64> {
                match self { $(Self::$variant(values) => values.iter().map(|x| f64::from(*x)).collect()),+ }
            }

            /// The type as the format numbers it.
            fn code(&self) -> u8 {
                match self { $(Self::$variant(_) => $code),+ }
            }

            /// Bytes a number, if there is such a type.
            fn size(code: u8) -> Option<usize> {
                match code { $($code => Some(size_of::<$type>()),)+ _ => None }
            }

            /// Of bytes of a type that has a size; they are unsigned ones if it has none.
            fn decode(code: u8, bytes: Vec<u8>) -> Self {
                match code {
                    // Nothing to convert, nothing to copy.
                    _ if code == 8 => Self::U8(bytes),
                    $($code => {
                        let (numbers, _) = bytes.as_chunks();
                        Self::$variant(numbers.iter().map(|bytes| <$type>::from_be_bytes(*bytes)).collect())
                    })+
                    _ => Self::U8(bytes),
                }
            }

            fn write(&self, to: &mut dyn Write) -> io::Result<()> {
                match self {
                    $(Self::$variant(values) => values.iter().try_for_each(|x| to.write_all(&x.to_be_bytes()))),+
                }
            }
        }
    };
}

types!(8 U8 u8, 9 I8 i8, 11 I16 i16, 12 I32 i32, 13 F32 f32, 14 F64 f64);

impl Numbers {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn product(dims: &[usize]) -> Option<usize> {
    dims.iter().try_fold(1_usize, |product, size| product.checked_mul(*size))
}

#[cfg(test)]
#[path = "idx_tests.rs"]
mod tests;
