//! Random numbers by counter: the number at `(seed, stream, index)` is a function of these three and of nothing else.
//!
//! So a dropout mask does not depend on which thread fills it, an initial weight not on the order in which layers
//! are built, and a run that was interrupted and resumed draws what it would have drawn. The function is
//! Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011); its published
//! test vectors are this file's tests.

use crate::Scalar;
use crate::cpu::{Isa, Loop};

/// A stream of random numbers that can be entered anywhere.
///
/// ```
/// use ann_autodiff::random::Random;
/// let random = Random::new(7).stream(3);
/// assert_eq!(random.uniform(1_000_000), Random::new(7).stream(3).uniform(1_000_000));
/// assert!((0.0..1.0).contains(&random.uniform(0)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random {
    seed: u64,
    stream: u64,
}

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The ten rounds: 128 bits of counter, four words of 32 each in the place of 64, and 64 of key to 128 bits that pass for random.
#[inline(always)]
#[allow(clippy::inline_always, reason = "kernels compile it for the processor's vectors")]
fn rounds([mut a, mut b, mut c, mut d]: [u64; 4], mut key: [u32; 2]) -> [u64; 4] {
    const LOW: u64 = 0xffff_ffff;
    for _ in 0..10 {
        // The product of low halves is one instruction, that of 64 bits is three.
        let products = [MULTIPLIERS[0] * (a & LOW), MULTIPLIERS[1] * (c & LOW)];
        a = products[1] >> 32 ^ b ^ u64::from(key[0]);
        b = products[1] & LOW;
        c = products[0] >> 32 ^ d ^ u64::from(key[1]);
        d = products[0] & LOW;
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    [a, b, c, d]
}

/// The same of `N` counters at once. All rounds of one and then of the next: that becomes vectors of counters, where a loop over counters in
/// each round becomes vectors of whatever lies side by side, at a third of the speed.
#[inline(always)]
#[allow(clippy::inline_always, reason = "as above")]
fn philox<const N: usize>(counter: [[u64; N]; 4], key: [u32; 2]) -> [[u64; N]; 4] {
    let [a, b, c, d] = counter;
    let mut drawn = [[0; N]; 4];
    for i in 0..N {
        let words = rounds([a[i], b[i], c[i], d[i]], key);
        for j in 0..4 {
            drawn[j][i] = words[j];
        }
    }
    drawn
}

/// Blocks that are drawn at once: as many as the widest vectors hold.
const BLOCKS: usize = 8;

/// Of 64 bits a number below `bound`.
fn scaled(bits: u64, bound: usize) -> usize {
    ((u128::from(bits) * bound as u128) >> 64) as usize
}

impl Random {
    /// The stream number 0 of a seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, stream: 0 }
    }

    /// Another stream of the same seed; streams of different numbers have nothing to do with each other.
    #[must_use]
    pub const fn stream(self, stream: u64) -> Self {
        Self { stream, ..self }
    }

    /// A stream within this one, for use by a layer, a step, an epoch.
    #[must_use]
    pub fn child(self, number: u64) -> Self {
        let [a, b, c, d] = self.block(number);
        Self { seed: u64::from(a) << 32 | u64::from(b), stream: u64::from(c) << 32 | u64::from(d) }
    }

    /// Four independent 32-bit numbers.
    pub fn block(self, index: u64) -> [u32; 4] {
        self.blocks([index]).map(|[word]| word as u32)
    }

    /// The first words of these blocks, the second, the third, and the fourth.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "kernels compile it for the processor's vectors")]
    fn blocks<const N: usize>(self, indices: [u64; N]) -> [[u64; N]; 4] {
        let mut counter = [[0; N]; 4];
        for i in 0..N {
            counter[0][i] = u64::from(indices[i] as u32);
            counter[1][i] = indices[i] >> 32;
            counter[2][i] = u64::from(self.stream as u32);
            counter[3][i] = self.stream >> 32;
        }
        philox(counter, [self.seed as u32, (self.seed >> 32) as u32])
    }

    /// 32 bits for each of the elements of piece `number` of a vector whose elements begin with `first`, a multiple of 4.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as above")]
    fn words(self, first: usize, number: usize) -> [u64; 4 * BLOCKS] {
        let mut indices = [0; BLOCKS];
        for (i, index) in indices.iter_mut().enumerate() {
            *index = (first / 4 + number * BLOCKS + i) as u64;
        }
        let blocks = self.blocks(indices);
        let mut words = [0; 4 * BLOCKS];
        for i in 0..BLOCKS {
            for (j, word) in blocks.iter().enumerate() {
                words[4 * i + j] = word[i];
            }
        }
        words
    }

    /// The 64-bit number at `index`.
    pub fn bits(self, index: u64) -> u64 {
        self.pair(index / 2)[(index % 2) as usize]
    }

    /// The two numbers of a block, those at `2 number` and `2 number + 1`.
    fn pair(self, number: u64) -> [u64; 2] {
        let [a, b, c, d] = self.block(number);
        [u64::from(a) << 32 | u64::from(b), u64::from(c) << 32 | u64::from(d)]
    }

    /// Uniform in `[0, 1)`, a multiple of 2^-53.
    pub fn uniform(self, index: u64) -> f64 {
        (self.bits(index) >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Standard normal, by Box and Muller's transform of two uniform numbers.
    pub fn normal(self, index: u64) -> f64 {
        self.normals(index / 2)[(index % 2) as usize]
    }

    /// The two normal numbers of a block, those at `2 number` and `2 number + 1`.
    fn normals(self, number: u64) -> [f64; 2] {
        let [radius, angle] = self.pair(number);
        // (0, 1]: the logarithm of 0 is never taken.
        let radius = (radius >> 11) as f64 + 1.0;
        let radius = (-2.0 * (radius * (1.0 / (1u64 << 53) as f64)).ln()).sqrt();
        let angle = (angle >> 11) as f64 * (1.0 / (1u64 << 53) as f64);
        let (sin, cos) = (angle * std::f64::consts::TAU).sin_cos();
        [radius * cos, radius * sin]
    }

    /// Calls `f` with each item and the standard normal number at `first`, `first + 1` and so on: those of
    /// [`normal`](Self::normal), two at the price of one. `first` is even.
    pub(crate) fn each_normal<U>(
        self,
        first: usize,
        items: impl Iterator<Item = U>,
        mut f: impl FnMut(U, f64),
    ) {
        debug_assert!(first.is_multiple_of(2));
        let mut normals = [0.0; 2];
        for (number, item) in items.enumerate() {
            if number.is_multiple_of(2) {
                normals = self.normals((first + number) as u64 / 2);
            }
            f(item, normals[number % 2]);
        }
    }

    /// An integer in `0..bound`, each as likely as the other to within `bound / 2^64`.
    pub fn below(self, index: u64, bound: usize) -> usize {
        scaled(self.bits(index), bound)
    }

    /// `0..length` in random order (Fisher and Yates).
    pub fn permutation(self, length: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        self.shuffle(&mut order);
        order
    }

    /// Puts `items` in random order; the order depends on the stream and the length only.
    pub fn shuffle<U>(self, items: &mut [U]) {
        let (isa, len) = (Isa::detect(), items.len());
        for piece in (0..len.div_ceil(2 * BLOCKS)).rev() {
            let words = isa.run(Words { random: self, piece });
            for (number, pair) in words.chunks_exact(2).enumerate().rev() {
                let last = 2 * BLOCKS * piece + number;
                if last < len {
                    items.swap(last, scaled(pair[0] << 32 | pair[1], last + 1));
                }
            }
        }
    }

    /// Fills with 1 / (1 - p) where kept and 0 where dropped, each element dropped with probability `p`.
    pub fn dropout_mask<T: Scalar>(self, p: f64, mask: &mut [T]) {
        self.dropout_mask_from(0, p, mask);
    }

    /// The part of a mask that begins at element `first`, a multiple of 4.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as above")]
    pub(crate) fn dropout_mask_from<T: Scalar>(self, first: usize, p: f64, mask: &mut [T]) {
        debug_assert!(first.is_multiple_of(4));
        let keep = T::from_f64(1.0 / (1.0 - p));
        let threshold = (p * 4_294_967_296.0) as u64;
        for (number, piece) in mask.chunks_mut(4 * BLOCKS).enumerate() {
            let words = self.words(first, number);
            for (bits, m) in words.iter().zip(piece) {
                *m = if *bits < threshold { T::ZERO } else { keep };
            }
        }
    }

    /// Draws 1 with probability `p` and 0 without, element by element; the part that begins at element `first`, a multiple of 4.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as above")]
    pub(crate) fn bernoulli_from<T: Scalar>(self, first: usize, p: &[T], y: &mut [T]) {
        debug_assert!(first.is_multiple_of(4));
        for (number, (y, p)) in y.chunks_mut(4 * BLOCKS).zip(p.chunks(4 * BLOCKS)).enumerate() {
            let words = self.words(first, number);
            for (bits, (y, p)) in words.iter().zip(y.iter_mut().zip(p)) {
                let drawn = if (*bits as f64) < p.to_f64() * 4_294_967_296.0 { T::ONE } else { T::ZERO };
                *y = if p.is_nan() { *p } else { drawn };
            }
        }
    }
}

/// The [words](Random::words) of a piece of a vector.
struct Words {
    random: Random,
    piece: usize,
}

impl Loop for Words {
    type Output = [u64; 4 * BLOCKS];

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "as above")]
    fn eval(self) -> Self::Output {
        self.random.words(0, self.piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Random123's kat_vectors, philox4x32 with 10 rounds.
    #[test]
    fn philox_gives_the_published_vectors() {
        // The counter, the key, what is drawn; among other counters, too.
        for (counter, key, drawn) in [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([0xffff_ffff; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ] {
            assert_eq!(philox(counter.map(|word| [word]), key).map(|[word]| word), drawn);
            assert_eq!(philox(counter.map(|word| [1, word, 2]), key).map(|[_, word, _]| word), drawn);
        }
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let random = Random::new(1).stream(5);
        let n = 100_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for i in 0..n {
            let x = random.normal(i);
            sum += x;
            squares += x * x;
        }
        // Standard errors are 0.003 and 0.0045; five of them.
        assert!((sum / n as f64).abs() < 0.016);
        assert!((squares / n as f64 - 1.0).abs() < 0.023);
    }

    #[test]
    fn words_of_a_piece_are_those_of_its_blocks() {
        let random = Random::new(1 << 40 | 5).stream(1 << 50 | 3);
        for (first, number) in [(0, 0), (4, 1), (1 << 34, 5)] {
            let words = random.words(first, number);
            for (i, four) in words.chunks(4).enumerate() {
                let block = random.block((first / 4 + BLOCKS * number + i) as u64);
                assert_eq!(four, block.map(u64::from));
            }
        }
    }

    #[test]
    fn a_shuffle_draws_the_number_of_each_place() {
        let random = Random::new(5).stream(2);
        for len in 0..20_usize {
            let mut expected: Vec<usize> = (0..len).collect();
            for last in (1..len).rev() {
                expected.swap(last, random.below(last as u64, last + 1));
            }
            assert_eq!(random.permutation(len), expected);
        }
    }

    #[test]
    fn a_permutation_holds_every_index_once() {
        let mut order = Random::new(3).permutation(1000);
        assert_ne!(order[..5], [0, 1, 2, 3, 4]);
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..1000));
    }

    #[test]
    fn dropout_drops_its_share_and_keeps_the_mean() {
        let mut mask = vec![0.0f64; 100_003];
        Random::new(9).dropout_mask(0.3, &mut mask);
        let dropped = mask.iter().filter(|m| **m == 0.0).count() as f64 / mask.len() as f64;
        assert!((dropped - 0.3).abs() < 0.008, "{dropped}");
        let mean = mask.iter().sum::<f64>() / mask.len() as f64;
        assert!((mean - 1.0).abs() < 0.012, "{mean}");
    }
}
