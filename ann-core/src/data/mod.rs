//! Data: examples as a network sees them, where they come from, and in what order they come.
//!
//! A [`Dataset`] gives examples by number, each an input and a target, straight into a batch. What there is:
//!
//! | from | by | gives |
//! |---|---|---|
//! | numbers in memory, `ndarray` arrays (feature `ndarray`) | [`Examples`], [`InMemory`] | inputs; inputs with classes or values |
//! | a table of text | [`Csv`] | `InMemory` |
//! | IDX files | [`Idx`] | `Examples`, labels |
//! | MNIST's four files | [`Mnist`] | images with classes |
//! | a long text, for recurrent networks | [`Stream`] | windows of tokens with those that follow |
//! | a part of another dataset | [`Subset`], [`split()`] | the same examples under other numbers |
//! | code of the user's own | `impl Dataset` | anything |
//!
//! Whatever is read is checked where it is read: sizes, counts, labels, and that every number is finite.
//! [`Standard`] and [`MinMax`] bring columns to a common scale; [`Shuffle`] and [`Batches`] are the order of training.
//!
//! ```
//! use ann_core::autodiff::Rank1;
//! use ann_core::data::{Class, Dataset, Examples, InMemory};
//!
//! let x = Examples::from_vec(vec![0.0_f32, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])?;
//! let xor: InMemory<Rank1<2>, Class<2>> = InMemory::classes(x, &[0, 1, 1, 0])?;
//! assert_eq!(xor.len(), 4);
//! # Ok::<(), ann_core::Error>(())
//! ```

#[cfg(feature = "ndarray")]
mod arrays;
mod batches;
mod csv;
mod dataset;
mod examples;
mod idx;
mod memory;
mod mnist;
mod normalizer;
mod order;
pub(crate) mod rows;
mod split;
mod stream;

pub use batches::{Batches, Remainder};
pub use csv::Csv;
pub(crate) use dataset::each;
pub use dataset::{
    AnyClass, Class, Classes, Dataset, DatasetOf, Indices, SameShape, SameTarget, Target, Untyped, Values,
};
pub use examples::Examples;
pub use idx::{Idx, Numbers};
pub use memory::{InMemory, Labels, Stored};
pub use mnist::Mnist;
pub use normalizer::{MinMax, Standard};
pub use order::Shuffle;
pub use split::{Subset, split};
pub use stream::Stream;
