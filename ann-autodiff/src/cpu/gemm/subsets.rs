//! [`Subsets`]: a product by a matrix of zeros and ones, whose rows choose which rows of B are added up.
//!
//! Each four rows of B have 16 sums of some of them. These are made once, for some columns at a time; a row of A then takes one addition
//! where a product takes four (Arlazarov, Dinic, Kronrod and Faradzev, "On economical construction of the transitive closure of a
//! directed graph", 1970). An element is a sum in one order that depends on its sizes alone.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::tile::Tiles;
use super::vector::Vector;
use super::{Shared, Team};
use crate::Scalar;
use crate::cpu::isa::{Isa, Loop};

/// Groups of four rows of B whose sums lie in the first cache together, 16 KB of `f32`.
const GROUPS: usize = 8;
/// Rows of B in a group, and their subsets.
const FOUR: usize = 4;
const SUMS: usize = 1 << FOUR;
/// Steps of `k` at once. Step `i` is in group `i % GROUPS`: the groups of a row of A lie side by side.
const STEPS: usize = GROUPS * FOUR;
/// Rows of C at once.
const ROWS: usize = 4;
/// Most numbers of two vectors.
const WIDEST: usize = 32;
/// Bytes of a line of the cache.
const LINE: usize = 64;
/// Fewest rows of A that make up for the sums.
const FEWEST: usize = 16;

/// Which sum of each group a row of A chooses, times 16: a factor less where it is found.
type Choice = [u8; GROUPS];

/// `C = A B` of fixed sizes: `m` by `k` zeros and ones times `k` by `n`, all of them with adjacent columns and no gaps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subsets {
    isa: Isa,
    m: usize,
    n: usize,
    k: usize,
}

impl Subsets {
    /// If it pays.
    pub(crate) fn new(isa: Isa, [m, n, k]: [usize; 3]) -> Option<Self> {
        (FEWEST <= m && WIDEST <= n && STEPS <= k).then_some(Self { isa, m, n, k })
    }

    fn blocks(&self) -> usize {
        self.k.div_ceil(STEPS)
    }

    /// Numbers that all choices take the place of.
    fn choices<T>(&self) -> usize {
        (self.m * self.blocks() * size_of::<Choice>()).div_ceil(size_of::<T>())
    }

    /// Scratch memory of one thread: a strip of C, beginning with a line of the cache.
    fn own<T>(&self) -> usize {
        self.m * WIDEST + LINE / size_of::<T>()
    }

    /// Scratch memory.
    pub(crate) fn scratch_of<T>(&self, team: &Team) -> usize {
        self.choices::<T>() + team.threads() * self.own::<T>()
    }

    /// Computes it on all threads of the team, unless there is anything but zeros and ones in A. Returns whether it did.
    pub(crate) fn parallel<T: Scalar>(
        &self,
        team: &Team,
        a: &[T],
        b: &[T],
        c: &mut [T],
        scratch: &mut [T],
    ) -> bool {
        let Self { isa, m, n, k } = *self;
        let (choices, own) = scratch.split_at_mut(self.choices::<T>());
        assert!(
            m * k <= a.len()
                && k * n <= b.len()
                && m * n <= c.len()
                && team.threads() * self.own::<T>() <= own.len(),
            "operands are as large as the product was made for"
        );
        let choices = Shared(choices.as_mut_ptr().cast::<Choice>());
        let others = AtomicBool::new(false);
        team.run(self.blocks(), &|number, _| {
            // SAFETY: the scratch memory is that large, bytes have no needs, and each task has choices of its own.
            let choices = unsafe { std::slice::from_raw_parts_mut(choices.at(number * m), m) };
            let steps = number * STEPS..k.min((number + 1) * STEPS);
            if !isa.run(Choose { a: &a[..m * k], k, steps, choices }) {
                others.store(true, Ordering::Relaxed);
            }
        });
        if others.into_inner() {
            return false;
        }
        // SAFETY: all of them were written above.
        let choices = unsafe { std::slice::from_raw_parts(choices.at(0), m * self.blocks()) };
        let tiles = T::tiles(isa);
        let (c, own) = (Shared(c.as_mut_ptr()), Shared(own.as_mut_ptr()));
        team.run(n.div_ceil(tiles.width), &|number, thread| {
            let columns = number * tiles.width..n.min((number + 1) * tiles.width);
            // SAFETY: the assertion; no two tasks of a thread run at a time.
            let own =
                unsafe { std::slice::from_raw_parts_mut(own.at(thread * self.own::<T>()), self.own::<T>()) };
            let start = own.as_ptr().align_offset(LINE).min(LINE / size_of::<T>());
            let strip = &mut own[start..][..m * tiles.width];
            self.strip(&tiles, choices, b, columns.clone(), strip);
            for (row, strip) in strip.chunks_exact(tiles.width).enumerate() {
                // SAFETY: the assertion; C is borrowed for this call, and tasks have different columns.
                let c =
                    unsafe { std::slice::from_raw_parts_mut(c.at(row * n + columns.start), columns.len()) };
                c.copy_from_slice(&strip[..columns.len()]);
            }
        });
        true
    }

    /// Some columns of C, as many as the tiles' width or fewer.
    fn strip<T: Scalar>(
        &self,
        tiles: &Tiles<T>,
        choices: &[Choice],
        b: &[T],
        columns: Range<usize>,
        strip: &mut [T],
    ) {
        let mut sums = Lines([T::ZERO; GROUPS * SUMS * WIDEST]);
        for (block, choices) in choices.chunks_exact(self.m).enumerate() {
            let first = block * STEPS;
            let panel = Panel {
                b: b[first * self.n + columns.start..].as_ptr(),
                steps: STEPS.min(self.k - first),
                line: self.n,
                columns: columns.len(),
                sums: sums.0.as_mut_ptr(),
                choices,
                strip: strip.as_mut_ptr(),
                add: 0 < block,
            };
            // SAFETY: B has so many rows and columns here, the strip a row for each choice; there is room for the sums of the widest tiles.
            unsafe { tiles.add_up(panel) };
        }
    }
}

/// Beginning with a line of the cache: a vector across two takes twice as long to read.
#[repr(align(64))]
struct Lines<T, const N: usize>([T; N]);

/// Finds which sums each row of A chooses of some steps. Returns whether they are zeros and ones.
struct Choose<'a, T> {
    a: &'a [T],
    k: usize,
    steps: Range<usize>,
    choices: &'a mut [Choice],
}

impl<T: Scalar> Loop for Choose<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn eval(self) -> bool {
        let mut other = 0;
        for (choice, row) in self.choices.iter_mut().zip(self.a.chunks_exact(self.k)) {
            let mut all = [T::ZERO; STEPS];
            all[..self.steps.len()].copy_from_slice(&row[self.steps.clone()]);
            *choice = [0; GROUPS];
            for (i, row) in all.as_chunks::<GROUPS>().0.iter().enumerate() {
                for (choice, x) in choice.iter_mut().zip(row) {
                    let (is_0, is_1) = (u8::from(*x == T::ZERO), u8::from(*x == T::ONE));
                    *choice |= is_1 << (4 + i);
                    other |= 1 ^ is_0 ^ is_1;
                }
            }
        }
        other == 0
    }
}

/// `STEPS` steps of `k` or fewer of two vectors of columns or fewer.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a, T> {
    b: *const T,
    steps: usize,
    /// Numbers of a line of B.
    line: usize,
    columns: usize,
    /// Room for the sums.
    sums: *mut T,
    /// Of each row of C.
    choices: &'a [Choice],
    /// These columns of C, two vectors wide.
    strip: *mut T,
    /// Whether C was begun.
    add: bool,
}

/// Adds up a panel.
///
/// # Safety
///
/// The processor has the instruction set; B has the steps and columns, the strip a row for each choice; there is room for the sums.
#[inline(always)]
pub(super) unsafe fn add_up<V: Vector>(panel: Panel<'_, V::Element>) {
    let (quads, rest) = panel.choices.as_chunks::<ROWS>();
    // SAFETY: the caller's promise; every place is within the operands.
    unsafe {
        make_sums::<V>(panel);
        for (number, choices) in quads.iter().enumerate() {
            rows::<V, ROWS>(panel, choices, ROWS * number);
        }
        for (number, choice) in rest.iter().enumerate() {
            rows::<V, 1>(panel, &[*choice], ROWS * quads.len() + number);
        }
    }
}

#[inline(always)]
unsafe fn make_sums<V: Vector>(panel: Panel<'_, V::Element>) {
    let Panel { b, steps, line, columns, sums, .. } = panel;
    // SAFETY: the caller's promise.
    unsafe {
        for group in 0..GROUPS {
            let sums = sums.add(2 * V::LANES * group * SUMS);
            let sum_of = |number: usize| sums.add(2 * V::LANES * number);
            store([V::zero(); 2], sums);
            for i in 0..FOUR {
                let step = i * GROUPS + group;
                let row =
                    if step < steps { load_some::<V>(b.add(step * line), columns) } else { [V::zero(); 2] };
                for without in 0..1 << i {
                    store(plus(load::<V>(sum_of(without)), row), sum_of(without + (1 << i)));
                }
            }
        }
    }
}

/// Rows `first..first + N` of C.
#[inline(always)]
unsafe fn rows<V: Vector, const N: usize>(panel: Panel<'_, V::Element>, choices: &[Choice; N], first: usize) {
    let Panel { sums, strip, add, .. } = panel;
    // SAFETY: the caller's promise.
    unsafe {
        let row = |number: usize| strip.add(2 * V::LANES * (first + number));
        let mut values = [[V::zero(); 2]; N];
        if add {
            for (number, values) in values.iter_mut().enumerate() {
                *values = load::<V>(row(number));
            }
        }
        for group in 0..GROUPS {
            let sums = sums.add(2 * V::LANES * group * SUMS).cast::<u8>();
            for (values, choice) in values.iter_mut().zip(choices) {
                let sum = sums.add(usize::from(choice[group]) * (2 * size_of::<V>() / SUMS));
                *values = plus(*values, load::<V>(sum.cast()));
            }
        }
        for (number, values) in values.into_iter().enumerate() {
            store(values, row(number));
        }
    }
}

#[inline(always)]
unsafe fn plus<V: Vector>(a: [V; 2], b: [V; 2]) -> [V; 2] {
    // SAFETY: the caller's promise of the instruction set.
    unsafe { [a[0].plus(b[0]), a[1].plus(b[1])] }
}

#[inline(always)]
unsafe fn load<V: Vector>(from: *const V::Element) -> [V; 2] {
    // SAFETY: the caller's promise: so much can be read.
    unsafe { [V::load(from), V::load(from.add(V::LANES))] }
}

/// The numbers from the `count`-th on are zero.
#[inline(always)]
unsafe fn load_some<V: Vector>(from: *const V::Element, count: usize) -> [V; 2] {
    // SAFETY: the caller's promise: so many can be read.
    unsafe {
        if count == 2 * V::LANES {
            return load(from);
        }
        let mut numbers = [std::mem::zeroed::<V::Element>(); WIDEST];
        std::ptr::copy_nonoverlapping(from, numbers.as_mut_ptr(), count);
        load(numbers.as_ptr())
    }
}

#[inline(always)]
unsafe fn store<V: Vector>(values: [V; 2], to: *mut V::Element) {
    // SAFETY: the caller's promise: so much can be written.
    unsafe {
        values[0].store(to);
        values[1].store(to.add(V::LANES));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn product<T: Scalar>(isa: Isa, [m, n, k]: [usize; 3]) -> Vec<T> {
        let random = Random::new(1);
        let a: Vec<T> = (0..m * k).map(|i| T::from_f64(random.below(i as u64, 2) as f64)).collect();
        let b: Vec<T> = (0..k * n).map(|i| T::from_f64(random.stream(1).normal(i as u64))).collect();
        let subsets = Subsets::new(isa, [m, n, k]).expect("it pays");
        let found = [1, 3].map(|threads| {
            let (team, mut c) = (Team::new(threads), vec![T::NAN; m * n]);
            let mut scratch = vec![T::NAN; subsets.scratch_of::<T>(&team)];
            assert!(subsets.parallel(&team, &a, &b, &mut c, &mut scratch));
            c
        });
        assert_eq!(found[0], found[1], "other bits on other threads");
        for row in 0..m {
            for column in 0..n {
                let terms = (0..k).map(|i| a[row * k + i].to_f64() * b[i * n + column].to_f64());
                let expected: f64 = terms.sum();
                let error = (found[0][row * n + column].to_f64() - expected).abs();
                // So many roundings of sums of the order of the root of `k`.
                let allowed = k as f64 * (k as f64).sqrt() * T::EPSILON.to_f64();
                assert!(error <= allowed, "{isa:?} [{m}, {n}, {k}] {row} {column}: {error}");
            }
        }
        found[0].clone()
    }

    #[test]
    fn it_is_the_product() {
        for isa in Isa::all() {
            for sizes in [[16, 32, 32], [17, 33, 35], [100, 784, 500], [513, 100, 65], [31, 50, 63]] {
                product::<f32>(isa, sizes);
                product::<f64>(isa, sizes);
            }
        }
    }

    #[test]
    fn a_row_has_the_same_bits_among_others() {
        let isa = Isa::detect();
        let (few, many) = (product::<f32>(isa, [17, 40, 70]), product::<f32>(isa, [300, 40, 70]));
        // The same numbers are drawn for the first rows.
        assert_eq!(few, many[..few.len()]);
    }

    #[test]
    fn other_numbers_are_told() {
        let subsets = Subsets::new(Isa::detect(), [16, 32, 70]).expect("it pays");
        let team = Team::new(2);
        let (b, mut scratch) = (vec![0.0; 32 * 70], vec![0.0; subsets.scratch_of::<f32>(&team)]);
        for other in [0.5, -1.0, 2.0, f32::NAN, f32::INFINITY, f32::MIN_POSITIVE] {
            for at in [0, 69, 16 * 70 - 1] {
                let (mut a, mut c) = (vec![1.0; 16 * 70], vec![7.0; 16 * 32]);
                a[at] = other;
                let is_done = subsets.parallel(&team, &a, &b, &mut c, &mut scratch);
                assert!(!is_done && c == [7.0; 16 * 32], "{other} at {at}");
            }
        }
    }
}
