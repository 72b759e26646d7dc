//! [`Ahead`]: what is asked of memory while something else is computed, so that it has come by when it is needed.
//!
//! Memory answers only so many requests at a time; many at once wait for each other, and all else waits for them. So a tile makes one
//! at each step of `k`. What is asked for is told by where it lies, not place by place: to write a list of places takes time, too.

use std::cell::Cell;

/// Bytes that come at once.
const LINE: usize = 64;

/// Numbers that lie in rows, all of one length and at even distances. They need not be there.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    first: *const u8,
    /// Bytes from the start of a row to that of the next.
    apart: usize,
    /// Lines of the cache in a row, and in all rows.
    of_row: usize,
    lines: usize,
}

impl Area {
    pub(crate) const NONE: Self = Self { first: std::ptr::null(), apart: 0, of_row: 0, lines: 0 };

    /// So many rows of numbers, each that far from the one before.
    pub(crate) fn new<T>(first: *const T, rows: usize, apart: usize, numbers: usize) -> Self {
        let bytes = numbers * size_of::<T>();
        let of_row = if bytes == 0 { 0 } else { (first as usize % LINE + bytes).div_ceil(LINE) };
        Self { first: first.cast(), apart: apart * size_of::<T>(), of_row, lines: rows * of_row }
    }

    /// Whether there is anything to ask for.
    pub(super) fn is_some(&self) -> bool {
        0 < self.lines
    }

    /// Its first line; none is asked for yet.
    fn begin(&self) -> Asks {
        Asks {
            place: self.first,
            count: 0,
            rest: self.of_row,
            of_row: self.of_row,
            to_next: self.apart.wrapping_sub(self.of_row.saturating_sub(1) * LINE),
        }
    }
}

/// Areas that are asked for one after the other, in shares.
pub(crate) struct Ahead<'a> {
    /// Those after the one at hand, the next line of that and how many lines of it have not been given out.
    areas: &'a [Area],
    asks: Cell<Asks>,
    left: usize,
    /// How many lines one part of the work is to ask for, and how many are due.
    of_part: f64,
    due: f64,
}

impl<'a> Ahead<'a> {
    /// All of them in the course of so many parts of the work.
    pub(super) fn new(areas: &'a [Area], parts: usize) -> Self {
        let lines: usize = areas.iter().map(|area| area.lines).sum();
        let of_part = lines as f64 / parts.max(1) as f64;
        Self { areas, asks: Cell::new(Asks::NONE), left: 0, of_part, due: 0.0 }
    }

    /// What these parts of the work are to ask for, for a tile, which leaves there what comes after. It ends with an area: what is due
    /// beyond it stays due.
    pub(super) fn take(&mut self, parts: usize) -> &Cell<Asks> {
        self.due += parts as f64 * self.of_part;
        while let (0, [area, rest @ ..]) = (self.left, self.areas) {
            self.asks = Cell::new(area.begin());
            (self.left, self.areas) = (area.lines, rest);
        }
        let count = (self.due as usize).min(self.left);
        self.left -= count;
        self.due -= count as f64;
        self.asks.get_mut().count = count;
        &self.asks
    }
}

/// Lines of the cache, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Asks {
    place: *const u8,
    /// How many are left, and of them in this row.
    count: usize,
    rest: usize,
    of_row: usize,
    /// Bytes from the last line of a row to the first of the next.
    to_next: usize,
}

impl Asks {
    pub(super) const NONE: Self = Self { place: std::ptr::null(), count: 0, rest: 0, of_row: 0, to_next: 0 };
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Asks for the next line; whether there was one.
    #[inline(always)]
    pub(super) fn ask(&mut self) -> bool {
        if self.count == 0 {
            return false;
        }
        ask(self.place);
        self.count -= 1;
        self.rest -= 1;
        let step = if self.rest == 0 { self.to_next } else { LINE };
        self.rest = if self.rest == 0 { self.of_row } else { self.rest };
        self.place = self.place.wrapping_add(step);
        true
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of all lines that are asked for in so many parts, and how many by each.
    fn places(areas: &[Area], parts: usize) -> (Vec<usize>, Vec<usize>) {
        let mut ahead = Ahead::new(areas, parts);
        let (mut places, mut counts) = (Vec::new(), Vec::new());
        for _ in 0..parts {
            let cell = ahead.take(1);
            let mut asks = cell.get();
            counts.push(asks.count());
            for _ in 0..asks.count() {
                places.push(asks.place as usize);
                assert!(asks.ask());
            }
            assert!(!asks.ask());
            cell.set(asks);
        }
        (places, counts)
    }

    #[test]
    fn each_line_of_all_areas_is_asked_for_once_and_spread_evenly() {
        let at = |place: usize| std::ptr::without_provenance::<f32>(place);
        // Three rows of two lines; nothing; two rows of 12 numbers, each across two lines.
        let areas = [
            Area::new(at(6400), 3, 250, 32),
            Area::new(at(0), 0, 1, 5),
            Area::new(at(0), 5, 1, 0),
            Area::new(at(64_000 + 32), 2, 16, 12),
        ];
        let expected = [6400, 6464, 7400, 7464, 8400, 8464, 64_032, 64_096, 64_096, 64_160];
        for parts in [10, 20, 40] {
            let (found, counts) = places(&areas, parts);
            assert_eq!(found, expected, "{parts} parts");
            assert!(counts.iter().all(|count| *count <= 1), "{counts:?}");
        }
        // What is due beyond an area waits for the next part of the work; here there is none.
        assert_eq!(places(&areas, 1).0, expected[..6]);
        assert_eq!(places(&[], 3).1, [0; 3]);
    }
}
