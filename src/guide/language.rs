//! # The language of networks
//!
//! A network reads like a function: a name, a signature `input -> output`, and layers in the order in which data pass them.
//!
//! ```
//! use ann::prelude::*;
//!
//! network! {
//!     /// Four numbers of an iris to its species.
//!     pub struct Iris: [4] -> [3] { Dense(5), Sigmoid, hidden: Dense(4), Sigmoid, Dense(3) }
//! }
//!
//! let net = Iris::new(0);
//! assert_eq!(Iris::PARAMETERS, 5 * 5 + 6 * 4 + 5 * 3);
//! assert_eq!(net.layout().segments()[2].name, "hidden.weight");
//! ```
//!
//! A label becomes a field and the prefix of the parameters' names. Layers without one are called by their kind and number.
//!
//! ## Graphs
//!
//! A layer takes the output of the one before it; `<-` takes others. `input` is the network's own input.
//!
//! ```
//! use ann::prelude::*;
//!
//! network! {
//!     /// Two convolutions and the way around them.
//!     pub struct Block: [8, 6, 6] -> [8, 6, 6] {
//!         Conv2d(8, kernel = 3, pad = 1), BatchNorm, Relu,
//!         Conv2d(8, kernel = 3, pad = 1), body: BatchNorm,
//!         Add <- (body, input), Relu,
//!     }
//! }
//! # Block::new(0);
//! ```
//!
//! ## Repetition
//!
//! `* 3` stands for three layers alike, one after the other: any layer, with or without a label. Under a label they are called
//! `label_1`, `label_2`, `label_3`, in fields and in the names of parameters; the label itself, behind `<-`, is the last of them. The
//! first takes what stands behind `<-`. A network within, if it is repeated, gives what it takes, and needs no `->`.
//!
//! ```
//! use ann::prelude::*;
//!
//! network! {
//!     /// A residual block for any number of channels and any size.
//!     pub struct Block<const C: usize, const S: usize>: [C, S, S] -> [C, S, S] {
//!         Conv2d(C, kernel = 3, pad = 1), BatchNorm, Relu,
//!         Conv2d(C, kernel = 3, pad = 1), body: BatchNorm,
//!         Add <- (body, input), Relu,
//!     }
//!     pub struct Net: [3, 8, 8] -> [10] {
//!         Conv2d(16, kernel = 3, pad = 1), Relu,
//!         blocks: Block<16, 8> * 3,
//!         GlobalAvgPool2d, Dense(10),
//!     }
//! }
//!
//! let net = Net::new(0);
//! assert_eq!(net.blocks_2.layout().trainable(), Block::<16, 8>::PARAMETERS);
//! assert!(net.layout().segment("blocks_3.conv2d1.weight").is_some());
//! ```
//!
//! ## Heads beside the output
//!
//! `Auxiliary(weight = 0.3) <- (trunk, head)` passes the trunk on. While training, the loss of the head, which has the shape of the
//! network's output, is added with that weight; at prediction the head is not computed. Heads of a network within another are left
//! out.
//!
//! ```
//! use ann::prelude::*;
//!
//! network! {
//!     pub struct Deep: [8] -> [3] {
//!         Dense(32), middle: Relu,
//!         head: Dense(3),
//!         Auxiliary(weight = 0.3) <- (middle, head),
//!         Dense(32), Relu, Dense(3),
//!     }
//! }
//! # Deep::new(0);
//! ```
//!
//! ## Networks within networks
//!
//! ```
//! use ann::prelude::*;
//!
//! network! {
//!     pub struct Encoder: [784] -> [30] { Dense(100), Relu, Dense(30) }
//!     pub struct Decoder: [30] -> [784] { Dense(100), Relu, Dense(784), Sigmoid }
//!     pub struct Autoencoder: [784] -> [784] { encoder: Encoder -> [30], decoder: Decoder -> [784] }
//! }
//!
//! let net = Autoencoder::new(0);
//! // The part is a network of its own and shares the whole's parameters.
//! assert_eq!(net.encoder.parameter("dense1.bias")?, net.parameter("encoder.dense1.bias")?);
//! # Ok::<(), ann::Error>(())
//! ```
//!
//! ## Sizes
//!
//! A size is an integer, a constant, or a const generic of the network:
//!
//! ```
//! use ann::prelude::*;
//!
//! const HIDDEN: usize = 32;
//!
//! network! {
//!     pub struct Fixed: [784] -> [10] { Dense(HIDDEN), Relu, Dense(10) }
//!     pub struct Mlp<const H: usize>: [784] -> [10] { Dense(H), Relu, Dense(10) }
//! }
//!
//! assert_eq!(Fixed::PARAMETERS, Mlp::<32>::PARAMETERS);
//! ```
//!
//! A const generic passes through layers that copy sizes, convolutions and poolings that keep them among these (`stride = 1`,
//! `2 pad = dilation (kernel - 1)`). What is computed from one is declared, and compared where the network is used:
//!
//! ```
//! use ann::prelude::*;
//!
//! network! {
//!     pub struct Half<const C: usize, const S: usize, const T: usize>: [C, S, S] -> [C, T, T] {
//!         Conv2d(C, kernel = 3, stride = 2, pad = 1) -> [C, T, T], Relu,
//!     }
//!     pub struct Net: [8, 14, 14] -> [8, 7, 7] { Half<8, 14, 7> }
//! }
//! # Net::new(0);
//! ```
//!
//! All layers with their arguments: [`layers`](crate::layers). Published networks: the crate `ann-zoo`.
