//! [`Lines`]: numbers that begin where a line of the cache does.

use std::ops::{Deref, DerefMut};

use crate::{Error, Scalar, zeros};

/// The bytes of a line: a vector register that lies across two of them takes two accesses.
const LINE: usize = 64;

/// A vector of fixed length.
#[derive(Debug)]
pub(super) struct Lines<T> {
    numbers: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Scalar> Lines<T> {
    /// How many numbers a line has.
    pub(super) const NUMBERS: usize = LINE / size_of::<T>();

    /// All zero.
    pub(super) fn zeros(len: usize) -> Result<Self, Error> {
        let error = || Error::Memory { numbers: len };
        let all = len.checked_add(Self::NUMBERS).ok_or_else(error)?;
        // Asked for first, as `vec!` would end the process.
        Vec::<T>::new().try_reserve_exact(all).map_err(|_| error())?;
        let numbers = zeros::<T>(all);
        // It need not be possible, as under an interpreter.
        let start = numbers.as_ptr().align_offset(LINE).min(Self::NUMBERS);
        Ok(Self { numbers, start, len })
    }
}

impl<T> Deref for Lines<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.numbers[self.start..][..self.len]
    }
}

impl<T> DerefMut for Lines<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.numbers[self.start..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_with_a_line_and_is_as_long_as_asked_for() {
        for len in [0, 1, 15, 16, 1000] {
            let mut numbers = Lines::<f32>::zeros(len).unwrap();
            assert_eq!((numbers.len(), numbers.as_ptr().addr() % LINE), (len, 0));
            numbers.fill(1.0);
            assert_eq!(numbers.iter().sum::<f32>(), len as f32);
        }
        assert!(matches!(Lines::<f64>::zeros(usize::MAX), Err(Error::Memory { .. })));
    }
}
