//! Every operation against PyTorch: golden values that `tests/golden/make.py` computed in `float64`.
//!
//! Errors are relative to the largest number of a tensor: 1e-5 is allowed in `f32`, 1e-10 in `f64`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that says how large errors are")]

use ann_autodiff::ops::{
    AvgPool2d, BatchNorm, Conv2d, Conv2dBias, Direction, Embedding, Gru, LastStep, Lrn, LrnWithin, Lstm,
    LstmOutput, MaxPool2d, Normalize, Pooling, Rnn, Windows,
};
use ann_autodiff::{
    Activation, Backend, Cpu, Epilogue, OP_NAMES, Plan, Reference, Scalar, Tape, Var, concat,
};
use serde_json::Value;

/// A tensor of the file.
struct Tensor {
    dims: Vec<usize>,
    values: Vec<f64>,
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn sizes(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|size| size.as_u64().unwrap() as usize).collect()
}

fn tensor(value: &Value) -> Tensor {
    Tensor { dims: sizes(&value["dims"]), values: numbers(&value["values"]) }
}

fn number(settings: &Value, name: &str) -> f64 {
    settings[name].as_f64().unwrap_or_else(|| panic!("no setting `{name}`"))
}

fn size(settings: &Value, name: &str) -> usize {
    number(settings, name) as usize
}

fn pair(settings: &Value, name: &str) -> [usize; 2] {
    sizes(&settings[name]).try_into().unwrap()
}

fn flag(settings: &Value, name: &str) -> bool {
    settings[name].as_bool().unwrap()
}

fn windows(settings: &Value) -> Windows {
    Windows {
        stride: pair(settings, "stride"),
        pad: pair(settings, "padding"),
        dilation: pair(settings, "dilation"),
        groups: size(settings, "groups"),
    }
}

fn pooling(settings: &Value) -> Pooling {
    Pooling {
        kernel: pair(settings, "kernel"),
        stride: pair(settings, "stride"),
        pad: pair(settings, "padding"),
        ceil: flag(settings, "ceil"),
    }
}

fn direction(settings: &Value) -> Direction {
    if flag(settings, "reverse") { Direction::Reverse } else { Direction::Forward }
}

fn activation(settings: &Value) -> Epilogue {
    match settings["activation"].as_str() {
        Some("relu") => Epilogue::Relu,
        Some("tanh") => Epilogue::Tanh,
        other => panic!("no such activation: {other:?}"),
    }
}

/// `x tanh(ln(1 + e^x))` (Misra 2019), as a user would write it.
#[derive(Debug)]
struct Mish;

impl Activation for Mish {
    fn value(&self, x: f64) -> f64 {
        x * x.exp().ln_1p().tanh()
    }

    fn slope(&self, x: f64) -> f64 {
        let t = x.exp().ln_1p().tanh();
        t + x * (1.0 - t * t) / (1.0 + (-x).exp())
    }
}

/// The operation of a case on a tape.
fn record<'t>(tape: &'t Tape, op: &str, s: &Value, x: &[Var<'t>]) -> Var<'t> {
    let first = x[0];
    match op {
        "relu" => first.relu(),
        "leaky_relu" => first.leaky_relu(number(s, "a")),
        "elu" => first.elu(number(s, "a")),
        "gelu" => first.gelu(),
        "silu" => first.silu(),
        "activate" => first.activation(Mish),
        "sigmoid" => first.sigmoid(),
        "tanh" => first.tanh(),
        "softplus" => first.softplus(),
        "affine" => first.affine(number(s, "scale"), number(s, "shift")),
        "exp" => first.exp(),
        "ln" => first.ln(),
        "sqrt" => first.sqrt(),
        "power" => first.powf(number(s, "p")),
        "abs" => first.abs(),
        "sin" => first.sin(),
        "cos" => first.cos(),
        "clamp" => first.clamp(number(s, "low"), number(s, "high")),
        "maximum" => first.maximum(x[1]),
        "minimum" => first.minimum(x[1]),
        "prelu" => first.prelu(x[1]),
        "add" => first + x[1],
        "sub" => first - x[1],
        "mul" => first * x[1],
        "div" => first / x[1],
        "softmax" => first.softmax(size(s, "axis")),
        "log_softmax" => first.log_softmax(size(s, "axis")),
        "linear" => first.linear(x[1], x[2]),
        "matmul" if flag(s, "transposed") => first.matmul_transposed(x[1]),
        "matmul" => first.matmul(x[1]),
        "conv2d" => tape.apply(Conv2d { windows: windows(s) }, [first, x[1]]),
        "conv2d_bias" => {
            tape.apply(Conv2dBias { windows: windows(s), epilogue: Epilogue::None }, [first, x[1], x[2]])
        }
        "conv_transpose2d" => first.conv_transpose2d(x[1], windows(s)),
        "conv_transpose2d_bias" => first.conv_transpose2d_bias(x[1], x[2], windows(s)),
        "max_pool2d" => first.map(MaxPool2d { windows: pooling(s) }),
        "avg_pool2d" => first.map(AvgPool2d { windows: pooling(s) }),
        "global_avg_pool2d" => first.global_avg_pool2d(),
        "lrn" => first.map(Lrn {
            size: size(s, "size"),
            alpha: number(s, "alpha"),
            beta: number(s, "beta"),
            k: number(s, "k"),
        }),
        "lrn_within" => first.map(LrnWithin {
            size: size(s, "size"),
            alpha: number(s, "alpha"),
            beta: number(s, "beta"),
            k: number(s, "k"),
        }),
        "batch_norm" => tape.apply(BatchNorm { eps: number(s, "eps") }, [first, x[1], x[2], x[3], x[4]]),
        "normalize" => tape.apply(Normalize { eps: number(s, "eps") }, [first, x[1], x[2], x[3], x[4]]),
        "layer_norm" => first.layer_norm(size(s, "axes"), number(s, "eps")),
        "softmax_cross_entropy" if x.len() == 4 => {
            first.softmax_cross_entropy_by_class(x[1], x[2], x[3], number(s, "smoothing"))
        }
        "softmax_cross_entropy" if x.len() == 3 => {
            first.softmax_cross_entropy_weighted(x[1], x[2], number(s, "smoothing"))
        }
        "binary_cross_entropy" if x.len() == 3 => first.binary_cross_entropy_weighted(x[1], x[2]),
        "mean_squared_error" if x.len() == 3 => first.mean_squared_error_weighted(x[1], x[2]),
        "mean_absolute_error" if x.len() == 3 => first.mean_absolute_error_weighted(x[1], x[2]),
        "huber" if x.len() == 3 => first.huber_weighted(x[1], x[2], number(s, "delta")),
        "softmax_cross_entropy" => first.softmax_cross_entropy(x[1], number(s, "smoothing")),
        "binary_cross_entropy" => first.binary_cross_entropy(x[1]),
        "mean_squared_error" => first.mean_squared_error(x[1]),
        "mean_absolute_error" => first.mean_absolute_error(x[1]),
        "huber" => first.huber(x[1], number(s, "delta")),
        "concat" => concat(size(s, "axis"), x).unwrap(),
        "permute" => first.permute(&sizes(&s["axes"])),
        "sum_axis" if flag(s, "mean") => first.mean_axis(size(s, "axis")),
        "sum_axis" => first.sum_axis(size(s, "axis")),
        "max_axis" => first.max_axis(size(s, "axis")),
        "slice" => first.slice(size(s, "axis"), size(s, "start"), size(s, "end")),
        "reshape" => first.reshape(&sizes(&s["dims"])),
        "rnn" => tape.apply(
            Rnn { activation: activation(s), direction: direction(s) },
            [first, x[1], x[2], x[3], x[4], x[5]],
        ),
        "lstm" => {
            let output = if flag(s, "cell") { LstmOutput::HiddenAndCell } else { LstmOutput::Hidden };
            let op = Lstm { direction: direction(s), output };
            tape.apply(op, [first, x[1], x[2], x[3], x[4], x[5], x[6], x[7]])
        }
        "gru" => {
            let op = Gru { direction: direction(s) };
            tape.apply(op, [first, x[1], x[2], x[3], x[4], x[5], x[6]])
        }
        "last_step" => tape.apply(LastStep, [first, x[1]]),
        "embedding" => tape.apply(Embedding, [first, x[1]]),
        "sum" if flag(s, "mean") => first.mean(),
        "sum" => first.sum(),
        _ => panic!("the file has an operation `{op}` that this test does not know"),
    }
}

/// The largest difference, relative to the largest number; and where.
fn compare<T: Scalar>(what: &str, expected: &[f64], found: &[T], allowed: f64) -> f64 {
    assert_eq!(expected.len(), found.len(), "{what}");
    let scale = expected.iter().fold(1e-30_f64, |scale, e| scale.max(e.abs()));
    let mut largest = 0.0_f64;
    for (at, (expected, found)) in expected.iter().zip(found).enumerate() {
        let error = (expected - found.to_f64()).abs() / scale;
        assert!(
            error <= allowed,
            "{what}, element {at}: PyTorch {expected}, here {found} (error {error:.1e})"
        );
        largest = largest.max(error);
    }
    largest
}

/// Runs a case and gives its largest error.
fn run<T: Scalar, B: Backend>(backend: &B, number: usize, case: &Value, allowed: f64) -> f64 {
    let op = case["op"].as_str().unwrap();
    let what = format!("case {number}, `{op}` {}, {:?}, {}", case["settings"], T::DTYPE, backend.name());
    let inputs: Vec<Tensor> = case["inputs"].as_array().unwrap().iter().map(tensor).collect();
    let fixed = sizes(&case["fixed"]);
    let statistics: Vec<Tensor> = case["statistics"].as_array().unwrap().iter().map(tensor).collect();
    let tape = Tape::new();
    let is_statistic = |n: usize| fixed.contains(&n) && !statistics.is_empty();
    let x: Vec<Var<'_>> = inputs
        .iter()
        .enumerate()
        .map(|(n, tensor)| match (is_statistic(n), fixed.contains(&n)) {
            (true, _) => tape.statistic(&n.to_string(), &tensor.dims),
            (false, true) => tape.data(&tensor.dims),
            (false, false) => tape.input(&tensor.dims),
        })
        .collect();
    let y = record(&tape, op, &case["settings"], &x);
    let weights = tensor(&case["weights"]);
    let loss = (y * tape.constant(&weights.dims, &weights.values)).sum();
    let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &[y]).unwrap();
    let mut parameters: Vec<T> = Vec::new();
    let mut places = 0..;
    for (n, tensor) in inputs.iter().enumerate() {
        let values = tensor.values.iter().map(|value| T::from_f64(*value));
        if is_statistic(n) {
            parameters.extend(values);
        } else {
            let place = places.next().unwrap();
            plan.input_mut(place).iter_mut().zip(values).for_each(|(to, from)| *to = from);
        }
    }
    let mut gradients = vec![T::ZERO; parameters.len()];
    plan.forward(&parameters).unwrap();
    plan.backward(&parameters, &mut gradients).unwrap();

    let output = tensor(&case["output"]);
    assert_eq!(plan.output_extents(0)[..], output.dims[..], "{what}");
    let mut largest = compare(&format!("{what}, output"), &output.values, plan.output(0), allowed);
    let mut place = 0;
    for (n, gradient) in case["gradients"].as_array().unwrap().iter().enumerate() {
        if !gradient.is_null() {
            let found =
                plan.input_gradient(place).unwrap_or_else(|| panic!("{what}: no gradient by input {n}"));
            let expected = tensor(gradient).values;
            largest =
                largest.max(compare(&format!("{what}, gradient by input {n}"), &expected, found, allowed));
        }
        place += usize::from(!is_statistic(n));
    }
    // A statistic moves by a tenth of its way, as PyTorch's momentum of 0.1 has it.
    let moved: Vec<T> = parameters.iter().zip(&gradients).map(|(p, g)| *p - T::from_f64(0.1) * *g).collect();
    let expected: Vec<f64> = statistics.iter().flat_map(|tensor| tensor.values.clone()).collect();
    largest.max(compare(&format!("{what}, statistics"), &expected, &moved, allowed))
}

fn golden() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("golden/operations.json")).unwrap();
    assert!(file["torch"].as_str().is_some_and(|version| !version.is_empty()), "the file says who made it");
    file["cases"].as_array().unwrap().clone()
}

fn all<T: Scalar, B: Backend>(backend: &B, allowed: f64) {
    let errors = golden()
        .iter()
        .enumerate()
        .map(|(number, case)| run::<T, B>(backend, number, case, allowed))
        .fold(0.0, f64::max);
    println!("{} {:?}: largest error {errors:.1e}", backend.name(), T::DTYPE);
}

#[test]
fn the_definitions_agree_with_pytorch() {
    all::<f32, _>(&Reference, 1e-5);
    all::<f64, _>(&Reference, 1e-10);
}

#[test]
fn the_kernels_agree_with_pytorch() {
    for threads in [1, 2] {
        all::<f32, _>(&Cpu::with_threads(threads), 1e-5);
        all::<f64, _>(&Cpu::with_threads(threads), 1e-10);
    }
}

#[test]
fn every_operation_has_golden_values() {
    let cases = golden();
    for op in OP_NAMES {
        // A copy and a choice compute nothing; random numbers are drawn by our own generator; weights of steps have no gradient, and
        // a test of their own.
        let without =
            ["copy", "detach", "dropout", "gaussian_noise", "bernoulli", "step_weights", "unless_padding"];
        if without.contains(op) {
            continue;
        }
        assert!(cases.iter().any(|case| case["op"] == *op), "`{op}` has no golden values");
    }
}
