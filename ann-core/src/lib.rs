//! Layers, training, data and saving.
#![forbid(unsafe_code)]
