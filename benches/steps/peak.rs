//! The most arithmetic that the processor does in `f32`: multiply-adds on numbers that stay in registers.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use ann::autodiff::{Cpu, Sweep};

/// GFLOP/s of so many threads, a multiply-add counting two. The loop is written for registers of 128, 256 and 512 bits; the best
/// counts.
pub(crate) fn gflops(threads: usize) -> f64 {
    let cpu = Cpu::with_threads(threads);
    let mut values = vec![1.0; LEN];
    let rates = if has_fused() {
        [
            best::<4, true>(&cpu, &mut values),
            best::<8, true>(&cpu, &mut values),
            best::<16, true>(&cpu, &mut values),
        ]
    } else {
        [best::<4, false>(&cpu, &mut values), best::<8, false>(&cpu, &mut values), 0.0]
    };
    rates.into_iter().fold(0.0, f64::max)
}

/// Numbers of the vector that threads share, enough for each to have many pieces of it.
const LEN: usize = 1 << 17;
/// Multiply-adds on each register for a piece.
const ROUNDS: usize = 20_000;
/// Registers of a loop: a processor begins up to two multiply-adds a cycle, and each takes some four.
const REGISTERS: usize = 12;
/// How long each loop is repeated.
const TIME: Duration = Duration::from_millis(60);

/// Whether a multiply-add is one instruction; where it is none, the function of that name is a hundred times as slow.
fn has_fused() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    return cfg!(target_arch = "aarch64");
}

fn best<const LANES: usize, const FUSED: bool>(cpu: &Cpu, values: &mut [f32]) -> f64 {
    let (mut best, began) = (0.0_f64, Instant::now());
    while began.elapsed() < TIME {
        let chains = Chains::<LANES, FUSED>::default();
        let began = Instant::now();
        cpu.sweep([&mut *values], &chains);
        let seconds = began.elapsed().as_secs_f64();
        best = best.max(1e-9 * chains.operations.load(Relaxed) as f64 / seconds);
    }
    best
}

/// Chains of multiply-adds that do not wait for each other, in registers of so many numbers.
#[derive(Debug, Default)]
struct Chains<const LANES: usize, const FUSED: bool> {
    operations: AtomicU64,
}

impl<const LANES: usize, const FUSED: bool> Sweep<f32, 1> for Chains<LANES, FUSED> {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what is not inlined is not compiled for the vectors of this processor"
    )]
    fn piece(&self, _: usize, [values]: [&mut [f32]; 1]) {
        let (registers, _) = values.as_chunks_mut::<LANES>();
        let Some(registers) = registers.first_chunk_mut::<REGISTERS>() else { return };
        // A copy, so that they are nobody else's and can stay in registers.
        let mut x = *registers;
        for _ in 0..ROUNDS {
            for value in x.as_flattened_mut() {
                *value = if FUSED { value.mul_add(0.999, 0.001) } else { *value * 0.999 + 0.001 };
            }
        }
        *registers = x;
        self.operations.fetch_add((2 * REGISTERS * LANES * ROUNDS) as u64, Relaxed);
    }
}
