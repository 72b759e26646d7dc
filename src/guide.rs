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
/// ## Repetition
///
/// `* 3` stands for three layers alike, one after the other: any layer, with or without a label. Under a label they are called
/// `label_1`, `label_2`, `label_3`, in fields and in the names of parameters; the label itself, behind `<-`, is the last of them. The
/// first takes what stands behind `<-`. A network within, if it is repeated, gives what it takes, and needs no `->`.
///
/// ```
/// use ann::prelude::*;
///
/// network! {
///     /// A residual block for any number of channels and any size.
///     pub struct Block<const C: usize, const S: usize>: [C, S, S] -> [C, S, S] {
///         Conv2d(C, kernel = 3, pad = 1), BatchNorm, Relu,
///         Conv2d(C, kernel = 3, pad = 1), body: BatchNorm,
///         Add <- (body, input), Relu,
///     }
///     pub struct Net: [3, 8, 8] -> [10] {
///         Conv2d(16, kernel = 3, pad = 1), Relu,
///         blocks: Block<16, 8> * 3,
///         GlobalAvgPool2d, Dense(10),
///     }
/// }
///
/// let net = Net::new(0);
/// assert_eq!(net.blocks_2.layout().trainable(), Block::<16, 8>::PARAMETERS);
/// assert!(net.layout().segment("blocks_3.conv2d1.weight").is_some());
/// ```
///
/// ## Heads beside the output
///
/// `Auxiliary(weight = 0.3) <- (trunk, head)` passes the trunk on. While training, the loss of the head, which has the shape of the
/// network's output, is added with that weight; at prediction the head is not computed.
///
/// ```
/// use ann::prelude::*;
///
/// network! {
///     pub struct Deep: [8] -> [3] {
///         Dense(32), middle: Relu,
///         head: Dense(3),
///         Auxiliary(weight = 0.3) <- (middle, head),
///         Dense(32), Relu, Dense(3),
///     }
/// }
/// # Deep::new(0);
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
/// A const generic passes through layers that copy sizes, convolutions and poolings that keep them among these (`stride = 1`,
/// `2 pad = dilation (kernel - 1)`). What is computed from one is declared, and compared where the network is used:
///
/// ```
/// use ann::prelude::*;
///
/// network! {
///     pub struct Half<const C: usize, const S: usize, const T: usize>: [C, S, S] -> [C, T, T] {
///         Conv2d(C, kernel = 3, stride = 2, pad = 1) -> [C, T, T], Relu,
///     }
///     pub struct Net: [8, 14, 14] -> [8, 7, 7] { Half<8, 14, 7> }
/// }
/// # Net::new(0);
/// ```
///
/// All layers with their arguments: [`layers`](crate::layers). Published networks: the crate `ann-zoo`.
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

/// # Sequences
///
/// A sequence is `[t, k]`, steps times features, or `[t]`, a token a step; `_` leaves the number of steps open. `Rnn`, `Lstm` and `Gru`
/// give `[t, n]`, `Last` the last step of that.
///
/// ## Sequences of differing length
///
/// They share a batch by padding, and the data say how long each is. Padding is neither read nor learned from: recurrent layers skip
/// it, `Last` takes the last step before it, a loss with a target at each step leaves it out, and what would mix it in refuses.
///
/// ```
/// use ann::autodiff::STEPS;
/// use ann::data::Classes;
/// use ann::prelude::*;
///
/// network! { struct Tagger: [_, 2] -> [_, 3] { Lstm(8, bidirectional = true), Dense(3) } }
///
/// // Two sequences of up to four steps; the second has two.
/// let x: Examples<Rank2<STEPS, 2>> = Examples::from_vec_with_dims(vec![0.1; 16], &[4, 2])?;
/// let data: InMemory<_, Classes<STEPS, 3>> = InMemory::step_classes(x, &[0, 1, 2, 0, 1, 2, 0, 0])?.with_lengths(&[4, 2])?;
/// let mut net = Tagger::new(1);
/// Trainer::new(CrossEntropy::new(), Adam::new(0.01)).epochs(3).batch(2).fit(&mut net, &data)?;
/// let y = net.predictor()?.predict_with_lengths(&data.inputs, &[4, 2])?;
/// assert_eq!(y.dims(), [4, 3]);
/// # Ok::<(), ann::Error>(())
/// ```
///
/// ## Long sequences, and step by step
///
/// A text too long for one gradient is cut into windows: [`Stream`](crate::data::Stream) lays them out so that each row of a batch
/// goes on where that of the batch before ended, and [`carry_state`](crate::train::Trainer::carry_state) hands on the state
/// (truncated back-propagation through time; Williams and Peng 1990). A predictor that [keeps its
/// state](crate::Predictor::keep_state) takes a step at a time.
///
/// ```
/// use ann::autodiff::STEPS;
/// use ann::data::Stream;
/// use ann::prelude::*;
///
/// network! { struct Next: [_] -> [_, 3] { Embedding(3, 4), Gru(8), Dense(3) } }
///
/// let tokens: Vec<usize> = (0..300).map(|i| i % 3).collect();
/// let mut net = Next::new(1);
/// let trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.02)).epochs(8).batch(2).carry_state();
/// trainer.clip(Clip::Norm(1.0)).fit(&mut net, &Stream::<3>::new(&tokens, 2, 10)?)?;
///
/// let mut predictor = net.predictor()?.keep_state();
/// for token in [0.0, 1.0, 2.0, 0.0] {
///     let y = predictor.predict(&Examples::<Rank1<STEPS>>::from_vec_with_dims(vec![token], &[1])?)?;
///     let likeliest = ann::metric::chosen(&y.to_f64());
///     assert_eq!(likeliest, Some((token as usize + 1) % 3));
/// }
/// # Ok::<(), ann::Error>(())
/// ```
///
/// A cell of your own runs through [`Scan`](crate::layers::Scan).
pub mod sequences {}

/// # Parts of your own
///
/// Activations, layers, losses, regularizers, initializers, optimizers, schedules, metrics, callbacks, datasets, backends and
/// operations are traits that you implement; what comes with the library has no rights that yours lack.
///
/// ```
/// use ann::check::{check_activation, check_layer, check_regularizer};
/// use ann::prelude::*;
/// use ann::regularizer::Regularizer;
/// use ann::{Activation, Cost, Initial, Recorder, Var};
///
/// /// `x / (1 + e^(-beta x))`
/// #[derive(Clone, Debug)]
/// struct Swish {
///     beta: f64,
/// }
///
/// impl Activation for Swish {
///     fn value(&self, x: f64) -> f64 {
///         x / (1.0 + (-self.beta * x).exp())
///     }
///     fn slope(&self, x: f64) -> f64 {
///         let s = 1.0 / (1.0 + (-self.beta * x).exp());
///         s + self.beta * x * s * (1.0 - s)
///     }
/// }
///
/// /// `y = x w`, a weight a feature. Its gradient comes off the tape.
/// #[derive(Clone, Debug, Default)]
/// struct Scale<const N: usize>;
///
/// impl<const N: usize> Layer for Scale<N> {
///     type Input = Rank1<N>;
///     type Output = Rank1<N>;
///
///     fn record<'t>(&self, tape: &Recorder<'t>, x: Var<'t, Rank1<N>>) -> Result<Var<'t, Rank1<N>>> {
///         Ok((x * tape.parameter("weight", &[N], &Initial::constant(1.0))).typed())
///     }
/// }
///
/// impl<const N: usize> Cost for Scale<N> {
///     const PARAMETERS: usize = N;
///     const FLOPS: u64 = N as u64;
/// }
///
/// /// `strength ln(1 + w^2)`
/// #[derive(Clone, Debug)]
/// struct Cauchy(f64);
///
/// impl Regularizer for Cauchy {
///     fn penalty(&self, w: f64) -> f64 {
///         self.0 * (w * w).ln_1p()
///     }
///     fn slope(&self, w: f64) -> f64 {
///         self.0 * 2.0 * w / (1.0 + w * w)
///     }
/// }
///
/// network! {
///     struct Net: [8] -> [3] {
///         scale: Scale<8> -> [8],
///         Dense(30, regularizer = Cauchy(1e-4)), Activation(Swish { beta: 1.5 }),
///         Dense(3),
///     }
/// }
///
/// // A slope by hand may be wrong and train nearly as well: hold each against differences once.
/// check_activation(&Swish { beta: 1.5 })?;
/// check_regularizer(&Cauchy(1e-4))?;
/// check_layer(&Scale::<8>, &[&[8]])?;
/// check_layer(&Net::new(0), &[&[8]])?;
/// # Ok::<(), ann::Error>(())
/// ```
///
/// [`check`](crate::check) has one for losses, too; the example `custom` trains with all of them.
pub mod your_own {}

/// # Holding a network back
///
/// | what | how |
/// |---|---|
/// | L1, L2 (Caffe's weight decay) | `Dense(10, l1 = 1e-5, l2 = 5e-4)` |
/// | elastic net, or a penalty of your own | `Dense(10, regularizer = ElasticNet::new(1e-4, 0.5))` |
/// | a bound on the norm of each unit's weights | `Dense(10, max_norm = 3.0)` |
/// | dropout, on the inputs or between layers | `Dropout(0.2)` |
/// | Gaussian noise, likewise | `GaussianNoise(0.1)` |
/// | normalization | `BatchNorm`, `LayerNorm`, `Lrn(5)`, `Lrn(5, within_channel = true)` |
/// | label smoothing | [`CrossEntropy::label_smoothing`](crate::loss::CrossEntropy::label_smoothing) |
/// | weights of classes | [`CrossEntropy::class_weights`](crate::loss::CrossEntropy::class_weights) |
/// | clipping of the gradient | [`Trainer::clip`](crate::train::Trainer::clip) |
/// | stopping early | [`Trainer::early_stopping`](crate::train::Trainer::early_stopping) |
///
/// Penalties are added to the loss that training reports and to the gradient, not to what evaluations report. `Dense`, both
/// convolutions and the recurrent layers take them; biases are never penalized.
pub mod regularization {}

/// # Denoising and stacked autoencoders
///
/// An autoencoder that has to give back the clean input of a disturbed one learns what inputs look like (Vincent et al. 2010).
/// Noise is a layer, [`GaussianNoise`](crate::layers::GaussianNoise) or, masking, [`Dropout`](crate::layers::Dropout), at the
/// beginning: the target is the input as it was. The decoder's matrix is the encoder's, transposed, by `tied`.
///
/// Stacked: a second one learns to give back what the first makes of the inputs, and so on; then the encoders become the first
/// layers of a deep network, which trains on by back-propagation.
///
/// ```
/// use ann::data::Mnist;
/// use ann::prelude::*;
///
/// network! {
///     struct First: [784] -> [784] { Dropout(0.3), enc: Dense(64), Sigmoid, Dense(784, tied = enc), Sigmoid }
///     struct Second: [64] -> [64] { GaussianNoise(0.1), enc: Dense(32), Sigmoid, Dense(64, tied = enc), Sigmoid }
///     /// The first layer alone, to see what it makes of the inputs.
///     struct Code: [784] -> [64] { enc: Dense(64), Sigmoid }
///     struct Deep: [784] -> [10] { first: Dense(64), Sigmoid, second: Dense(32), Sigmoid, Dense(10) }
/// }
///
/// let digits = Mnist::train("data/mnist")?.take(500).flatten();
/// let mut trainer = Trainer::new(MeanSquaredError, Adam::new(0.003)).epochs(5).batch(25);
///
/// // Layer by layer.
/// let mut first = First::new(1);
/// trainer.fit(&mut first, &digits.clone().reconstruct())?;
/// let mut code = Code::new(0);
/// for name in ["enc.weight", "enc.bias"] {
///     code.set_parameter(name, &first.parameter(name)?)?;
/// }
/// let codes = code.predict(&digits.inputs::<f32>()?)?;
/// let codes: InMemory<Rank1<64>, Values<Rank1<64>>> = InMemory::values(codes.clone(), codes)?;
/// let mut second = Second::new(2);
/// trainer.fit(&mut second, &codes)?;
///
/// // All together.
/// let mut deep = Deep::new(3);
/// for name in ["weight", "bias"] {
///     deep.set_parameter(&format!("first.{name}"), &first.parameter(&format!("enc.{name}"))?)?;
///     deep.set_parameter(&format!("second.{name}"), &second.parameter(&format!("enc.{name}"))?)?;
/// }
/// let mut tuner = Trainer::new(CrossEntropy::new(), Adam::new(0.003)).epochs(8).batch(25).metric(Accuracy::new());
/// tuner.fit(&mut deep, &digits)?;
/// let accuracy = tuner.evaluate(&deep, &Mnist::test("data/mnist")?.take(500).flatten())?.get("accuracy");
/// assert!(accuracy > Some(0.7), "{accuracy:?}");
/// # Ok::<(), ann::Error>(())
/// ```
pub mod autoencoders {}

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
