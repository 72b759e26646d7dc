//! [`Extents`]: the sizes of a tensor on a tape, batch included.

use std::fmt;
use std::ops::Deref;

use crate::Error;

/// Most axes a tensor on a tape may have.
pub const MAX_AXES: usize = 6;

/// The sizes of a tensor, outermost axis first, row-major; no axes at all for a single number.
///
/// Read it as the slice it dereferences to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Extents {
    sizes: [usize; MAX_AXES],
    rank: u8,
}

impl Extents {
    /// The extents of a single number.
    pub const SCALAR: Self = Self { sizes: [0; MAX_AXES], rank: 0 };

    /// The sizes given; an error if they are too many or their product is too large for memory.
    pub fn new(dims: &[usize]) -> Result<Self, Error> {
        let too_large = || Error::TooLarge { dims: dims.to_vec() };
        if MAX_AXES < dims.len() {
            return Err(too_large());
        }
        let count = dims.iter().try_fold(1usize, |product, size| product.checked_mul(*size));
        match count {
            // Elements are at most 8 bytes, and no allocation exceeds isize::MAX of them.
            Some(count) if count <= isize::MAX as usize / 8 => Ok(Self::constant(dims)),
            _ => Err(too_large()),
        }
    }

    /// The sizes given, which the caller knows to be few and small: results of operations on extents that were checked.
    pub(crate) const fn constant(dims: &[usize]) -> Self {
        let mut sizes = [0; MAX_AXES];
        let mut axis = 0;
        while axis < dims.len() {
            sizes[axis] = dims[axis];
            axis += 1;
        }
        Self { sizes, rank: dims.len() as u8 }
    }

    /// How many elements there are.
    pub fn count(&self) -> usize {
        self.iter().product()
    }

    /// The size of the last axis; 1 for a single number.
    pub fn last(&self) -> usize {
        self.as_ref().last().copied().unwrap_or(1)
    }

    /// How many rows of the last axis there are.
    pub fn rows(&self) -> usize {
        self.as_ref().split_last().map_or(1, |(_, rows)| rows.iter().product())
    }

    /// The same with another last axis.
    #[must_use]
    pub fn with_last(mut self, size: usize) -> Self {
        if let Some(last) = (self.rank as usize).checked_sub(1) {
            self.sizes[last] = size;
        }
        self
    }
}

/// An axis with its padding on both sides; how the places in it are counted stays within an `isize`.
pub(crate) fn padded(extent: usize, pad: usize) -> Result<usize, String> {
    pad.checked_mul(2)
        .and_then(|both| extent.checked_add(both))
        .filter(|sum| isize::try_from(*sum).is_ok())
        .ok_or_else(|| format!("a padding of {pad} is too large"))
}

impl Deref for Extents {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        &self.sizes[..self.rank as usize]
    }
}

impl AsRef<[usize]> for Extents {
    fn as_ref(&self) -> &[usize] {
        self
    }
}

impl fmt::Display for Extents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_ref())
    }
}

impl fmt::Debug for Extents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_ref())
    }
}
