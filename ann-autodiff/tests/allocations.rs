//! A step allocates nothing after the first: every call to the allocator, from any thread, is counted.
//!
//! With the features `gemm` and `matrixmultiply` the library that multiplies allocates room for its panels on each call;
//! this test is for the kernels of the crate itself.
#![cfg(not(any(feature = "gemm", feature = "matrixmultiply")))]
#![allow(unsafe_code, reason = "an allocator is unsafe to write")]
#![allow(clippy::unwrap_used, reason = "a test")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ann_autodiff::random::Random;
use ann_autodiff::{Cpu, Moment, Parameters, Plan, Scalar, Tape, Var, ops};

struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

type Network = fn(&Tape) -> Var<'_>;

fn dense<'t>(tape: &'t Tape, name: &str, x: Var<'t>, n: usize) -> Var<'t> {
    tape.scope(name, || {
        x.linear(tape.parameter("weight", &[n, x.extents().last()]), tape.parameter("bias", &[n]))
    })
}

fn conv<'t>(tape: &'t Tape, name: &str, x: Var<'t>, n: usize, side: usize) -> Var<'t> {
    tape.scope(name, || {
        let w = tape.parameter("weight", &[n, x.extents()[1], side, side]);
        x.conv2d_bias(w, tape.parameter("bias", &[n]), ops::Windows::UNIT)
    })
}

fn mlp(tape: &Tape) -> Var<'_> {
    let x = tape.data(&[64, 300]);
    let classes = tape.data(&[64]);
    let x = dense(tape, "fc1", x, 200).relu().dropout(0.3);
    let x = dense(tape, "fc2", x, 100).tanh();
    dense(tape, "fc3", x, 10).softmax_cross_entropy(classes, 0.0)
}

fn lenet(tape: &Tape) -> Var<'_> {
    let halves = ops::Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false };
    let x = tape.data(&[16, 1, 28, 28]);
    let classes = tape.data(&[16]);
    let x = conv(tape, "conv1", x, 20, 5).max_pool2d(halves);
    let x = conv(tape, "conv2", x, 50, 5).max_pool2d(halves).reshape(&[16, 800]);
    let x = dense(tape, "fc1", x, 500).relu();
    dense(tape, "fc2", x, 10).softmax_cross_entropy(classes, 0.0)
}

/// Windows of 3 by 3 on small images and large ones, and of 5 by 5, a wide layer and a small one.
fn filtered(tape: &Tape) -> Var<'_> {
    let x = tape.data(&[5, 1, 22, 22]);
    let classes = tape.data(&[5]);
    let x = conv(tape, "conv1", x, 20, 3).relu();
    let x = conv(tape, "conv2", x, 32, 3).relu();
    let x = conv(tape, "conv3", x, 33, 5).relu();
    let x = conv(tape, "conv4", x, 17, 3).tanh().reshape(&[5, 2448]);
    let x = dense(tape, "fc1", x, 13).relu();
    dense(tape, "fc2", x, 7).softmax_cross_entropy(classes, 0.0)
}

/// Draws times a matrix, and rows of a table into a recurrent layer.
fn drawn(tape: &Tape) -> Var<'_> {
    let x = tape.data(&[32, 40]);
    let classes = tape.data(&[32]);
    let of_draws = x.bernoulli().matmul(tape.parameter("matrix", &[40, 64]));
    let table = tape.parameter("table", &[7, 6]);
    let rows = tape.apply(ops::Embedding, [tape.data(&[32, 5]), table]);
    let [w, u, b] = [("w", vec![64, 6]), ("u", vec![64, 64]), ("b", vec![64])]
        .map(|(name, dims)| tape.parameter(name, &dims));
    let none = || tape.constant(&[0], &[]);
    let steps = tape.apply(ops::Rnn::default(), [rows, w, u, b, none(), none()]).sum_axis(1);
    dense(tape, "fc", of_draws + steps, 7).softmax_cross_entropy(classes, 0.0)
}

fn calls_after_the_first_step<T: Scalar>(network: Network, threads: usize) -> usize {
    let tape = Tape::new();
    let loss = network(&tape);
    let mut plan = Plan::<T>::compile_for(&Cpu::with_threads(threads), &tape, Some(loss), &[]).unwrap();
    let random = Random::new(1);
    let n = plan.n_parameters();
    let parameters: Vec<T> = (0..n).map(|i| T::from_f64(0.05 * random.normal(i as u64))).collect();
    let mut gradients = vec![T::ZERO; n];
    for (i, x) in plan.input_mut(0).iter_mut().enumerate() {
        *x = T::from_f64(random.stream(1).uniform(i as u64));
    }
    let mut step = 0;
    let mut run = |plan: &mut Plan<T>| {
        plan.set_moment(Moment { seed: 1, step });
        plan.forward(&parameters).unwrap();
        plan.backward(&parameters, &mut gradients).unwrap();
        step += 1;
    };
    run(&mut plan);
    let before = calls_so_far();
    for number in 0..29 {
        run(&mut plan);
        if number == 20 {
            // Long enough for workers to have parked.
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
    let calls = CALLS.load(Ordering::SeqCst) - before;
    assert!(plan.loss().is_finite() && gradients.iter().any(|g| *g != T::ZERO));
    calls
}

fn calls_with_parameters_held<T: Scalar>(threads: usize) -> usize {
    let tape = Tape::new();
    let output = dense(&tape, "fc2", dense(&tape, "fc1", tape.data(&[2, 300]), 200).relu(), 10);
    let mut plan = Plan::<T>::compile_for(&Cpu::with_threads(threads), &tape, None, &[output]).unwrap();
    plan.hold(Arc::new(Parameters::zeros(Arc::new(tape.layout())))).unwrap();
    plan.forward_held().unwrap();
    let before = calls_so_far();
    for _ in 0..10 {
        plan.forward_held().unwrap();
    }
    CALLS.load(Ordering::SeqCst) - before
}

/// The calls once there are none for a while: on a busy machine a worker starts late, and the test's harness writes late.
fn calls_so_far() -> usize {
    loop {
        let before = CALLS.load(Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_millis(100));
        if CALLS.load(Ordering::SeqCst) == before {
            return before;
        }
    }
}

// One test, as others running beside it would be counted too.
#[test]
fn steps_after_the_first_allocate_nothing() {
    let networks: [(&str, Network); 4] =
        [("mlp", mlp), ("lenet", lenet), ("filtered", filtered), ("drawn", drawn)];
    for threads in [1, 2, 3] {
        for (name, network) in networks {
            assert_eq!(
                calls_after_the_first_step::<f32>(network, threads),
                0,
                "{name}, f32, {threads} threads"
            );
            assert_eq!(
                calls_after_the_first_step::<f64>(network, threads),
                0,
                "{name}, f64, {threads} threads"
            );
        }
        assert_eq!(calls_with_parameters_held::<f32>(threads), 0, "held, f32, {threads} threads");
        assert_eq!(calls_with_parameters_held::<f64>(threads), 0, "held, f64, {threads} threads");
    }
}
