//! [`zeros`]: memory for large vectors.

use crate::Scalar;

/// Bytes from which on large pages are asked for. The tables of fewer small ones stay in the processor.
const LARGE: usize = 1 << 22;

/// A vector of zeros for numbers that stay: parameters, what an optimizer keeps of them, a plan's arena.
///
/// Of a large one the system is asked for large pages, if it has them: what is read at a distance of thousands of numbers, as the
/// columns of a weight are, then finds its place in memory sooner. It is all the same to what is in it.
pub fn zeros<T: Scalar>(len: usize) -> Vec<T> {
    let numbers = vec![T::ZERO; len];
    if LARGE <= size_of_val(&*numbers) {
        ask_for_large_pages(&numbers);
    }
    numbers
}

#[cfg(all(target_os = "linux", not(miri)))]
fn ask_for_large_pages<T>(numbers: &[T]) {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn madvise(start: *mut c_void, bytes: usize, advice: c_int) -> c_int;
    }
    /// The same on all architectures that Rust has for Linux.
    const HUGE_PAGE: c_int = 14;
    /// The largest of a page that there is, so that the part begins with one.
    const PAGE: usize = 1 << 16;

    let bytes = numbers.as_ptr_range();
    let start = bytes.start.addr().next_multiple_of(PAGE);
    let len = bytes.end.addr().saturating_sub(start) / PAGE * PAGE;
    let from = bytes.start.cast::<c_void>().cast_mut().with_addr(start);
    // SAFETY: whole pages of memory that is ours; the advice changes nothing in it. A system that cannot take it says so, and
    // small pages do as well.
    let _ = unsafe { madvise(from, len, HUGE_PAGE) };
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn ask_for_large_pages<T>(_: &[T]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_zeros_of_any_length_and_can_be_written() {
        for len in [0, 1, LARGE / 4 - 1, LARGE / 4, LARGE / 2 + 12_345] {
            let mut numbers = zeros::<f32>(len);
            assert!(numbers.len() == len && numbers.iter().all(|number| *number == 0.0));
            numbers.fill(1.0);
            assert_eq!(numbers.iter().map(|number| f64::from(*number)).sum::<f64>(), len as f64);
        }
    }
}
