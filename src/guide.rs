//! The guide: each chapter is a module whose documentation is the text. Every block of code is compiled and run by the tests.

/// # The language of networks
///
/// A network reads like a function: a name, a signature `input -> output`, and layers in the order in which data pass them.
///
/// ```
/// use ann::prelude::*;
///
/// network! {
///     /// Four numbers of an iris to its species.
///     pub struct Iris: [4] -> [3] { Dense(5), Sigmoid, hidden: Dense(4), Sigmoid, Dense(3) }
/// }
///
/// let net = Iris::new(0);
/// assert_eq!(Iris::PARAMETERS, 5 * 5 + 6 * 4 + 5 * 3);
/// assert_eq!(net.layout().segments()[2].name, "hidden.weight");
/// ```
///
/// A label becomes a field and the prefix of the parameters' names. Layers without one are called by their kind and number.
///
/// ## Graphs
///
/// A layer takes the output of the one before it; `<-` takes others. `input` is the network's own input.
///
/// ```
/// use ann::prelude::*;
///
/// network! {
///     /// Two convolutions and the way around them.
///     pub struct Block: [8, 6, 6] -> [8, 6, 6] {
///         Conv2d(8, kernel = 3, pad = 1), BatchNorm, Relu,
///         Conv2d(8, kernel = 3, pad = 1), body: BatchNorm,
///         Add <- (body, input), Relu,
///     }
/// }
/// # Block::new(0);
/// ```
///
/// ## Networks within networks
///
/// ```
/// use ann::prelude::*;
///
/// network! {
///     pub struct Encoder: [784] -> [30] { Dense(100), Relu, Dense(30) }
///     pub struct Decoder: [30] -> [784] { Dense(100), Relu, Dense(784), Sigmoid }
///     pub struct Autoencoder: [784] -> [784] { encoder: Encoder -> [30], decoder: Decoder -> [784] }
/// }
///
/// let net = Autoencoder::new(0);
/// // The part is a network of its own and shares the whole's parameters.
/// assert_eq!(net.encoder.parameter("dense1.bias")?, net.parameter("encoder.dense1.bias")?);
/// # Ok::<(), ann::Error>(())
/// ```
///
/// ## Sizes
///
/// A size is an integer, a constant, or a const generic of the network:
///
/// ```
/// use ann::prelude::*;
///
/// const HIDDEN: usize = 32;
///
/// network! {
///     pub struct Fixed: [784] -> [10] { Dense(HIDDEN), Relu, Dense(10) }
///     pub struct Mlp<const H: usize>: [784] -> [10] { Dense(H), Relu, Dense(10) }
/// }
///
/// assert_eq!(Fixed::PARAMETERS, Mlp::<32>::PARAMETERS);
/// ```
///
/// All layers with their arguments: [`layers`](crate::layers).
pub mod language {}

/// # Training
///
/// A [`Trainer`](crate::train::Trainer) has a loss, an optimizer, and settings. What does not fit does not compile: the data
/// have to be of the network's input shape, the loss has to take its output, the labels have to be what the loss compares with.
///
/// ```
/// use ann::data::Examples;
/// use ann::prelude::*;
///
/// network! { struct Xor: [2] -> [2] { Dense(8), Tanh, Dense(2) } }
///
/// let x = Examples::from_vec(vec![0.0_f32, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])?;
/// let data: InMemory<Rank1<2>, Class<2>, f32> = InMemory::classes(x, &[0, 1, 1, 0])?;
/// let mut net = Xor::new(1);
/// let mut trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.05)).epochs(200).batch(4).metric(Accuracy::new());
/// let history = trainer.fit(&mut net, &data)?;
/// assert_eq!(trainer.evaluate(&net, &data)?.get("accuracy"), Some(1.0));
/// assert!(history.epochs()[199].loss < history.epochs()[0].loss);
/// # Ok::<(), ann::Error>(())
/// ```
///
/// The same seed gives the same bits, on any number of threads. With [`checkpoint`](crate::train::Trainer::checkpoint) and
/// [`resume`](crate::train::Trainer::resume) a run that was killed goes on to the bits it would have ended with.
pub mod training {}

/// # Autodiff without networks
///
/// ```
/// use ann::autodiff::{check_gradient, value_and_grad};
///
/// let (value, gradient) = value_and_grad(|_, x| (x * x).sum(), &[1.0, 2.0])?;
/// assert_eq!((value, gradient), (5.0, vec![2.0, 4.0]));
///
/// check_gradient(|_, x| (x[0] * x[1]).tanh().sum(), &[(&[2], &[0.3, -1.0]), (&[2], &[2.0, 0.1])])?;
/// # Ok::<(), ann::Error>(())
/// ```
pub mod tape {}
