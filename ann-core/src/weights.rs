//! [`Weights`]: where a network's parameters are, shared with the networks inside it.

use std::ops::Range;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ann_autodiff::{Dtype, Layout, Parameters, Scalar};

use crate::precision::Precision;
use crate::{Error, Result};

/// The parameters of a network in the precision they are kept in.
#[derive(Clone, Debug)]
pub(crate) enum Store {
    /// 32 bits.
    F32(Parameters<f32>),
    /// 64 bits.
    F64(Parameters<f64>),
}

impl Store {
    /// The table of names.
    pub(crate) fn layout(&self) -> &Arc<Layout> {
        match self {
            Self::F32(parameters) => parameters.layout(),
            Self::F64(parameters) => parameters.layout(),
        }
    }

    /// The precision.
    pub(crate) fn dtype(&self) -> Dtype {
        match self {
            Self::F32(_) => Dtype::F32,
            Self::F64(_) => Dtype::F64,
        }
    }

    /// The values of one name, in `f64`, exactly.
    pub(crate) fn get(&self, name: &str) -> Option<Vec<f64>> {
        match self {
            Self::F32(parameters) => {
                parameters.get(name).map(|values| values.iter().map(|v| v.to_f64()).collect())
            }
            Self::F64(parameters) => parameters.get(name).map(<[f64]>::to_vec),
        }
    }

    /// Overwrites the values of one name, each rounded to the nearest; `false` if there is no such name or not as many.
    pub(crate) fn set<T: Scalar>(&mut self, name: &str, values: &[T]) -> bool {
        fn copy<T: Scalar, U: Scalar>(to: Option<&mut [U]>, from: &[T]) -> bool {
            let Some(to) = to.filter(|to| to.len() == from.len()) else { return false };
            for (to, from) in to.iter_mut().zip(from) {
                *to = U::from_f64(from.to_f64());
            }
            true
        }
        match self {
            Self::F32(parameters) => copy(parameters.get_mut(name), values),
            Self::F64(parameters) => copy(parameters.get_mut(name), values),
        }
    }
}

/// A handle on the one vector in which a network's parameters lie, or on the part of it that belongs to a network within.
///
/// Clones share the vector; [`deep_copy`](Self::deep_copy) does not.
#[derive(Clone, Debug)]
pub struct Weights {
    shared: Arc<RwLock<Store>>,
    /// What the names begin with: empty, or `encoder.` for the network within that has this label.
    prefix: String,
}

impl Weights {
    /// Of a network that is not yet built.
    pub fn empty() -> Self {
        Self::new(Store::F32(Parameters::zeros(Arc::default())))
    }

    pub(crate) fn new(store: Store) -> Self {
        Self { shared: Arc::new(RwLock::new(store)), prefix: String::new() }
    }

    /// The part that belongs to the network with this label.
    #[must_use]
    pub fn part(&self, label: &str) -> Self {
        Self { shared: Arc::clone(&self.shared), prefix: format!("{}{label}.", self.prefix) }
    }

    /// The same values in a vector of their own; of a part, that part alone, under names of its own.
    #[must_use]
    pub fn deep_copy(&self) -> Self {
        let store = self.read();
        if self.prefix.is_empty() {
            return Self::new(store.clone());
        }
        let layout = Arc::new(store.layout().part(&self.prefix));
        let mut copy = match &*store {
            Store::F32(_) => Store::F32(Parameters::zeros(Arc::clone(&layout))),
            Store::F64(_) => Store::F64(Parameters::zeros(Arc::clone(&layout))),
        };
        for segment in layout.segments() {
            if let Some(values) = store.get(&format!("{}{}", self.prefix, segment.name)) {
                copy.set(&segment.name, &values);
            }
        }
        Self::new(copy)
    }

    /// The values, taken out: whoever else has a handle on them finds none.
    pub(crate) fn take(&self) -> Store {
        std::mem::replace(&mut *self.write(), Store::F32(Parameters::zeros(Arc::default())))
    }

    /// Overwrites the values by those of a copy that [`deep_copy`](Self::deep_copy) made. Allocates nothing.
    pub(crate) fn keep<P: Precision>(&self, copy: &Parameters<P>) -> Result<()> {
        let mut store = self.write();
        let own = P::parameters_mut(&mut store).ok_or_else(other_precision::<P>)?;
        let layout = Arc::clone(own.layout());
        for (own_range, range) in self.ranges(&layout, copy.layout()) {
            own.values_mut()[own_range].copy_from_slice(&copy.values()[range]);
        }
        Ok(())
    }

    /// Overwrites such a copy by the values.
    pub(crate) fn recall<P: Precision>(&self, copy: &mut Parameters<P>) -> Result<()> {
        let store = self.read();
        let own = P::parameters(&store).ok_or_else(other_precision::<P>)?;
        let layout = Arc::clone(copy.layout());
        for (own_range, range) in self.ranges(own.layout(), &layout) {
            copy.values_mut()[range].copy_from_slice(&own.values()[own_range]);
        }
        Ok(())
    }

    /// Where each of this network's parameters lies in the one vector, and where in a copy.
    fn ranges(&self, own: &Layout, copy: &Layout) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        own.segments().iter().filter_map(|segment| {
            let name = segment.name.strip_prefix(&self.prefix)?;
            Some((segment.range(), copy.segment(name)?.range()))
        })
    }

    /// What the names of this network's parameters begin with in the one vector.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether the weights of the network with this label, if it has any, are a part of these.
    pub fn holds(&self, part: Option<&Self>, label: &str) -> bool {
        part.is_none_or(|part| part.is_part_of(self, label))
    }

    /// Whether it is the part of `whole` that belongs to the network at this path.
    pub(crate) fn is_part_of(&self, whole: &Self, path: &str) -> bool {
        Arc::ptr_eq(&self.shared, &whole.shared) && self.prefix == format!("{}{path}.", whole.prefix)
    }

    /// Whether there are no values: as yet, where a network is only described.
    pub(crate) fn is_empty(&self) -> bool {
        self.read().layout().segments().is_empty()
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Store> {
        // A panic while training cannot leave half a number: what is there is still numbers.
        self.shared.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Store> {
        self.shared.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The error of weights that are kept in another precision than a copy of theirs.
fn other_precision<P: Precision>() -> Error {
    Error::shape("the precision of the weights", format!("{:?}", P::DTYPE), "another")
}
