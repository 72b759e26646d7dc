//! [`Stream`]: a long text for truncated back-propagation through time.

use ann_autodiff::{Rank1, STEPS, Scalar};

use super::dataset::{Classes, Dataset};
use super::examples::{check_place, out_of_range};
use crate::error::require;
use crate::{Error, Result};

/// A long sequence of tokens, each one of `N`, to predict the next from those before.
///
/// It is cut into as many parts as a batch has rows, each part into windows of so many steps; example `i` is window `i / rows` of
/// part `i % rows`. So, in order and in batches of `rows`, each row goes on where that of the batch before ended, as
/// [`carry_state`](crate::train::Trainer::carry_state) wants it; batches of another size are refused there. Tokens at the end that fill no window in every part are left
/// out.
///
/// ```
/// use ann_core::data::{Dataset, Stream};
///
/// let text = Stream::<5>::new(&[0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0], 2, 2)?;
/// let (mut x, mut next) = ([0.0_f32; 2], [0.0_f32; 2]);
/// text.read(3, &mut x, &mut next)?;
/// // The second window of the second part.
/// assert_eq!((text.len(), x, next), (4, [1.0, 2.0], [2.0, 3.0]));
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stream<const N: usize> {
    tokens: Vec<u32>,
    rows: usize,
    steps: usize,
}

impl<const N: usize> Stream<N> {
    /// Of these tokens, for batches of `rows` windows of `steps`.
    ///
    /// # Errors
    /// A token that is not below `N`; too few tokens for one batch.
    pub fn new(tokens: &[usize], rows: usize, steps: usize) -> Result<Self> {
        require(0 < rows, "a stream", "rows", rows, "it must be at least 1")?;
        require(0 < steps, "a stream", "steps", steps, "it must be at least 1")?;
        let one = |(number, token): (usize, &usize)| {
            let found = u32::try_from(*token).ok().filter(|_| *token < N);
            found.ok_or_else(|| Error::Label {
                place: format!("token {number}"),
                found: token.to_string(),
                classes: N,
            })
        };
        let tokens: Vec<u32> = tokens.iter().enumerate().map(one).collect::<Result<_>>()?;
        let stream = Self { tokens, rows, steps };
        if stream.windows() == 0 {
            let expected = format!("more than {rows} times {steps}, a window for each row of a batch");
            return Err(Error::shape("the tokens of a stream", expected, stream.tokens.len()));
        }
        Ok(stream)
    }

    /// Windows of a part. Each also needs the token behind it.
    fn windows(&self) -> usize {
        self.tokens.len().saturating_sub(1) / self.rows / self.steps
    }
}

impl<const N: usize> Dataset for Stream<N> {
    type Input = Rank1<STEPS>;
    type Target = Classes<STEPS, N>;

    fn len(&self) -> usize {
        self.windows() * self.rows
    }

    fn input_dims(&self) -> Vec<usize> {
        vec![self.steps]
    }

    fn target_dims(&self) -> Vec<usize> {
        vec![self.steps]
    }

    fn rows_that_go_on(&self) -> Option<usize> {
        Some(self.rows)
    }

    fn read<T: Scalar>(&self, index: usize, input: &mut [T], target: &mut [T]) -> Result<()> {
        if self.len() <= index {
            return Err(out_of_range(index, self.len()));
        }
        check_place(self.steps, input.len())?;
        check_place(self.steps, target.len())?;
        let (window, part) = (index / self.rows, index % self.rows);
        let start = (part * self.windows() + window) * self.steps;
        let tokens = &self.tokens[start..=start + self.steps];
        for ((x, t), pair) in input.iter_mut().zip(target).zip(tokens.windows(2)) {
            (*x, *t) = (T::from_f64(f64::from(pair[0])), T::from_f64(f64::from(pair[1])));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_goes_on_where_it_ended() {
        let tokens: Vec<usize> = (0..103).map(|i| i % 7).collect();
        let stream = Stream::<7>::new(&tokens, 4, 5).unwrap();
        assert_eq!(stream.len(), 20);
        let (mut x, mut next) = ([0.0_f64; 5], [0.0_f64; 5]);
        for row in 0..4 {
            let mut read = Vec::new();
            for batch in 0..5 {
                stream.read(4 * batch + row, &mut x, &mut next).unwrap();
                assert_eq!(x[1..], next[..4]);
                read.extend(x);
            }
            let start = 25 * row;
            assert!(read.iter().zip(&tokens[start..]).all(|(x, token)| *x == *token as f64));
        }
    }

    #[test]
    fn tokens_past_the_vocabulary_and_too_few_of_them_are_refused() {
        let error = Stream::<3>::new(&[0, 1, 3, 0], 1, 2).unwrap_err();
        assert_eq!(error.to_string(), "token 2: label 3 is not one of the 3 classes (0 to 2)");
        let error = Stream::<3>::new(&[0; 8], 2, 4).unwrap_err();
        assert!(error.to_string().contains("more than 2 times 4"), "{error}");
        assert!(Stream::<3>::new(&[0; 9], 2, 4).is_ok());
        assert!(Stream::<3>::new(&[0; 9], 0, 4).is_err() && Stream::<3>::new(&[0; 9], 2, 0).is_err());
    }
}
