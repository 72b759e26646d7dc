//! Pooling by the largest element of windows of 2 by 2 side by side, in the longest vector registers: windows stay where their pixels lie,
//! the two of a row beside each other.

use super::isa::Isa;

/// Planes, their windows, and one number for each window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Halving {
    /// Height and width of a plane, and how many windows it has each way.
    pub(super) image: [usize; 2],
    pub(super) output: [usize; 2],
    pub(super) planes: usize,
}

impl Halving {
    /// Whether each pixel is in a window.
    fn is_whole(self) -> bool {
        self.output.map(|windows| 2 * windows) == self.image
    }
}

/// The loops for a kind of number.
#[derive(Clone, Copy)]
pub(crate) struct Halves<T> {
    /// # Safety
    ///
    /// The processor has the instruction set, windows lie within their planes, and vectors are as long as all planes and windows.
    pick: unsafe fn(Halving, &[T], &mut [T]),
    /// # Safety
    ///
    /// As above.
    spread: unsafe fn(Halving, &[T], &[T], &mut [T], bool),
    /// # Safety
    ///
    /// As above.
    pick_and_keep: unsafe fn(Halving, &[T], &mut [T], &mut [T], bool),
    /// # Safety
    ///
    /// As above.
    spread_kept: unsafe fn(Halving, &[T], &[T], &mut [T]),
    /// Windows of a register.
    windows: usize,
}

impl<T> Halves<T> {
    /// Writes the largest element of each window of `x` to `y`.
    ///
    /// # Panics
    /// If the lengths are not those of all planes and windows.
    pub(crate) fn pick(&self, of: Halving, x: &[T], y: &mut [T]) {
        check(of, x, y);
        // SAFETY: `Halves` are only given out for an `Isa`; the lengths were checked.
        unsafe { (self.pick)(of, x, y) }
    }

    /// Adds the number of each window to the place of its largest element; or writes it there, and zeros elsewhere, if `fresh`.
    ///
    /// # Panics
    /// If the lengths are not those of all planes and windows.
    pub(crate) fn spread(&self, of: Halving, x: &[T], dy: &[T], dx: &mut [T], fresh: bool) {
        check(of, x, dy);
        check(of, dx, dy);
        // SAFETY: as above.
        unsafe { (self.spread)(of, x, dy, dx, fresh) }
    }

    /// How many numbers [`pick_and_keep`](Self::pick_and_keep) keeps: one for each register of windows.
    pub(crate) fn kept(&self, of: Halving) -> usize {
        of.planes * of.output[0] * of.output[1].div_ceil(self.windows)
    }

    /// [`pick`](Self::pick), and keeps which elements were picked; those that are not positive as if none had been, if `is_rectified`.
    ///
    /// # Panics
    /// If the lengths are not those of all planes and windows.
    pub(crate) fn pick_and_keep(
        &self,
        of: Halving,
        x: &[T],
        y: &mut [T],
        kept: &mut [T],
        is_rectified: bool,
    ) {
        check(of, x, y);
        assert_eq!(self.kept(of), kept.len(), "there is room for what is kept");
        // SAFETY: as above.
        unsafe { (self.pick_and_keep)(of, x, y, kept, is_rectified) }
    }

    /// Writes the number of each window to the place of the element that was picked, and zeros elsewhere.
    ///
    /// # Panics
    /// If the lengths are not those of all planes and windows.
    pub(crate) fn spread_kept(&self, of: Halving, kept: &[T], dy: &[T], dx: &mut [T]) {
        check(of, dx, dy);
        assert_eq!(self.kept(of), kept.len(), "all was kept");
        // SAFETY: as above.
        unsafe { (self.spread_kept)(of, kept, dy, dx) }
    }
}

fn check<T>(of: Halving, pixels: &[T], windows: &[T]) {
    let Halving { image, output, planes } = of;
    assert!(2 * output[0] <= image[0] && 2 * output[1] <= image[1], "windows lie within the image");
    assert!(planes * image[0] * image[1] == pixels.len(), "there are all pixels");
    assert!(planes * output[0] * output[1] == windows.len(), "there are all windows");
}

#[cfg(target_arch = "x86_64")]
macro_rules! halves {
    ($name:ident, $float:ident, $mask:ident, $lanes:literal, $doubled:expr, $halved:expr, $load:ident $store:ident $left:expr, $right:expr, $compare:ident $and_compare:ident $blend:ident $permute:ident $some:ident $add:ident $zero:ident) => {
        mod $name {
            #[allow(
                clippy::wildcard_imports,
                reason = "which of them is used the arguments of a macro say"
            )]
            use std::arch::x86_64::*;

            use super::{Halves, Halving};

            /// The lanes of left pixels.
            const LEFT: $mask = (0x5555 & ((1_u32 << $lanes) - 1)) as $mask;
            /// Windows of a register.
            const WINDOWS: usize = $lanes / 2;

            /// The first of so many lanes.
            #[inline(always)]
            fn first(count: usize) -> $mask {
                ((1_u32 << count) - 1) as $mask
            }

            /// Puts the largest elements of windows into both lanes of each. Says which pixels of the upper and of the lower row they are.
            macro_rules! largest {
                ($upper:ident, $lower:ident) => {{
                    /// Where the second is larger, or NaN and the first is not: in which case that is picked.
                    macro_rules! is_larger {
                        ($best:ident, $x:ident) => {
                            $and_compare::<_CMP_ORD_Q>($compare::<_CMP_NLE_UQ>($x, $best), $best, $best)
                        };
                    }
                    let (a, b) = ($left($upper), $right($upper));
                    let of_upper = is_larger!(a, b);
                    let ab = $blend(of_upper, a, b);
                    let (c, d) = ($left($lower), $right($lower));
                    let of_lower = is_larger!(c, d);
                    let cd = $blend(of_lower, c, d);
                    let below = is_larger!(ab, cd);
                    ($blend(below, ab, cd), [(of_upper ^ LEFT) & !below, (of_lower ^ LEFT) & below])
                }};
            }

            /// Goes through all windows, a register at a time: the number of the first pixel of the upper row, that of the first window, the
            /// lanes of their pixels and those of as many numbers as there are windows.
            macro_rules! each {
                ($of:ident, |$pixel:ident, $window:ident, $both:ident, $one:ident| $body:expr) => {
                    let Halving { image: [height, width], output: [rows, columns], planes } = $of;
                    let rest = columns % WINDOWS;
                    let [whole, some] =
                        [(first(2 * WINDOWS), first(WINDOWS)), (first(2 * rest), first(rest))];
                    let mut $window = 0;
                    for plane in 0..planes {
                        for row in 0..rows {
                            let mut $pixel = (plane * height + 2 * row) * width;
                            for _ in 0..columns / WINDOWS {
                                let ($both, $one) = whole;
                                $body;
                                $pixel += 2 * WINDOWS;
                                $window += WINDOWS;
                            }
                            if 0 < rest {
                                let ($both, $one) = some;
                                $body;
                                $window += rest;
                            }
                        }
                    }
                };
            }

            #[target_feature(enable = "avx512f")]
            unsafe fn pick(of: Halving, x: &[$float], y: &mut [$float]) {
                let (x, y, width) = (x.as_ptr(), y.as_mut_ptr(), of.image[1]);
                each!(of, |pixel, window, both, one| {
                    // SAFETY: the caller's promise: there are so many windows, and twice as many pixels in either row.
                    unsafe {
                        let (upper, lower) = ($load(both, x.add(pixel)), $load(both, x.add(pixel + width)));
                        let (largest, _) = largest!(upper, lower);
                        $store(y.add(window), one, $permute($halved, largest));
                    }
                });
            }

            #[target_feature(enable = "avx512f")]
            unsafe fn spread(of: Halving, x: &[$float], dy: &[$float], dx: &mut [$float], fresh: bool) {
                if fresh && !of.is_whole() {
                    dx.fill(0.0);
                }
                let (x, dy, dx, width) = (x.as_ptr(), dy.as_ptr(), dx.as_mut_ptr(), of.image[1]);
                each!(of, |pixel, window, both, one| {
                    // SAFETY: as above.
                    unsafe {
                        let (upper, lower) = ($load(both, x.add(pixel)), $load(both, x.add(pixel + width)));
                        let (_, places) = largest!(upper, lower);
                        let dy = $permute($doubled, $load(one, dy.add(window)));
                        for (to, places) in [pixel, pixel + width].into_iter().zip(places) {
                            if fresh {
                                $store(dx.add(to), both, $some(places, dy));
                            } else {
                                let sum = $load(both, dx.add(to));
                                $store(dx.add(to), both, $add(sum, places, sum, dy));
                            }
                        }
                    }
                });
            }

            #[target_feature(enable = "avx512f")]
            unsafe fn pick_and_keep(
                of: Halving,
                x: &[$float],
                y: &mut [$float],
                kept: &mut [$float],
                is_rectified: bool,
            ) {
                let (x, y, width) = (x.as_ptr(), y.as_mut_ptr(), of.image[1]);
                let mut kept = kept.iter_mut();
                each!(of, |pixel, window, both, one| {
                    // SAFETY: as above.
                    unsafe {
                        let (upper, lower) = ($load(both, x.add(pixel)), $load(both, x.add(pixel + width)));
                        let (largest, [upper, lower]) = largest!(upper, lower);
                        $store(y.add(window), one, $permute($halved, largest));
                        let counted =
                            if is_rectified { $compare::<_CMP_GT_OQ>(largest, $zero()) } else { !0 };
                        let (upper, lower) = (u32::from(upper & counted), u32::from(lower & counted));
                        if let Some(kept) = kept.next() {
                            *kept = <$float>::from_bits((upper << $lanes | lower).into());
                        }
                    }
                });
            }

            #[target_feature(enable = "avx512f")]
            unsafe fn spread_kept(of: Halving, kept: &[$float], dy: &[$float], dx: &mut [$float]) {
                if !of.is_whole() {
                    dx.fill(0.0);
                }
                let (dy, dx, width) = (dy.as_ptr(), dx.as_mut_ptr(), of.image[1]);
                let mut kept = kept.iter();
                each!(of, |pixel, window, both, one| {
                    let places = kept.next().map_or(0, |kept| kept.to_bits() as u32);
                    // SAFETY: as above.
                    unsafe {
                        let dy = $permute($doubled, $load(one, dy.add(window)));
                        $store(dx.add(pixel), both, $some((places >> $lanes) as $mask, dy));
                        $store(dx.add(pixel + width), both, $some(places as $mask, dy));
                    }
                });
            }

            pub(super) const HALVES: Halves<$float> =
                Halves { pick, spread, pick_and_keep, spread_kept, windows: WINDOWS };
        }
    };
}

#[cfg(target_arch = "x86_64")]
halves!(avx512_f32, f32, __mmask16, 16,
    _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7),
    _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14),
    _mm512_maskz_loadu_ps _mm512_mask_storeu_ps _mm512_moveldup_ps, _mm512_movehdup_ps,
    _mm512_cmp_ps_mask _mm512_mask_cmp_ps_mask _mm512_mask_blend_ps _mm512_permutexvar_ps _mm512_maskz_mov_ps _mm512_mask_add_ps _mm512_setzero_ps);
#[cfg(target_arch = "x86_64")]
halves!(avx512_f64, f64, __mmask8, 8,
    _mm512_setr_epi64(0, 0, 1, 1, 2, 2, 3, 3),
    _mm512_setr_epi64(0, 2, 4, 6, 0, 2, 4, 6),
    _mm512_maskz_loadu_pd _mm512_mask_storeu_pd _mm512_movedup_pd, _mm512_permute_pd::<0xff>,
    _mm512_cmp_pd_mask _mm512_mask_cmp_pd_mask _mm512_mask_blend_pd _mm512_permutexvar_pd _mm512_maskz_mov_pd _mm512_mask_add_pd _mm512_setzero_pd);

pub(super) fn of_f32(isa: Isa) -> Option<Halves<f32>> {
    #[cfg(target_arch = "x86_64")]
    return isa.has_masks().then_some(avx512_f32::HALVES);
    #[cfg(not(target_arch = "x86_64"))]
    return None;
}

pub(super) fn of_f64(isa: Isa) -> Option<Halves<f64>> {
    #[cfg(target_arch = "x86_64")]
    return isa.has_masks().then_some(avx512_f64::HALVES);
    #[cfg(not(target_arch = "x86_64"))]
    return None;
}
