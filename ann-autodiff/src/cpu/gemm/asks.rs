//! [`Asks`]: what a tile asks memory for while it is computed, so that it has come by when it is needed.
//!
//! Memory answers only so many requests at a time; many at once wait for each other, and all else waits for them. So a tile makes one
//! at each step of `k`.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::K_BLOCK;

/// Places in memory.
pub(crate) struct Asks {
    places: [MaybeUninit<*const u8>; K_BLOCK],
    /// As many of them as were added.
    count: usize,
}

impl Asks {
    /// Bytes that come at once.
    const LINE: usize = 64;

    pub(super) const fn none() -> Self {
        Self { places: [const { MaybeUninit::uninit() }; K_BLOCK], count: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    pub(super) fn places(&self) -> &[*const u8] {
        // SAFETY: the first `count` were written by `add`.
        unsafe { std::slice::from_raw_parts(self.places.as_ptr().cast(), self.count) }
    }

    /// Adds the places of these numbers of a vector, which need not be there; those are passed over for which there is no room.
    pub(crate) fn add<T>(&mut self, vector: *const T, numbers: Range<usize>) {
        let lines = (numbers.len() * size_of::<T>()).div_ceil(Self::LINE).min(K_BLOCK - self.count);
        let first: *const u8 = vector.wrapping_add(numbers.start).cast();
        for (i, place) in self.places[self.count..][..lines].iter_mut().enumerate() {
            place.write(first.wrapping_add(i * Self::LINE));
        }
        self.count += lines;
    }
}

/// Asks for one of them to come into the first cache.
#[inline(always)]
pub(crate) fn ask(place: *const u8) {
    // SAFETY: a hint: it may be given any address, and reads nothing that the program could see.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
