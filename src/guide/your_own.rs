//! # Parts of your own
//!
//! Activations, layers, losses, regularizers, initializers, optimizers, schedules, metrics, callbacks, datasets, backends and
//! operations are traits that you implement; what comes with the library has no rights that yours lack.
//!
//! ```
//! use ann::check::{check_activation, check_layer, check_regularizer};
//! use ann::prelude::*;
//! use ann::regularizer::Regularizer;
//! use ann::{Activation, Cost, Initial, Recorder, Var};
//!
//! /// `x / (1 + e^(-beta x))`
//! #[derive(Clone, Debug)]
//! struct Swish {
//!     beta: f64,
//! }
//!
//! impl Activation for Swish {
//!     fn value(&self, x: f64) -> f64 {
//!         x / (1.0 + (-self.beta * x).exp())
//!     }
//!     fn slope(&self, x: f64) -> f64 {
//!         let s = 1.0 / (1.0 + (-self.beta * x).exp());
//!         s + self.beta * x * s * (1.0 - s)
//!     }
//! }
//!
//! /// `y = x w`, a weight a feature. Its gradient comes off the tape.
//! #[derive(Clone, Debug, Default)]
//! struct Scale<const N: usize>;
//!
//! impl<const N: usize> Layer for Scale<N> {
//!     type Input = Rank1<N>;
//!     type Output = Rank1<N>;
//!
//!     fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<N>>) -> Result<Var<'t, Rank1<N>>> {
//!         Ok((x * tape.parameter("weight", &[N], &Initial::constant(1.0))).typed())
//!     }
//! }
//!
//! impl<const N: usize> Cost for Scale<N> {
//!     const PARAMETERS: usize = N;
//!     const FLOPS: u64 = N as u64;
//! }
//!
//! /// `strength ln(1 + w^2)`
//! #[derive(Clone, Debug)]
//! struct Cauchy(f64);
//!
//! impl Regularizer for Cauchy {
//!     fn penalty(&self, w: f64) -> f64 {
//!         self.0 * (w * w).ln_1p()
//!     }
//!     fn slope(&self, w: f64) -> f64 {
//!         self.0 * 2.0 * w / (1.0 + w * w)
//!     }
//! }
//!
//! network! {
//!     struct Net: [8] -> [3] {
//!         scale: Scale<8> -> [8],
//!         Dense(30, regularizer = Cauchy(1e-4)), Activation(Swish { beta: 1.5 }),
//!         Dense(3),
//!     }
//! }
//!
//! // A slope by hand may be wrong and train nearly as well: hold each against differences once.
//! check_activation(&Swish { beta: 1.5 })?;
//! check_regularizer(&Cauchy(1e-4))?;
//! check_layer(&Scale::<8>, &[&[8]])?;
//! check_layer(&Net::new(0), &[&[8]])?;
//! # Ok::<(), ann::Error>(())
//! ```
//!
//! A layer, or a [`Cell`](crate::layers::Cell), may hold networks without weights, `#[derive(Default)] struct Mine { gate: Gate }`, and
//! record them: `tape.layer("gate", &self.gate, x)`. Their parameters lie in the network around it, as `mine.gate.dense1.weight`.
//!
//! [`check`](crate::check) has one for losses, too; the example `custom` trains with all of them.
