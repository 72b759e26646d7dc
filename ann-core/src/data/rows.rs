//! Lengths of sequences and weights of examples, refused where they make no sense.

use crate::{Error, Result};

/// Refuses another number of them than there are examples.
pub(crate) fn one_each(what: &str, examples: usize, found: usize) -> Result<()> {
    if examples == found { Ok(()) } else { Err(Error::shape(what, format!("{examples}, one each"), found)) }
}

/// Refuses lengths beyond the steps of an input, of 0, or missing, with the number of the example.
pub(crate) fn check_lengths(input: &[usize], lengths: impl Iterator<Item = Option<usize>>) -> Result<()> {
    let steps = input.first().copied().unwrap_or(0);
    for (number, length) in lengths.enumerate() {
        match length {
            Some(length) if 1 <= length && length <= steps => {}
            found => {
                let found = found.map_or("none".to_owned(), |length| length.to_string());
                let what = format!("the length of sequence {number}");
                return Err(Error::shape(what, format!("1 to {steps}, the steps of an input"), found));
            }
        }
    }
    Ok(())
}

/// Refuses weights below 0, not finite, missing, with the number of the example; and weights that are all 0.
pub(crate) fn check_weights(weights: impl Iterator<Item = Option<f64>>) -> Result<()> {
    let mut sum = 0.0;
    for (number, weight) in weights.enumerate() {
        match weight {
            Some(weight) if 0.0 <= weight && weight.is_finite() => sum += weight,
            found => {
                let found = found.map_or("none".to_owned(), |weight| weight.to_string());
                let what = format!("the weight of example {number}");
                return Err(Error::shape(what, "a finite number, at least 0", found));
            }
        }
    }
    if sum == 0.0 { Err(Error::shape("the weights of the data", "one above 0", "none")) } else { Ok(()) }
}
