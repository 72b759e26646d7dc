//! [`Batches`]: how the places of an epoch's order are cut into batches.

use std::ops::Range;

use crate::error::require;
use crate::{Error, Result};

/// What becomes of the examples that do not fill a batch at the end of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remainder {
    /// They make a smaller batch.
    #[default]
    Keep,
    /// They are left out; in another order it will be others.
    Drop,
}

/// The batches of an epoch, as ranges of places in its order.
///
/// ```
/// use ann_core::data::{Batches, Remainder};
///
/// let batches = Batches::new(10, 4, Remainder::Keep)?;
/// assert_eq!(batches.iter().collect::<Vec<_>>(), [0..4, 4..8, 8..10]);
/// assert_eq!(Batches::new(10, 4, Remainder::Drop)?.len(), 2);
/// assert!(Batches::new(10, 11, Remainder::Keep).is_err());
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batches {
    used: usize,
    batch: usize,
}

impl Batches {
    /// Of so many examples, so many a batch.
    ///
    /// # Errors
    /// [`Error::BatchTooLarge`] if the examples do not fill a single batch, [`Error::Setting`] for batches of 0.
    pub fn new(examples: usize, batch: usize, remainder: Remainder) -> Result<Self> {
        require(0 < batch, "batches", "batch", batch, "it must be at least 1")?;
        if examples < batch {
            return Err(Error::BatchTooLarge { batch, examples });
        }
        let used = match remainder {
            Remainder::Keep => examples,
            Remainder::Drop => examples - examples % batch,
        };
        Ok(Self { used, batch })
    }

    /// How many batches there are.
    #[allow(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.used.div_ceil(self.batch)
    }

    /// How many examples a batch has, but for the last.
    pub fn size(&self) -> usize {
        self.batch
    }

    /// How many examples are used in an epoch.
    pub fn examples(&self) -> usize {
        self.used
    }

    /// How many examples the last batch has.
    pub fn last(&self) -> usize {
        self.used - (self.len() - 1) * self.batch
    }

    /// The batch that begins at a place, as a run in the middle of an epoch goes on; nothing at the end.
    pub fn from(&self, place: usize) -> Option<Range<usize>> {
        (place < self.used).then(|| place..self.used.min(place.saturating_add(self.batch)))
    }

    /// All batches.
    pub fn iter(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let batches = *self;
        (0..batches.used).step_by(batches.batch).filter_map(move |place| batches.from(place))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn batches_cover_the_examples_once_and_in_order(batch in 1_usize..40, more in 0_usize..200) {
            let examples = batch + more;
            let batches = Batches::new(examples, batch, Remainder::Keep).unwrap();
            prop_assert!(batches.iter().flatten().eq(0..examples));
            prop_assert_eq!(batches.iter().count(), batches.len());
            prop_assert_eq!(batches.iter().last().unwrap().len(), batches.last());
            let full = Batches::new(examples, batch, Remainder::Drop).unwrap();
            prop_assert!(full.iter().all(|range| range.len() == batch));
            prop_assert!(examples - full.examples() < batch);
        }
    }

    #[test]
    fn a_batch_that_cannot_be_filled_is_refused() {
        let error = Batches::new(10, 64, Remainder::Keep).unwrap_err();
        assert!(matches!(error, Error::BatchTooLarge { batch: 64, examples: 10 }));
        assert!(Batches::new(0, 1, Remainder::Keep).is_err());
        assert!(Batches::new(10, 0, Remainder::Keep).is_err());
    }
}
