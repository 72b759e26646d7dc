//! After the first step of an epoch, a training step allocates nothing, on any thread.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use ann::autodiff::{Dtype, MatmulPrecision};
use ann::prelude::*;
use ann::train::{Callback, Control, StepEnd};
use ann_tests::images;

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static STEPS: AtomicUsize = AtomicUsize::new(0);
static IN_STEPS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator; counting does not touch the memory it manages.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on as they are.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on as they are.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on as they are.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

network! {
    struct LeNet: [1, 28, 28] -> [10] {
        Conv2d(20, kernel = 5), MaxPool2d(2), Conv2d(50, kernel = 5, l2 = 5e-4), MaxPool2d(2),
        Dense(500), Relu, Dense(10),
    }
    struct Rows: [784] -> [10] {
        Reshape(28, 28), Lstm(24, peepholes = true), Gru(12, bidirectional = true), Rnn(16, dropout = 0.1), Last, Dense(10),
    }
    struct Mlp: [784] -> [10] {
        Dense(512, max_norm = 3.0), Relu, Dropout(0.2), Dense(256, l1 = 1e-5), BatchNorm, Relu, Dense(10),
    }
}

/// Counts what is allocated between the ends of two steps of one epoch.
#[derive(Debug, Default)]
struct Count {
    epoch: u64,
    before: usize,
}

impl Callback for Count {
    fn on_step(&mut self, at: &StepEnd) -> Result<Control> {
        let now = ALLOCATIONS.load(Ordering::Relaxed);
        if at.epoch == self.epoch {
            STEPS.fetch_add(1, Ordering::Relaxed);
            IN_STEPS.fetch_add(now - self.before, Ordering::Relaxed);
        }
        *self = Self { epoch: at.epoch, before: now };
        Ok(Control::Continue)
    }
}

fn trainer(threads: usize, products: MatmulPrecision) -> Trainer<CrossEntropy> {
    let trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.001));
    let trainer = trainer.matmul_precision(products);
    trainer.epochs(2).batch(32).threads(threads).schedule(Cosine::new()).callback(Count::default())
}

// One test, so that no other allocates beside it.
#[test]
fn a_training_step_allocates_nothing() {
    let images = images(200).unwrap();
    let flat = images.clone().flatten();
    let (full, bf16) = (MatmulPrecision::Full, MatmulPrecision::Bf16);
    for (precision, threads, products) in
        [(Dtype::F32, 1, full), (Dtype::F32, 2, full), (Dtype::F64, 2, full), (Dtype::F32, 2, bf16)]
    {
        let trainer = || trainer(threads, products);
        for name in ["lenet", "rows", "mlp"] {
            STEPS.store(0, Ordering::Relaxed);
            IN_STEPS.store(0, Ordering::Relaxed);
            match name {
                "lenet" => {
                    // Its dense layer is updated while its gradient is made; with a bound on the gradient it would wait.
                    trainer().fit(&mut LeNet::builder().precision(precision).build(), &images).unwrap()
                }
                "rows" => {
                    let mut trainer = trainer().clip(Clip::Norm(1.0));
                    trainer.fit(&mut Rows::builder().precision(precision).build(), &flat).unwrap()
                }
                _ => trainer().fit(&mut Mlp::builder().precision(precision).build(), &flat).unwrap(),
            };
            // Two epochs of seven steps, the last of eight examples.
            assert_eq!(STEPS.load(Ordering::Relaxed), 12);
            assert_eq!(
                IN_STEPS.load(Ordering::Relaxed),
                0,
                "{name} in {precision:?} on {threads} threads, {products:?}"
            );
        }
    }
}
