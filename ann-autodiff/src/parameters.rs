//! [`Parameters`]: all weights of a network in one vector, and the table of names over it.

use std::ops::Range;
use std::sync::Arc;

use crate::{Extents, Scalar, zeros};

/// A named range of the one vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its name with its path, `conv1.weight`.
    pub name: String,
    /// Its sizes.
    pub extents: Extents,
    /// Whether an optimizer moves it; a running statistic is not.
    pub trainable: bool,
    /// Where it begins.
    pub start: usize,
}

impl Segment {
    /// Its range of the one vector.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.extents.count()
    }
}

/// The table of segments, the trainable ones first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    segments: Vec<Segment>,
    trainable: usize,
    len: usize,
}

impl Layout {
    pub(crate) fn new(mut segments: Vec<Segment>) -> Self {
        segments.sort_by_key(|segment| !segment.trainable);
        let (mut len, mut trainable) = (0, 0);
        for segment in &mut segments {
            segment.start = len;
            len += segment.extents.count();
            if segment.trainable {
                trainable = len;
            }
        }
        Self { segments, trainable, len }
    }

    /// The segments in the order in which they lie.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The segment of a name.
    pub fn segment(&self, name: &str) -> Option<&Segment> {
        self.segments.iter().find(|segment| segment.name == name)
    }

    /// The table of those whose names begin with `prefix`, without it.
    #[must_use]
    pub fn part(&self, prefix: &str) -> Self {
        let part = |segment: &Segment| {
            let name = segment.name.strip_prefix(prefix)?.to_owned();
            Some(Segment { name, ..segment.clone() })
        };
        Self::new(self.segments.iter().filter_map(part).collect())
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many of them, from the beginning, an optimizer moves.
    pub fn trainable(&self) -> usize {
        self.trainable
    }
}

/// All parameters of a network: one vector and its table.
#[derive(Debug)]
pub struct Parameters<T> {
    layout: Arc<Layout>,
    values: Vec<T>,
}

impl<T: Scalar> Clone for Parameters<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(Arc::clone(&self.layout));
        copy.values.copy_from_slice(&self.values);
        copy
    }
}

impl<T: Scalar> Parameters<T> {
    /// All zero.
    pub fn zeros(layout: Arc<Layout>) -> Self {
        Self { values: zeros(layout.len()), layout }
    }

    /// The table.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// All values.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// All values, to change.
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The values of one name.
    pub fn get(&self, name: &str) -> Option<&[T]> {
        self.layout.segment(name).map(|segment| &self.values[segment.range()])
    }

    /// The values of one name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut [T]> {
        self.layout.segment(name).map(|segment| &mut self.values[segment.range()])
    }

    /// The same in another kind of number, each rounded to the nearest.
    pub fn cast<U: Scalar>(&self) -> Parameters<U> {
        let values = self.values.iter().map(|value| U::from_f64(value.to_f64())).collect();
        Parameters { layout: Arc::clone(&self.layout), values }
    }
}
