//! [`Isa`]: which vector instructions this processor has, found when the program runs.
//!
//! A plain release build is for the oldest processor of its kind; loops compiled only for that run at half the speed or
//! less. A [`Loop`] is compiled once for each instruction set and the best is entered.

/// An instruction set that this processor was found to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Isa(Level);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// With products of pairs of `bf16`.
    #[cfg(target_arch = "x86_64")]
    Avx512Bf16,
}

/// Plain loops over slices, to be compiled for each instruction set. Everything below `eval` has to be `inline(always)`.
pub(crate) trait Loop {
    /// What it gives.
    type Output;

    /// Runs it.
    fn eval(self) -> Self::Output;
}

/// Loops over vectors of `N` numbers side by side, as [`Loop`].
pub(crate) trait LaneLoop {
    /// The kind of number.
    type Number;

    /// Runs it.
    fn eval<const N: usize>(self);
}

/// Loops that round products and sums together where the instruction set can, as [`Loop`].
pub(crate) trait FusedLoop {
    /// What it gives.
    type Output;

    /// Runs it.
    fn eval<const FUSED: bool>(self) -> Self::Output;
}

/// The loop with fused multiply-adds, or without.
struct Rounding<const FUSED: bool, L>(L);

impl<const FUSED: bool, L: FusedLoop> Loop for Rounding<FUSED, L> {
    type Output = L::Output;

    #[inline(always)]
    fn eval(self) -> L::Output {
        self.0.eval::<FUSED>()
    }
}

/// The loop over vectors of so many.
struct By<const N: usize, L>(L);

impl<const N: usize, L: LaneLoop> Loop for By<N, L> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        self.0.eval::<N>();
    }
}

/// What there is for an instruction set, of what is there for each: portable, AVX2, AVX-512, and that with products of pairs if it differs.
macro_rules! by_level {
    ($isa:expr, $portable:expr, $avx2:expr, $avx512:expr) => {
        by_level!($isa, $portable, $avx2, $avx512, $avx512)
    };
    ($isa:expr, $portable:expr, $avx2:expr, $avx512:expr, $avx512_bf16:expr) => {
        match $isa.level() {
            $crate::cpu::isa::Level::Portable => $portable,
            #[cfg(target_arch = "x86_64")]
            $crate::cpu::isa::Level::Avx2 => $avx2,
            #[cfg(target_arch = "x86_64")]
            $crate::cpu::isa::Level::Avx512 => $avx512,
            #[cfg(target_arch = "x86_64")]
            $crate::cpu::isa::Level::Avx512Bf16 => $avx512_bf16,
        }
    };
}
pub(crate) use by_level;

impl Isa {
    /// The best there is.
    pub(crate) fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                if is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512bw")
                {
                    let has_pairs = is_x86_feature_detected!("avx512bf16");
                    return Self(if has_pairs { Level::Avx512Bf16 } else { Level::Avx512 });
                }
                return Self(Level::Avx2);
            }
        }
        Self(Level::Portable)
    }

    /// All there are, for checks.
    pub(crate) fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let levels = [Level::Portable, Level::Avx2, Level::Avx512, Level::Avx512Bf16];
        #[cfg(not(target_arch = "x86_64"))]
        let levels = [Level::Portable];
        levels.into_iter().filter(|level| *level <= Self::detect().0).map(Self).collect()
    }

    /// Whether lanes of a vector can be left out.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn has_masks(self) -> bool {
        Level::Avx512 <= self.0
    }

    /// Which it is.
    pub(crate) fn level(self) -> Level {
        self.0
    }

    /// Runs the loop as compiled for this instruction set.
    #[inline]
    pub(crate) fn run<L: Loop>(self, kernel: L) -> L::Output {
        match self.0 {
            Level::Portable => portable(kernel),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Isa` of this level is made only by `detect`, which found the features on this processor.
            Level::Avx2 => unsafe { avx2(kernel) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Level::Avx512 | Level::Avx512Bf16 => unsafe { avx512(kernel) },
        }
    }

    /// Runs the loop with fused multiply-adds where there are such: it is compiled for the one or the other.
    #[inline]
    pub(crate) fn run_fused<L: FusedLoop>(self, kernel: L) -> L::Output {
        match self.0 {
            Level::Portable => portable(Rounding::<false, L>(kernel)),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Level::Avx2 => unsafe { avx2(Rounding::<true, L>(kernel)) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Level::Avx512 | Level::Avx512Bf16 => unsafe { avx512(Rounding::<true, L>(kernel)) },
        }
    }

    /// Runs the loop by vectors of 16 numbers, or of 4 where two registers hold fewer than 16: it is compiled for the one or the other.
    #[inline]
    pub(crate) fn run_lanes<L: LaneLoop>(self, kernel: L) {
        match self.0 {
            Level::Portable => portable(By::<4, L>(kernel)),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Level::Avx2 => unsafe {
                if const { size_of::<L::Number>() == size_of::<f32>() } {
                    avx2(By::<16, L>(kernel));
                } else {
                    avx2(By::<4, L>(kernel));
                }
            },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Level::Avx512 | Level::Avx512Bf16 => unsafe { avx512(By::<16, L>(kernel)) },
        }
    }
}

/// By itself as the others are, so that it is compiled once for all who run it.
#[inline(never)]
fn portable<L: Loop>(kernel: L) -> L::Output {
    kernel.eval()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<L: Loop>(kernel: L) -> L::Output {
    kernel.eval()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
fn avx512<L: Loop>(kernel: L) -> L::Output {
    kernel.eval()
}
