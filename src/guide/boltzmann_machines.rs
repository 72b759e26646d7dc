//! # Boltzmann machines and belief nets
//!
//! A network with `<->` runs both ways: from data to features and back. It is made of restricted Boltzmann machines, one or several, each
//! on the hidden units of the one before, and learns without targets, by contrastive divergence. The energy and what follows from it:
//! [`boltzmann`](crate::boltzmann).
//!
//! ```
//! use ann::prelude::*;
//!
//! network! {
//!     /// One machine: 9 pixels, 4 features.
//!     pub struct Bars: [9] <-> [4] { Rbm(4, k = 5, init = Gaussian::new(0.0, 0.1)) }
//! }
//!
//! // Pictures of 3 x 3 with one row set.
//! let rows: Vec<[f32; 9]> = (0..3).map(|row| std::array::from_fn(|i| if i / 3 == row { 1.0 } else { 0.0 })).collect();
//! let x = Examples::from_rows(&rows)?;
//! // Targets are left aside; these are all of one class.
//! let data: InMemory<Rank1<9>, Class<1>> = InMemory::classes(x.clone(), &[0; 3])?;
//!
//! let mut net = Bars::new(1);
//! let mut trainer = Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1).momentum(0.5)).epochs(1000).batch(3);
//! let histories = trainer.pretrain(&mut net, &data)?;
//! assert!(histories[0].last().and_then(|epoch| epoch.get("pseudo_likelihood")).is_some());
//!
//! // A machine with its numbers answers questions about its distribution.
//! let machine = net.machine("rbm1")?;
//! let log_likelihood = machine.log_likelihood(&x, machine.log_partition()?)?;
//! assert!(9.0 * 0.5_f64.ln() + 2.0 < log_likelihood, "better than nine coins: {log_likelihood}");
//! let samples = machine.sample(10, 100, 7)?;
//! assert_eq!(samples.visible.len(), 90);
//! # Ok::<(), ann::Error>(())
//! ```
//!
//! A machine too large to enumerate has its partition function estimated by [`Annealing`](crate::boltzmann::Annealing).
//!
//! ## Belief nets
//!
//! Several machines are trained one after the other, each by settings of its own if
//! [`pretrain_each`](crate::train::Trainer::pretrain_each) says so. What they have learned is a good place to begin for back-propagation
//! (Hinton and Salakhutdinov 2006): unrolled, the net is an autoencoder; with a head on top, a classifier. Both are networks like any
//! other.
//!
//! ```
//! use ann::boltzmann::Structure;
//! use ann::prelude::*;
//!
//! network! {
//!     pub struct Dbn: [9] <-> [2] { Rbm(6), Rbm(2, hidden = Gaussian) }
//! }
//!
//! let rows: Vec<[f32; 9]> = (0..3).map(|row| std::array::from_fn(|i| if i / 3 == row { 1.0 } else { 0.0 })).collect();
//! let x = Examples::from_rows(&rows)?;
//! let data: InMemory<Rank1<9>, Class<3>> = InMemory::classes(x.clone(), &[0, 1, 2])?;
//!
//! let mut dbn = Dbn::new(1);
//! Trainer::pretrain_each(&mut dbn, &data, |machine: &Structure| {
//!     // Gaussian units want a smaller rate.
//!     let rate = if machine.is_gaussian() { 0.01 } else { 0.1 };
//!     Trainer::new(ContrastiveDivergence::new(), Sgd::new(rate)).epochs(50).batch(3)
//! })?;
//!
//! let mut autoencoder = dbn.unroll();
//! let itself: InMemory<Rank1<9>, Values<Rank1<9>>> = InMemory::values(x.clone(), x)?;
//! Trainer::new(MeanSquaredError, Adam::new(0.01)).epochs(20).batch(3).fit(&mut autoencoder, &itself)?;
//!
//! let mut classifier = dbn.into_classifier::<3>();
//! Trainer::new(CrossEntropy::new(), Adam::new(0.01)).epochs(20).batch(3).fit(&mut classifier, &data)?;
//! # Ok::<(), ann::Error>(())
//! ```
