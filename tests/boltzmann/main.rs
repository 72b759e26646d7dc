//! Boltzmann machines and deep belief nets: held to enumeration, to formulas computed by hand, to themselves after an interruption.
#![allow(clippy::unwrap_used, reason = "a test")]

mod bad_input;
mod distribution;
mod fine_tuning;
mod oracle;
mod training;
