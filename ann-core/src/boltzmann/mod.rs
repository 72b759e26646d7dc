//! Restricted Boltzmann machines and deep belief nets: networks with `<->`.
//!
//! A machine has visible units `v` and hidden units `h`. It gives a state the probability `e^-E(v, h) / Z` by its energy
//!
//! ```text
//! E(v, h) = - b·v - c·h - h·W v            units that are 0 or 1 (Bernoulli)
//!           + |v - b|² / 2 instead of - b·v   visible units that are Gaussian
//!           + |h|² / 2                        hidden units that are Gaussian
//! ```
//!
//! Gaussian units have variance 1: data for them are to be scaled to mean 0 and variance 1, as
//! [`Standard`](crate::data::Standard) does. Given one side, the units of the other are independent:
//!
//! ```text
//! E[h | v] = sigmoid(c + W v)     or, Gaussian, c + W v
//! E[v | h] = sigmoid(b + Wᵀ h)    or, Gaussian, b + Wᵀ h
//! ```
//!
//! Summed over the hidden units the energy is the *free energy*, `p(v) = e^-F(v) / Z`:
//!
//! ```text
//! F(v) = - b·v  (or |v - b|² / 2)  - Σ softplus(c + W v)  (or - Σ (c + W v)² / 2 - n ln √2π)
//! ```
//!
//! The gradient of `- ln p(v)` is that of `F(v)` less its mean under the machine's own distribution. So training records
//!
//! ```text
//! loss = mean F(v_data) - mean F(v_model)
//! ```
//!
//! on a tape, `v_model` being what a chain of Gibbs sampling gives on the same tape, taken as it is; the gradient comes off the
//! tape like any other. Where the chain begins is what methods differ in: at the data (CD-k, Hinton 2002), or where it was after
//! the step before (persistent, Tieleman 2008). See [`ContrastiveDivergence`].
//!
//! Sources: Hinton, "A practical guide to training restricted Boltzmann machines" (2010); Hinton and Salakhutdinov, "Reducing the
//! dimensionality of data with neural networks" (2006); Salakhutdinov and Murray, "On the quantitative analysis of deep belief
//! networks" (2008).

mod annealing;
mod bound;
mod chain;
mod classifier;
mod contrastive;
mod figures;
mod inputs;
mod machine;
mod map;
mod partition;
mod sample;
mod stack;
mod structure;
mod two_way;
mod unrolled;

#[cfg(test)]
mod tests;

pub use ann_spec::layers::Units;
pub use annealing::{Annealing, Estimate};
pub(crate) use bound::Bound;
pub use classifier::Classifier;
pub(crate) use contrastive::OfMachine;
pub use contrastive::{ContrastiveDivergence, Reconstruction};
pub(crate) use figures::{ON as JUDGED, figures};
pub(crate) use inputs::{Inputs, Means, Spread};
pub use machine::Machine;
pub(crate) use map::means_of;
pub use sample::Samples;
pub use structure::{Stage, Structure};
pub use two_way::TwoWay;
pub use unrolled::Unrolled;
