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
//! Where products are most of the work, [`matmul_precision`](crate::train::Trainer::matmul_precision) makes a step of `f32` shorter: their operands
//! are rounded to `bf16`, which recent processors multiply twice as fast. Parameters, gradients, sums and the update stay in `f32`.
//!
//! ```
//! use ann::MatmulPrecision;
//! use ann::prelude::*;
//!
//! let mut trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.001)).batch(4).matmul_precision(MatmulPrecision::Bf16);
//! # network! { struct Net: [20] -> [2] { Dense(20), Relu, Dense(2) } }
//! # let x = ann::data::Examples::from_vec((0..80).map(|i| (i % 7) as f32).collect::<Vec<_>>())?;
//! # let data: InMemory<Rank1<20>, Class<2>, f32> = InMemory::classes(x, &[0, 1, 1, 0])?;
//! let mut net = Net::new(1);
//! trainer.fit(&mut net, &data)?;
//! // `f64` has products of its own only.
//! let mut net = Net::builder().precision(ann::Dtype::F64).build();
//! let error = trainer.fit(&mut net, &data).unwrap_err();
//! assert!(error.to_string().contains("has no plans of F64"), "{error}");
//! # Ok::<(), ann::Error>(())
//! ```
//!
//! The same seed gives the same bits, on any number of threads. With [`checkpoint`](crate::train::Trainer::checkpoint) and
//! [`resume`](crate::train::Trainer::resume) a run that was killed goes on to the bits it would have ended with.
