//! The guide: each chapter is a module whose documentation is the text. Every block of code is compiled and run by the tests.

pub mod autoencoders;
pub mod boltzmann_machines;
pub mod language;
pub mod regularization;
pub mod sequences;
pub mod tape;
pub mod training;
pub mod your_own;
