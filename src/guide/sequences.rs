//! # Sequences
//!
//! A sequence is `[t, k]`, steps times features, or `[t]`, a token a step; `_` leaves the number of steps open. `Rnn`, `Lstm` and `Gru`
//! give `[t, n]`, `Last` the last step of that.
//!
//! ## Sequences of differing length
//!
//! They share a batch by padding, and the data say how long each is. Padding is neither read nor learned from: recurrent layers skip
//! it, `Last` takes the last step before it, a loss with a target at each step leaves it out, and what would mix it in refuses.
//!
//! ```
//! use ann::autodiff::STEPS;
//! use ann::data::Classes;
//! use ann::prelude::*;
//!
//! network! { struct Tagger: [_, 2] -> [_, 3] { Lstm(8, bidirectional = true), Dense(3) } }
//!
//! // Two sequences of up to four steps; the second has two.
//! let x: Examples<Rank2<STEPS, 2>> = Examples::from_vec_with_dims(vec![0.1; 16], &[4, 2])?;
//! let data: InMemory<_, Classes<STEPS, 3>> = InMemory::step_classes(x, &[0, 1, 2, 0, 1, 2, 0, 0])?.with_lengths(&[4, 2])?;
//! let mut net = Tagger::new(1);
//! Trainer::new(CrossEntropy::new(), Adam::new(0.01)).epochs(3).batch(2).fit(&mut net, &data)?;
//! let y = net.predictor()?.predict_with_lengths(&data.inputs, &[4, 2])?;
//! assert_eq!(y.dims(), [4, 3]);
//! # Ok::<(), ann::Error>(())
//! ```
//!
//! ## Long sequences, and step by step
//!
//! A text too long for one gradient is cut into windows: [`Stream`](crate::data::Stream) lays them out so that each row of a batch
//! goes on where that of the batch before ended, and [`carry_state`](crate::train::Trainer::carry_state) hands on the state
//! (truncated back-propagation through time; Williams and Peng 1990). A predictor that [keeps its
//! state](crate::Predictor::keep_state) takes a step at a time.
//!
//! ```
//! use ann::autodiff::STEPS;
//! use ann::data::Stream;
//! use ann::prelude::*;
//!
//! network! { struct Next: [_] -> [_, 3] { Embedding(3, 4), Gru(8), Dense(3) } }
//!
//! let tokens: Vec<usize> = (0..300).map(|i| i % 3).collect();
//! let mut net = Next::new(1);
//! let trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.02)).epochs(8).batch(2).carry_state();
//! trainer.clip(Clip::Norm(1.0)).fit(&mut net, &Stream::<3>::new(&tokens, 2, 10)?)?;
//!
//! let mut predictor = net.predictor()?.keep_state();
//! for token in [0.0, 1.0, 2.0, 0.0] {
//!     let y = predictor.predict(&Examples::<Rank1<STEPS>>::from_vec_with_dims(vec![token], &[1])?)?;
//!     let likeliest = ann::metric::chosen(&y.to_f64());
//!     assert_eq!(likeliest, Some((token as usize + 1) % 3));
//! }
//! # Ok::<(), ann::Error>(())
//! ```
//!
//! A cell of your own runs through [`Scan`](crate::layers::Scan).
