//! How long a number takes from the cache of one processor to another's: what decides how much threads gain that work on the same data.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

/// A counter in lines of the cache of its own.
#[derive(Default)]
#[repr(align(128))]
struct Apart(AtomicU64);

impl Apart {
    fn wait_for(&self, number: u64) {
        while self.0.load(Ordering::Acquire) != number {
            spin_loop();
        }
    }

    fn set(&self, number: u64) {
        self.0.store(number, Ordering::Release);
    }
}

/// Hand-overs there and back of a lot, and lots.
const LOT: u64 = 5_000;
const LOTS: u64 = 9;

/// Nanoseconds of a hand-over between two threads that spin, one way: the median of some lots.
pub(crate) fn nanoseconds() -> f64 {
    let (there, back) = (Apart::default(), Apart::default());
    let mut lots: Vec<f64> = thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..=LOT * LOTS {
                there.wait_for(number);
                back.set(number);
            }
        });
        let lot = |lot: u64| {
            let began = Instant::now();
            for number in lot * LOT + 1..=(lot + 1) * LOT {
                there.set(number);
                back.wait_for(number);
            }
            began.elapsed().as_secs_f64() * 1e9 / (2 * LOT) as f64
        };
        (0..LOTS).map(lot).collect()
    });
    lots.sort_by(f64::total_cmp);
    lots[lots.len() / 2]
}
