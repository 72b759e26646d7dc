//! # Training
//!
//! A [`Trainer`](crate::train::Trainer) has a loss, an optimizer, and settings. What does not fit does not compile: the data
//! have to be of the network's input shape, the loss has to take its output, the labels have to be what the loss compares with.
//!
//! ```
//! use ann::data::Examples;
//! use ann::prelude::*;
//!
//! network! { struct Xor: [2] -> [2] { Dense(8), Tanh, Dense(2) } }
//!
//! let x = Examples::from_vec(vec![0.0_f32, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])?;
//! let data: InMemory<Rank1<2>, Class<2>, f32> = InMemory::classes(x, &[0, 1, 1, 0])?;
//! let mut net = Xor::new(1);
//! let mut trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.05)).epochs(200).batch(4).metric(Accuracy::new());
//! let history = trainer.fit(&mut net, &data)?;
//! assert_eq!(trainer.evaluate(&net, &data)?.get("accuracy"), Some(1.0));
//! assert!(history.epochs()[199].loss < history.epochs()[0].loss);
//! # Ok::<(), ann::Error>(())
//! ```
//!
//! The same seed gives the same bits, on any number of threads. With [`checkpoint`](crate::train::Trainer::checkpoint) and
//! [`resume`](crate::train::Trainer::resume) a run that was killed goes on to the bits it would have ended with.
