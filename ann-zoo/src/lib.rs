//! Published convolutional networks, each a [`network!`](ann::network) of a page, with the number of its parameters held to the
//! published one while this crate compiles.
//!
//! | network | input | parameters | paper |
//! |---|---|---|---|
//! | [`LeNet`] | `[1, 28, 28]` | 431 080 | LeCun et al. 1998 |
//! | [`AlexNet`] | `[3, 227, 227]` | 60 965 224 | Krizhevsky et al. 2012 |
//! | [`CaffeNet`] | `[3, 227, 227]` | 60 965 224 | Jia et al. 2014 |
//! | [`Vgg16`] | `[3, 224, 224]` | 138 357 544 | Simonyan and Zisserman 2015 |
//! | [`GoogLeNet`] | `[3, 224, 224]` | 13 378 280 | Szegedy et al. 2015 |
//! | [`ResNet18`] | `[3, 224, 224]` | 11 689 512 | He et al. 2016 |
//! | [`ResNet50`] | `[3, 224, 224]` | 25 557 032 | He et al. 2016 |
//! | [`SqueezeNet`] | `[3, 227, 227]` | 1 235 496 | Iandola et al. 2016 |
//! | [`MobileNet`] | `[3, 224, 224]` | 4 231 976 | Howard et al. 2017 |
//!
//! Outputs are logits: the losses take them as they are. Weights are drawn by a seed; there are none to download.
//!
//! ```
//! use ann::prelude::*;
//! use ann_zoo::LeNet;
//!
//! let net = LeNet::new(0);
//! let digit = Examples::from_vec(vec![0.0_f32; 28 * 28])?;
//! assert_eq!(net.predict(&digit)?.as_slice().len(), 10);
//! # Ok::<(), ann::Error>(())
//! ```
#![forbid(unsafe_code)]

mod alexnet;
mod caffenet;
mod googlenet;
mod lenet;
mod mobilenet;
mod resnet;
mod squeezenet;
mod vgg16;

pub use alexnet::AlexNet;
pub use caffenet::CaffeNet;
pub use googlenet::{GoogLeNet, Head, Inception};
pub use lenet::LeNet;
pub use mobilenet::{MobileNet, Separable};
pub use resnet::{Basic, BasicDown, Bottleneck, BottleneckDown, ResNet18, ResNet50};
pub use squeezenet::{Fire, SqueezeNet};
pub use vgg16::Vgg16;
