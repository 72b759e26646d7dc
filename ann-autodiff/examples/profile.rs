//! Prints how long a training step's forward and backward take, whole and by operation, on one thread and on two:
//!
//! ```sh
//! cargo run --release -p ann-autodiff --example profile
//! ```
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and its networks are known to be right"
)]

use std::time::Instant;

use ann_autodiff::random::Random;
use ann_autodiff::{Cpu, Plan, Tape, Var, ops};

fn dense<'t>(tape: &'t Tape, name: &str, x: Var<'t>, n: usize) -> Var<'t> {
    tape.scope(name, || {
        let w = tape.parameter("weight", &[n, x.extents().last()]);
        x.linear(w, tape.parameter("bias", &[n]))
    })
}

fn conv<'t>(tape: &'t Tape, name: &str, x: Var<'t>, n: usize, kernel: usize) -> Var<'t> {
    tape.scope(name, || {
        let w = tape.parameter("weight", &[n, x.extents()[1], kernel, kernel]);
        tape.apply(ops::Conv2dBias::default(), [x, w, tape.parameter("bias", &[n])])
    })
}

fn mlp<'t>(tape: &'t Tape, batch: usize, sizes: &[usize], activation: fn(Var<'t>) -> Var<'t>) -> Var<'t> {
    let mut x = tape.data(&[batch, sizes[0]]);
    for (number, n) in sizes[1..].iter().enumerate() {
        x = dense(tape, &format!("fc{number}"), x, *n);
        if number + 2 < sizes.len() {
            x = activation(x);
        }
    }
    let target = tape.data(&x.extents());
    x.mean_squared_error(target)
}

fn lenet(tape: &Tape, batch: usize) -> Var<'_> {
    let halves = ops::Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false };
    let x = tape.data(&[batch, 1, 28, 28]);
    let classes = tape.data(&[batch]);
    let x = conv(tape, "conv1", x, 20, 5).max_pool2d(halves);
    let x = conv(tape, "conv2", x, 50, 5).max_pool2d(halves).reshape(&[batch, 800]);
    let x = dense(tape, "fc1", x, 500).relu();
    dense(tape, "fc2", x, 10).softmax_cross_entropy(classes, 0.0)
}

/// Median milliseconds of a step, and the time of each operation.
fn measure<F: for<'t> Fn(&'t Tape) -> Var<'t>>(wanted: &str, name: &str, network: F) {
    if !name.contains(wanted) {
        return;
    }
    for threads in [1, 2] {
        let tape = Tape::new();
        let loss = network(&tape);
        let mut plan = Plan::<f32>::compile_for(&Cpu::with_threads(threads), &tape, Some(loss), &[]).unwrap();
        let random = Random::new(1);
        let n = plan.n_parameters();
        let parameters: Vec<f32> = (0..n).map(|i| 0.05 * random.normal(i as u64) as f32).collect();
        let mut gradients = vec![0.0; n];
        for (i, x) in plan.input_mut(0).iter_mut().enumerate() {
            *x = random.stream(1).uniform(i as u64) as f32;
        }
        let mut times: Vec<f64> = Vec::new();
        let begin = Instant::now();
        while times.len() < 20 || (begin.elapsed().as_secs_f64() < 1.5 && times.len() < 2000) {
            let start = Instant::now();
            plan.forward(&parameters).unwrap();
            plan.backward(&parameters, &mut gradients).unwrap();
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!("{name}, {threads} threads: {:.4} ms (fastest {:.4})", times[times.len() / 2], times[0]);
        for timing in plan.profile(&parameters, &mut gradients, 20).unwrap() {
            let (forward, backward) =
                (timing.forward.as_secs_f64() * 1e3, timing.backward.as_secs_f64() * 1e3);
            println!(
                "    {:<8} {:<14} forward {forward:8.4}  backward {backward:8.4}",
                timing.scope, timing.op
            );
        }
    }
}

fn main() {
    // A part of the name of a network picks it.
    let wanted = std::env::args().nth(1).unwrap_or_default();
    measure(&wanted, "mlp 784-128-10, batch 32", |tape| mlp(tape, 32, &[784, 128, 10], Var::relu));
    measure(&wanted, "mlp 4-5-4-3, batch 32", |tape| mlp(tape, 32, &[4, 5, 4, 3], Var::tanh));
    measure(&wanted, "lenet, batch 64", |tape| lenet(tape, 64));
    let big = &[784, 2500, 2000, 1500, 1000, 500, 10];
    measure(&wanted, "large mlp, batch 100", |tape| mlp(tape, 100, big, Var::tanh));
    let auto = &[784, 1000, 500, 250, 30, 250, 500, 1000, 784];
    measure(&wanted, "autoencoder, batch 100", |tape| mlp(tape, 100, auto, Var::sigmoid));
}
