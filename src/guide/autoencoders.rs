//! # Denoising and stacked autoencoders
//!
//! An autoencoder that has to give back the clean input of a disturbed one learns what inputs look like (Vincent et al. 2010).
//! Noise is a layer, [`GaussianNoise`](crate::layers::GaussianNoise) or, masking, [`Dropout`](crate::layers::Dropout), at the
//! beginning: the target is the input as it was. The decoder's matrix is the encoder's, transposed, by `tied`.
//!
//! Stacked: a second one learns to give back what the first makes of the inputs, and so on; then the encoders become the first
//! layers of a deep network, which trains on by back-propagation.
//!
//! ```
//! use ann::data::Mnist;
//! use ann::prelude::*;
//!
//! network! {
//!     struct First: [784] -> [784] { Dropout(0.3), enc: Dense(64), Sigmoid, Dense(784, tied = enc), Sigmoid }
//!     struct Second: [64] -> [64] { GaussianNoise(0.1), enc: Dense(32), Sigmoid, Dense(64, tied = enc), Sigmoid }
//!     /// The first layer alone, to see what it makes of the inputs.
//!     struct Code: [784] -> [64] { enc: Dense(64), Sigmoid }
//!     struct Deep: [784] -> [10] { first: Dense(64), Sigmoid, second: Dense(32), Sigmoid, Dense(10) }
//! }
//!
//! let digits = Mnist::train("data/mnist")?.take(500).flatten();
//! let mut trainer = Trainer::new(MeanSquaredError, Adam::new(0.003)).epochs(5).batch(25);
//!
//! // Layer by layer.
//! let mut first = First::new(1);
//! trainer.fit(&mut first, &digits.clone().reconstruct())?;
//! let mut code = Code::new(0);
//! for name in ["enc.weight", "enc.bias"] {
//!     code.set_parameter(name, &first.parameter(name)?)?;
//! }
//! let codes = code.predict(&digits.inputs::<f32>()?)?;
//! let codes: InMemory<Rank1<64>, Values<Rank1<64>>> = InMemory::values(codes.clone(), codes)?;
//! let mut second = Second::new(2);
//! trainer.fit(&mut second, &codes)?;
//!
//! // All together.
//! let mut deep = Deep::new(3);
//! for name in ["weight", "bias"] {
//!     deep.set_parameter(&format!("first.{name}"), &first.parameter(&format!("enc.{name}"))?)?;
//!     deep.set_parameter(&format!("second.{name}"), &second.parameter(&format!("enc.{name}"))?)?;
//! }
//! let mut tuner = Trainer::new(CrossEntropy::new(), Adam::new(0.003)).epochs(8).batch(25).metric(Accuracy::new());
//! tuner.fit(&mut deep, &digits)?;
//! let accuracy = tuner.evaluate(&deep, &Mnist::test("data/mnist")?.take(500).flatten())?.get("accuracy");
//! assert!(accuracy > Some(0.7), "{accuracy:?}");
//! # Ok::<(), ann::Error>(())
//! ```
