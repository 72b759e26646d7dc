//! Autoencoders
