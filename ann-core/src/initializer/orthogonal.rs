//! Orthonormal weights (Saxe, McClelland, Ganguli: "Exact solutions to the nonlinear dynamics of learning in deep linear
//! neural networks", 2013).

use ann_autodiff::random::Random;

use super::Initializer;
use crate::error::require;
use crate::optimizer::dot;
use crate::{Error, Result};

/// A random orthogonal matrix times a gain: the rows are orthonormal where there are no more of them than columns, else
/// the columns are.
///
/// A weight of more axes, `[n, c, h, w]`, is taken as the matrix `[n, c * h * w]`. Every orthogonal matrix is as likely
/// as any other (Haar measure), for Gram and Schmidt's process on normal vectors leaves them so.
///
/// The work grows with `rows * columns * min(rows, columns)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Orthogonal {
    gain: f64,
}

impl Orthogonal {
    /// With gain 1: what a layer puts out is no longer and no shorter than what it takes in.
    pub const fn new() -> Self {
        Self { gain: 1.0 }
    }

    /// What every element is multiplied by, `sqrt(2)` for `Relu`. It must be finite.
    #[must_use]
    pub const fn gain(self, gain: f64) -> Self {
        Self { gain }
    }
}

impl Default for Orthogonal {
    fn default() -> Self {
        Self::new()
    }
}

impl Initializer for Orthogonal {
    fn fill(&self, shape: &[usize], random: Random, values: &mut [f64]) -> Result<()> {
        require(self.gain.is_finite(), "Orthogonal", "gain", self.gain, "it must be finite")?;
        let [rows, columns @ ..] = shape else { return Err(no_matrix(shape)) };
        if columns.is_empty() {
            return Err(no_matrix(shape));
        }
        let (rows, columns) = (*rows, columns.iter().product::<usize>());
        if rows * columns == 0 {
            return Ok(());
        }
        if rows <= columns {
            orthonormalize(columns, random, values);
        } else {
            let mut transposed = vec![0.0; values.len()];
            orthonormalize(rows, random, &mut transposed);
            for (row, weights) in values.chunks_exact_mut(columns).enumerate() {
                for (column, w) in weights.iter_mut().enumerate() {
                    *w = transposed[column * rows + row];
                }
            }
        }
        for w in values {
            *w *= self.gain;
        }
        Ok(())
    }
}

fn no_matrix(shape: &[usize]) -> Error {
    Error::shape(
        "Orthogonal",
        "a weight of two axes or more",
        format_args!("{shape:?}; give a bias a number"),
    )
}

/// Fills `vectors` with orthonormal ones of this length, no more of them than they are long.
fn orthonormalize(length: usize, random: Random, vectors: &mut [f64]) {
    for start in (0..vectors.len()).step_by(length) {
        let (done, rest) = vectors.split_at_mut(start);
        let vector = &mut rest[..length];
        let mut attempt = random;
        loop {
            for (i, v) in vector.iter_mut().enumerate() {
                *v = attempt.normal((start + i) as u64);
            }
            let drawn = dot(vector, vector).sqrt();
            // Once leaves an error that grows with the condition of the vectors, twice is enough (Giraud et al. 2005).
            for _ in 0..2 {
                for other in done.chunks_exact(length) {
                    let share = dot(other, vector);
                    for (v, o) in vector.iter_mut().zip(other) {
                        *v -= share * o;
                    }
                }
            }
            let left = dot(vector, vector).sqrt();
            if 1e-8 * drawn < left {
                for v in vector.iter_mut() {
                    *v /= left;
                }
                break;
            }
            // It lay among the others, which next to never happens; what is left of it is rounding error.
            attempt = attempt.child(start as u64);
        }
    }
}
