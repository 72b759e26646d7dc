//! Operations at the edges: numbers too large to exponentiate, NaN, nothing at all, sizes that do not fit.
#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a method's path stands for one lifetime, a closure for any"
)]

use ann_autodiff::ops::{Pooling, Windows};
use ann_autodiff::{Backend, Cpu, Error, Moment, Plan, Reference, Tape, Var, concat, value_and_grad};

type Formula = for<'t> fn(Var<'t>) -> Var<'t>;
type OnTape = for<'t> fn(&'t Tape, Var<'t>) -> Var<'t>;

/// The output of a formula of one input, by definition and by the processor's kernels, which have to agree on it.
fn output(dims: &[usize], values: &[f32], f: impl for<'t> Fn(Var<'t>) -> Var<'t>) -> Vec<f32> {
    let by_definition = output_by(&Reference, dims, values, &f);
    let by_kernel = output_by(&Cpu::with_threads(1), dims, values, &f);
    let alike =
        |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * a.abs() || a == b || (a.is_nan() && b.is_nan());
    assert!(by_definition.iter().zip(&by_kernel).all(alike), "{by_definition:?}, by kernels {by_kernel:?}");
    by_definition
}

fn output_by<B: Backend>(
    backend: &B,
    dims: &[usize],
    values: &[f32],
    f: &impl for<'t> Fn(Var<'t>) -> Var<'t>,
) -> Vec<f32> {
    let tape = Tape::new();
    let y = f(tape.input(dims));
    let mut plan = Plan::<f32>::compile_for(backend, &tape, None, &[y]).unwrap();
    plan.input_mut(0).copy_from_slice(values);
    plan.forward(&[]).unwrap();
    plan.output(0).to_vec()
}

/// Why a formula on an input of these sizes is refused.
fn refusal(dims: &[usize], f: impl for<'t> Fn(Var<'t>) -> Var<'t>) -> String {
    let tape = Tape::new();
    let y = f(tape.input(dims));
    Plan::<f32>::compile(&tape, None, &[y]).unwrap_err().to_string()
}

const LARGE: [f32; 4] = [-1e4, -200.0, 200.0, 1e4];

#[test]
fn large_numbers_do_not_overflow() {
    assert_eq!(output(&[4], &LARGE, |x| x.sigmoid()), [0.0, 0.0, 1.0, 1.0]);
    assert_eq!(output(&[4], &LARGE, |x| x.tanh()), [-1.0, -1.0, 1.0, 1.0]);
    assert_eq!(output(&[4], &LARGE, |x| x.softplus()), [0.0, 0.0, 200.0, 1e4]);
    assert_eq!(output(&[4], &LARGE, |x| x.silu()), [0.0, 0.0, 200.0, 1e4]);
    assert_eq!(output(&[4], &LARGE, |x| x.gelu()), [0.0, 0.0, 200.0, 1e4]);
    assert_eq!(output(&[4], &LARGE, |x| x.elu(1.0)), [-1.0, -1.0, 200.0, 1e4]);
    assert_eq!(output(&[1, 4], &LARGE, |x| x.softmax(1)), [0.0, 0.0, 0.0, 1.0]);
    assert_eq!(output(&[1, 4], &LARGE, |x| x.log_softmax(1)), [-2e4, -10_200.0, -9800.0, 0.0]);
}

#[test]
fn gradients_of_large_numbers_are_finite() {
    let x = LARGE.map(f64::from);
    let formulas: [(&str, OnTape); 8] = [
        ("sigmoid", |_, x| x.sigmoid().sum()),
        ("softplus", |_, x| x.softplus().sum()),
        ("silu", |_, x| x.silu().sum()),
        ("gelu", |_, x| x.gelu().sum()),
        ("elu", |_, x| x.elu(1.0).sum()),
        ("log_softmax", |_, x| x.log_softmax(0).slice(0, 0, 1).sum()),
        ("binary_cross_entropy", |tape, x| {
            x.binary_cross_entropy(tape.constant(&[4], &[1.0, 0.0, 0.5, 1.0]))
        }),
        ("softmax_cross_entropy", |tape, x| {
            x.reshape(&[1, 4]).softmax_cross_entropy(tape.constant(&[1], &[0.0]), 0.1)
        }),
    ];
    for (name, formula) in formulas {
        let (value, gradient) = value_and_grad(formula, &x).unwrap();
        assert!(value.is_finite() && gradient.iter().all(|g| g.is_finite()), "{name}: {value}, {gradient:?}");
    }
}

#[test]
fn one_nan_in_a_window_is_its_largest_element() {
    let windows = Pooling { kernel: [2, 2], stride: [2, 2], pad: [0, 0], ceil: false };
    for at in 0..4 {
        let mut x = [1.0, 2.0, 5.0, 6.0, 3.0, 4.0, 7.0, 8.0];
        x[[0, 1, 4, 5][at]] = f32::NAN;
        let y = output(&[1, 1, 2, 4], &x, |x| x.max_pool2d(windows));
        assert!(y[0].is_nan() && y[1] == 8.0, "{at}: {y:?}");
        let y = output(&[2, 4], &x, |x| x.max_axis(0));
        assert_eq!(y.iter().filter(|y| y.is_nan()).count(), 1, "{y:?}");
    }
}

#[test]
fn nan_stays_where_it_is_and_is_not_cut_off() {
    let x = [f32::NAN, 1.0, -1.0];
    let formulas: [(&str, Formula); 7] = [
        ("relu", |x| x.relu()),
        ("leaky_relu", |x| x.leaky_relu(0.0)),
        ("elu", |x| x.elu(1.0)),
        ("softplus", |x| x.softplus()),
        ("clamp", |x| x.clamp(0.0, 1.0)),
        ("power", |x| x.powf(0.0)),
        ("abs", |x| x.abs()),
    ];
    for (name, formula) in formulas {
        let y = output(&[3], &x, formula);
        assert!(y[0].is_nan() && !y[1].is_nan() && !y[2].is_nan(), "{name}: {y:?}");
    }
}

#[test]
fn a_class_that_is_none_is_no_number() {
    for class in [-1.0, 3.0, 0.5, f64::NAN] {
        let (value, _) = value_and_grad(
            |tape, x| x.reshape(&[1, 3]).softmax_cross_entropy(tape.constant(&[1], &[class]), 0.1),
            &[0.1, 0.2, 0.3_f64],
        )
        .unwrap();
        assert!(value.is_nan(), "{class}: {value}");
    }
}

#[test]
fn an_empty_batch_passes_through_every_kind_of_layer() {
    let tape = Tape::new();
    let (w, b) = (tape.parameter("w", &[4, 2, 3, 3]), tape.parameter("b", &[4]));
    let (v, c) = (tape.parameter("v", &[5, 4]), tape.parameter("c", &[5]));
    let mean = tape.statistic("mean", &[4]);
    let variance = tape.statistic("variance", &[4]);
    let windows = Pooling { kernel: [2, 2], stride: [2, 2], pad: [0, 0], ceil: true };
    let x = tape.input(&[0, 2, 7, 7]);
    let y = x
        .conv2d_bias(w, b, Windows::UNIT)
        .relu()
        .lrn(3, 0.1, 0.75, 1.0)
        .max_pool2d(windows)
        .batch_norm(b, b, mean, variance, 1e-5)
        .global_avg_pool2d()
        .dropout(0.5)
        .gaussian_noise(0.5)
        .linear(v, c)
        .layer_norm(1, 1e-5)
        .softmax(1);
    let mut plan = Plan::<f32>::compile(&tape, Some(y.sum()), &[y]).unwrap();
    let parameters = vec![0.5; plan.n_parameters()];
    let mut gradients = vec![f32::NAN; parameters.len()];
    plan.forward(&parameters).unwrap();
    plan.backward(&parameters, &mut gradients).unwrap();
    assert_eq!(plan.output_extents(0)[..], [0, 5]);
    assert!(gradients.iter().all(|gradient| *gradient == 0.0), "{gradients:?}");
}

#[test]
fn a_mean_of_nothing_is_no_number() {
    let tape = Tape::new();
    let (x, t) = (tape.input(&[0, 3]), tape.data(&[0, 3]));
    let losses = [x.mean(), x.mean_squared_error(t), x.binary_cross_entropy(t), x.mean_axis(0).sum()];
    let mut plan = Plan::<f64>::compile(&tape, None, &losses).unwrap();
    plan.forward(&[]).unwrap();
    assert!((0..losses.len()).all(|number| plan.output(number)[0].is_nan()));
}

#[test]
fn axes_are_put_in_order() {
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    assert_eq!(output(&[2, 3], &x, |x| x.transpose()), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert_eq!(output(&[1, 2, 3], &x, |x| x.permute(&[2, 0, 1])), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert_eq!(output(&[2, 3], &x, |x| x - x.min_axis(1).insert_axis(1)), [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
    assert_eq!(output(&[2, 3], &x, |x| x.sum_axis(0)), [5.0, 7.0, 9.0]);
}

#[test]
fn sizes_that_do_not_fit_are_named() {
    let pool = Pooling { kernel: [3, 3], stride: [1, 1], pad: [0, 0], ceil: false };
    for (report, expected) in [
        (refusal(&[2, 3], |x| x.softmax(2)), "there is no axis 2"),
        (refusal(&[2, 3], |x| x.sum_axis(2)), "there is no axis 2"),
        (refusal(&[2, 3], |x| x.mean_axis(5)), "there is no axis 5"),
        (refusal(&[2, 3], |x| x.insert_axis(3)), "there is no place in front of axis 3"),
        (refusal(&[2, 0], |x| x.max_axis(1)), "axis 1 is empty"),
        (refusal(&[2, 3], |x| x.slice(1, 2, 4)), "2..4 is no part of the 3 elements of axis 1"),
        (refusal(&[2, 3], |x| x.permute(&[0, 0])), "[0, 0] is no order of its 2 axes"),
        (refusal(&[2, 3], |x| x.permute(&[0, 1, 2, 3, 4, 5, 6])), "is no order of its 2 axes"),
        (refusal(&[2, 3], |x| x.clamp(1.0, f64::NAN)), "1 is not below NaN"),
        (refusal(&[2, 3], |x| x.reshape(&[4])), "[4] has 4 elements, not 6"),
        (refusal(&[1, 1, 2, 9], |x| x.max_pool2d(pool)), "a window of 3 does not fit on 2"),
        (refusal(&[2, 3], |x| x.dropout(1.0)), "p = 1 does not lie in [0, 1)"),
        (refusal(&[2, 3], |x| x.gaussian_noise(-0.1)), "a deviation of -0.1 is not finite or below 0"),
        (refusal(&[2, 3], |x| x.huber(x, f64::NAN)), "a delta of NaN is not positive"),
        (refusal(&[2, 3], |x| x + x.slice(1, 0, 2)), "axis 1 from the last has 3 and 2 elements"),
        (refusal(&[2, 4], |x| x.lrn(4, 0.1, 0.75, 1.0)), "it takes images [n, c, h, w]"),
        (refusal(&[1, 4], |x| x.batch_norm_of_its_own()), "a single value a channel has no variance"),
    ] {
        assert!(report.contains(expected), "{report}");
    }
    assert!(matches!(concat(0, &[]), Err(Error::Length { .. })));
}

trait OfItsOwn<'t> {
    fn batch_norm_of_its_own(self) -> Var<'t>;
}

impl<'t> OfItsOwn<'t> for Var<'t> {
    fn batch_norm_of_its_own(self) -> Var<'t> {
        let c = self.extents()[1];
        let of = |name: &str| self.tape().parameter(name, &[c]);
        self.batch_norm(of("weight"), of("bias"), of("mean"), of("variance"), 1e-5)
    }
}

#[test]
fn dropout_is_a_function_of_the_moment_and_of_where_it_stands() {
    let tape = Tape::new();
    let x = tape.input(&[1000]);
    let y = [x.dropout(0.25), x.dropout(0.25)];
    let mut plan = Plan::<f64>::compile(&tape, None, &y).unwrap();
    plan.input_mut(0).fill(3.0);
    let mut run = |step| {
        plan.set_moment(Moment { seed: 9, step });
        plan.forward(&[]).unwrap();
        [plan.output(0).to_vec(), plan.output(1).to_vec()]
    };
    let first = run(1);
    assert_eq!(first, run(1));
    assert_ne!(first, run(2));
    assert_ne!(first[0], first[1]);
    assert!(first[0].iter().all(|y| *y == 0.0 || *y == 4.0));
    // Four standard deviations of the share dropped, sqrt(0.25 * 0.75 / 1000) = 0.0137.
    let dropped = first[0].iter().filter(|y| **y == 0.0).count();
    assert!((195..=305).contains(&dropped), "{dropped}");
}

#[test]
fn without_a_loss_all_gradients_are_zero() {
    let tape = Tape::new();
    let y = tape.input(&[2, 3]).linear(tape.parameter("w", &[4, 3]), tape.parameter("b", &[4]));
    let mut plan = Plan::<f32>::compile(&tape, None, &[y]).unwrap();
    let (parameters, mut gradients) = ([1.0; 16], [f32::NAN; 16]);
    plan.forward(&parameters).unwrap();
    plan.backward(&parameters, &mut gradients).unwrap();
    assert_eq!(gradients, [0.0; 16]);
    assert!(plan.loss().is_nan());
}

#[test]
#[should_panic(expected = "OverlappingIndices")]
fn an_input_is_not_handed_out_twice() {
    let tape = Tape::new();
    let y = tape.input(&[2]) + tape.input(&[2]);
    let mut plan = Plan::<f32>::compile(&tape, None, &[y]).unwrap();
    let _ = plan.inputs_mut([0, 0]);
}

#[test]
fn outputs_too_large_for_memory_are_refused() {
    let huge = |recorded: &Tape| recorded.finish().unwrap_err().to_string();
    let tape = Tape::new();
    let _ = tape.input(&[1 << 32, 1]).matmul(tape.parameter("w", &[1, 1 << 32]));
    assert!(huge(&tape).contains("is too large"), "{}", huge(&tape));
    let tape = Tape::new();
    let _ = tape.input(&[1 << 40, 1]) + tape.input(&[1, 1 << 40]);
    assert!(huge(&tape).contains("is too large"), "{}", huge(&tape));
}

#[test]
fn paddings_and_windows_too_large_to_count_are_refused() {
    let refused = |x: &[usize], record: &dyn Fn(Var<'_>)| {
        let tape = Tape::new();
        record(tape.input(x));
        tape.finish().unwrap_err().to_string()
    };
    let half = usize::MAX / 2 + 1;
    let conv = |stride, pad, dilation| {
        refused(&[1, 1, 4, 4], &|x| {
            let windows = Windows { stride: [stride; 2], pad: [pad; 2], dilation: [dilation; 2], groups: 1 };
            let _ = x.conv2d(x.tape().parameter("w", &[1, 1, 3, 3]), windows);
        })
    };
    assert!(
        conv(1, half, 1).contains("a padding of 9223372036854775808 is too large"),
        "{}",
        conv(1, half, 1)
    );
    assert!(conv(1, 0, half).contains("does not fit on 4"), "{}", conv(1, 0, half));
    let pool = refused(&[1, 1, 4, 4], &|x| {
        let _ = x.max_pool2d(Pooling { kernel: [usize::MAX; 2], stride: [1; 2], pad: [half; 2], ceil: true });
    });
    assert!(pool.contains("is too large"), "{pool}");
}

#[test]
fn a_plan_beyond_memory_is_an_error() {
    for (size, inputs) in [(1 << 50, 1), (1 << 59, 64)] {
        let tape = Tape::new();
        let sum = (0..inputs).map(|_| tape.input(&[size])).reduce(|sum, x| sum + x).unwrap();
        let Err(error) = Plan::<f64>::compile(&tape, None, &[sum]) else { panic!("a petabyte was found") };
        assert!(error.to_string().contains("does not fit in memory"), "{error}");
    }
}

#[test]
fn the_variance_of_equal_numbers_is_not_negative() {
    fn moved<B: Backend>(backend: &B, eps: f64) -> f64 {
        let tape = Tape::new();
        let [ones, zeros] = [1.0, 0.0].map(|number| tape.constant(&[1], &[number]));
        let x = tape.constant(&[8, 1], &[0.25; 8]);
        let y =
            x.batch_norm(ones, zeros, tape.statistic("mean", &[1]), tape.statistic("variance", &[1]), eps);
        let mut plan = Plan::<f64>::compile_for(backend, &tape, Some(y.sum()), &[]).unwrap();
        let mut gradients = [f64::NAN; 2];
        plan.forward(&[0.0; 2]).unwrap();
        plan.backward(&[0.0; 2], &mut gradients).unwrap();
        -gradients[1]
    }
    // Rounded, 1 / sqrt(eps) squared is not always 1 / eps.
    for eps in [1e-5, 1e-3, 3e-4, 0.7, 1e-7] {
        for variance in [moved(&Reference, eps), moved(&Cpu::with_threads(1), eps)] {
            assert!((0.0..1e-15).contains(&variance), "{variance:e} with eps = {eps:e}");
        }
    }
}

#[test]
fn sums_of_many_numbers_are_not_cut_off() {
    const COUNT: usize = (1 << 24) + 2;
    let ones = vec![1.0; COUNT];
    assert_eq!(output(&[COUNT], &ones, |x| x.sum()), [COUNT as f32]);
    assert_eq!(output(&[COUNT], &ones, |x| x.sum_axis(0)), [COUNT as f32]);
    assert_eq!(output(&[1, COUNT], &ones, |x| x.mean_squared_error(x * 2.0)), [1.0]);
    // Nor does a mean overflow where its numbers do not.
    assert_eq!(output(&[2], &[f32::MAX; 2], |x| x.mean()), [f32::MAX]);
}

#[test]
fn one_backward_belongs_to_one_forward() {
    let tape = Tape::new();
    let x = tape.input(&[]);
    let mut plan = Plan::<f64>::compile(&tape, Some(x.exp().sin().exp()), &[]).unwrap();
    assert_eq!(plan.backward(&[], &mut []), Err(Error::NoForward));
    plan.forward(&[]).unwrap();
    plan.backward(&[], &mut []).unwrap();
    assert_eq!(plan.backward(&[], &mut []), Err(Error::NoForward));
    plan.forward(&[]).unwrap();
    plan.backward(&[], &mut []).unwrap();
}

#[test]
fn a_plan_takes_values_of_its_own_tape_only() {
    let (one, other) = (Tape::default(), Tape::new());
    let (x, y) = (one.input(&[]), other.input(&[]));
    assert_eq!(Plan::<f64>::compile(&one, Some(x * x), &[x]).map(|_| ()), Ok(()));
    let refused = |loss, outputs: &[Var<'_>]| Plan::<f64>::compile(&one, loss, outputs).map(|_| ());
    assert_eq!(refused(Some(y), &[]), Err(Error::Tapes { op: "compile" }));
    assert_eq!(refused(Some(x), &[x, y]), Err(Error::Tapes { op: "compile" }));
}

#[test]
fn nothing_passes_where_a_function_is_flat() {
    let gradient = |backend: &dyn Fn(&Tape, Var<'_>) -> Plan<f64>, f: OnTape| {
        let tape = Tape::new();
        let x = tape.input(&[2, 2]);
        let mut plan = backend(&tape, f(&tape, x));
        plan.input_mut(0).copy_from_slice(&[-1.0, 4.0, -9.0, 16.0]);
        let parameters = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        let count = plan.n_parameters();
        plan.forward(&parameters[..count]).unwrap();
        plan.backward(&parameters[..count], &mut vec![0.0; count]).unwrap();
        plan.input_gradient(0).unwrap().to_vec()
    };
    let formulas: [OnTape; 3] = [
        |_, x| x.relu().sqrt().sum(),
        |_, x| x.clamp(0.0, f64::INFINITY).sqrt().sum(),
        |tape, x| x.linear(tape.parameter("w", &[2, 2]), tape.parameter("b", &[2])).relu().sqrt().sum(),
    ];
    for formula in formulas {
        let by_kernel = gradient(&|tape, loss| Plan::compile(tape, Some(loss), &[]).unwrap(), formula);
        let by_definition =
            gradient(&|tape, loss| Plan::compile_for(&Reference, tape, Some(loss), &[]).unwrap(), formula);
        assert_eq!(by_kernel, [0.0, 0.25, 0.0, 0.125]);
        assert_eq!(by_definition, by_kernel);
    }
}

#[test]
fn logits_may_be_large_or_rule_a_class_out() {
    let cost = |logits: &[f32]| {
        let tape = Tape::new();
        let (x, class) = (tape.input(&[1, logits.len()]), tape.constant(&[1], &[0.0]));
        let mut plan = Plan::<f32>::compile(&tape, Some(x.softmax_cross_entropy(class, 0.0)), &[]).unwrap();
        plan.input_mut(0).copy_from_slice(logits);
        plan.forward(&[]).unwrap();
        plan.loss()
    };
    assert_eq!(cost(&[1e8, 1e8]), 2.0_f32.ln());
    assert!((cost(&[1.0, 2.0, f32::NEG_INFINITY]) - 1.313_261_7).abs() < 1e-6);
    assert_eq!(cost(&[f32::NEG_INFINITY, 1.0]), f32::INFINITY);
}

#[test]
fn a_quotient_may_be_of_very_large_numbers() {
    for scale in [1e20_f32, 1e-25] {
        let tape = Tape::new();
        let (a, b) = (tape.input(&[]), tape.input(&[]));
        let mut plan = Plan::<f32>::compile(&tape, Some(a / b), &[]).unwrap();
        plan.input_mut(0)[0] = scale;
        plan.input_mut(1)[0] = scale;
        plan.forward(&[]).unwrap();
        plan.backward(&[], &mut []).unwrap();
        assert_eq!(plan.input_gradient(1).unwrap(), [-1.0 / scale]);
    }
}

#[test]
fn draws_have_the_moments_of_their_distributions_and_no_gradient() {
    let tape = Tape::new();
    let x = tape.input(&[40_000]);
    let outputs = [x.bernoulli(), x.draw_normal(), x.bernoulli()];
    let loss = (outputs[0] + outputs[1] + x.detach() + 2.0 * x).sum();
    let mut plan = Plan::<f32>::compile(&tape, Some(loss), &outputs).unwrap();
    plan.set_moment(Moment { seed: 4, step: 2 });
    plan.input_mut(0).fill(0.3);
    plan.forward(&[]).unwrap();
    let mean = |values: &[f32]| values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
    // Standard errors are 0.0023, 0.005 and, of the variance, 0.007; five of them.
    assert!((mean(plan.output(0)) - 0.3).abs() < 0.012);
    assert!((mean(plan.output(1)) - 0.3).abs() < 0.025);
    let squares: Vec<f32> = plan.output(1).iter().map(|x| (x - 0.3) * (x - 0.3)).collect();
    assert!((mean(&squares) - 1.0).abs() < 0.036);
    let both: Vec<f32> = plan.output(0).iter().zip(plan.output(2)).map(|(a, b)| a * b).collect();
    assert!((mean(&both) - 0.09).abs() < 0.01, "two draws on a tape have nothing to do with each other");
    let first = plan.output(0).to_vec();
    plan.backward(&[], &mut []).unwrap();
    assert!(plan.input_gradient(0).unwrap().iter().all(|dx| *dx == 2.0));
    plan.set_moment(Moment { seed: 4, step: 3 });
    plan.forward(&[]).unwrap();
    assert_ne!(plan.output(0), first);
}

#[test]
fn a_draw_of_no_probability_is_not_passed_over_by_a_product() {
    let tape = Tape::new();
    let [p, w] = [tape.input(&[20, 40]), tape.input(&[40, 50])];
    let y = p.bernoulli().matmul(w);
    let mut plan = Plan::<f32>::compile(&tape, None, &[y]).unwrap();
    for (input, value) in [(0, 0.5), (1, 1.0)] {
        plan.input_mut(input).fill(value);
    }
    plan.input_mut(0)[3 * 40 + 7] = f32::NAN;
    plan.forward(&[]).unwrap();
    for (row, y) in plan.output(0).chunks(50).enumerate() {
        assert!(y.iter().all(|y| y.is_nan() == (row == 3)), "row {row}: {y:?}");
    }
}
