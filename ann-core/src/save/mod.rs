//! Files: weights as safetensors, and the state of a run beside them.
//!
//! Every file is written to a temporary one in the same folder, synced and renamed: what was there before is either whole or
//! replaced whole, whatever happens.
//!
//! A checkpoint is two files:
//!
//! - `lenet.safetensors`: the weights alone, under names like `conv1.weight`. [`Network::load`](crate::Network::load) and every other program
//!   that knows the format read it.
//! - `lenet.safetensors.state`: everything that a run goes on from: the weights once more, the optimizer's vectors, and the place
//!   in the run as JSON. Only this file is read when a run is resumed, and it is written first. So there is no moment at
//!   which weights of one step could be taken together with the state of another, and none at which a run could not go on.

pub(crate) mod atomic;
mod bytes;
mod network;
pub(crate) mod state;
mod tensors;

pub(crate) use network::{read_network, write as write_weights, write_network};
pub use tensors::{Tensor, read_tensors, write_tensors};
