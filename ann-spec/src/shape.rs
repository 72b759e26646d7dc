//! [`Shape`]: the sizes of one example, without the batch.

use std::fmt;

use crate::text::Text;
use crate::{Dim, Symbol};

/// Most axes a shape may have.
pub const MAX_RANK: usize = 4;

/// The shape of one example: `[784]`, `[1, 28, 28]`, `[_, 65]`.
///
/// ```
/// use ann_spec::{Dim, Shape};
///
/// const IMAGE: Shape = Shape::known(&[1, 28, 28]);
/// assert_eq!(IMAGE.to_string(), "[1, 28, 28]");
/// assert_eq!(IMAGE.elements(), Some(784));
/// assert_eq!(Shape::of(&[Dim::STEPS, Dim::Known(65)]).to_string(), "[_, 65]");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    rank: u8,
    dims: [Dim; MAX_RANK],
}

impl Shape {
    /// The shape with these sizes. More than [`MAX_RANK`] of them are a panic.
    pub const fn known(sizes: &[usize]) -> Self {
        let mut dims = [Dim::Known(1); MAX_RANK];
        assert!(sizes.len() <= MAX_RANK, "a shape has at most 4 sizes");
        let mut axis = 0;
        while axis < sizes.len() {
            dims[axis] = Dim::Known(sizes[axis]);
            axis += 1;
        }
        Self { rank: sizes.len() as u8, dims }
    }

    /// The shape with these sizes, open ones among them. More than [`MAX_RANK`] of them are a panic.
    pub const fn of(sizes: &[Dim]) -> Self {
        let mut dims = [Dim::Known(1); MAX_RANK];
        assert!(sizes.len() <= MAX_RANK, "a shape has at most 4 sizes");
        let mut axis = 0;
        while axis < sizes.len() {
            dims[axis] = sizes[axis];
            axis += 1;
        }
        Self { rank: sizes.len() as u8, dims }
    }

    /// How many axes it has.
    pub const fn rank(&self) -> usize {
        self.rank as usize
    }

    /// The size of one axis; 1 past the last.
    pub const fn dim(&self, axis: usize) -> Dim {
        if axis < self.rank() { self.dims[axis] } else { Dim::Known(1) }
    }

    /// The sizes.
    pub fn dims(&self) -> &[Dim] {
        &self.dims[..self.rank()]
    }

    /// The same with another size on one axis; an axis past the last changes nothing.
    #[must_use]
    pub const fn with(mut self, axis: usize, size: Dim) -> Self {
        if axis < self.rank() {
            self.dims[axis] = size;
        }
        self
    }

    /// How many numbers one example is; `None` if a size is open or the product exceeds `usize`.
    pub const fn elements(&self) -> Option<usize> {
        let mut product: usize = 1;
        let mut axis = 0;
        while axis < self.rank() {
            let Dim::Known(size) = self.dims[axis] else { return None };
            product = match product.checked_mul(size) {
                Some(product) => product,
                None => return None,
            };
            axis += 1;
        }
        Some(product)
    }

    /// The first open size that is furthest from being known, if there is an open one.
    pub const fn open(&self) -> Option<Symbol> {
        let mut found: Option<Symbol> = None;
        let mut axis = 0;
        while axis < self.rank() {
            if let Dim::Open(symbol) = self.dims[axis] {
                found = match found {
                    Some(other) if symbol.distance() <= other.distance() => Some(other),
                    _ => Some(symbol),
                };
            }
            axis += 1;
        }
        found
    }

    /// Whether two shapes are equal; `None` if that depends on open sizes.
    pub const fn equals(&self, other: &Self) -> Option<bool> {
        if self.rank != other.rank {
            return Some(false);
        }
        let mut answer = Some(true);
        let mut axis = 0;
        while axis < self.rank() {
            match self.dims[axis].equals(other.dims[axis]) {
                Some(false) => return Some(false),
                None => answer = None,
                Some(true) => {}
            }
            axis += 1;
        }
        answer
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Text::new().shape(self, &[]).as_str())
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
