//! The kernels of `Cpu` against the operations' definitions (`Reference`) on random sizes, odd ones among them, with shrinking.
//!
//! Forward, gradients, `f32` and `f64`, one thread and three. Sums are taken in another order: errors relative to the largest
//! number of a tensor may be some hundred units of the last place (1e-4 and 1e-12).
#![allow(clippy::unwrap_used, reason = "a test")]

use ann_autodiff::ops::{
    AvgPool2d, BatchNorm, Concat, Conv2d, Conv2dBias, ConvTranspose2d, ConvTranspose2dBias, Lrn, MaxPool2d,
    Normalize, Pooling, SoftmaxCrossEntropy, Windows,
};
use ann_autodiff::random::Random;
use ann_autodiff::{Backend, Cpu, Epilogue, Moment, Plan, Reference, Scalar, Tape, Var};
use proptest::prelude::*;

/// A formula on inputs of these sizes.
type Formula = dyn for<'t> Fn(&'t Tape, &[Var<'t>]) -> Var<'t>;

/// The output and the gradients of a random weighting of it.
fn run<T: Scalar>(
    backend: &impl Backend,
    sizes: &[Vec<usize>],
    labels: Option<usize>,
    f: &Formula,
) -> Vec<Vec<T>> {
    let tape = Tape::new();
    let mut x: Vec<Var<'_>> = sizes.iter().map(|dims| tape.input(dims)).collect();
    // The last input may be labels.
    if labels.is_some() {
        let rows = sizes[0][0];
        x.push(tape.data(&[rows]));
    }
    let y = f(&tape, &x);
    let count = y.extents().count();
    let random = Random::new(7);
    let weights: Vec<f64> = (0..count).map(|i| random.stream(99).normal(i as u64)).collect();
    let loss = (y * tape.constant(&y.extents(), &weights)).sum();
    let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &[y]).unwrap();
    plan.set_moment(Moment { seed: 3, step: 5 });
    for (number, _) in x.iter().enumerate() {
        for (i, place) in plan.input_mut(number).iter_mut().enumerate() {
            let stream = random.stream(number as u64);
            *place = match labels {
                Some(classes) if number == sizes.len() => T::from_usize(stream.below(i as u64, classes)),
                _ => T::from_f64(stream.normal(i as u64)),
            };
        }
    }
    plan.forward(&[]).unwrap();
    plan.backward(&[], &mut []).unwrap();
    let mut found = vec![plan.output(0).to_vec()];
    found.extend(
        (0..sizes.len()).map(|number| plan.input_gradient(number).map(<[T]>::to_vec).unwrap_or_default()),
    );
    found
}

fn agree<T: Scalar>(
    sizes: &[Vec<usize>],
    labels: Option<usize>,
    f: &Formula,
    allowed: f64,
) -> Result<(), TestCaseError> {
    let expected = run::<T>(&Reference, sizes, labels, f);
    let one = run::<T>(&Cpu::with_threads(1), sizes, labels, f);
    let three = run::<T>(&Cpu::with_threads(3), sizes, labels, f);
    prop_assert_eq!(&one, &three, "one thread and three give other bits");
    for (number, (expected, found)) in expected.iter().zip(&one).enumerate() {
        prop_assert_eq!(expected.len(), found.len());
        let scale = expected.iter().fold(1e-30, |scale: f64, e| scale.max(e.to_f64().abs()));
        for (i, (expected, found)) in expected.iter().zip(found).enumerate() {
            let error = (expected.to_f64() - found.to_f64()).abs() / scale;
            prop_assert!(
                error <= allowed,
                "tensor {number}, element {i}: {expected} and {found}, {:?}",
                T::DTYPE
            );
        }
    }
    Ok(())
}

fn check(sizes: &[Vec<usize>], labels: Option<usize>, f: &Formula) -> Result<(), TestCaseError> {
    agree::<f32>(sizes, labels, f, 1e-4)?;
    agree::<f64>(sizes, labels, f, 1e-12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn dense_layers(rows in 0_usize..70, k in 1_usize..90, n in 1_usize..90, activation in 0..4) {
        check(&[vec![rows, k], vec![n, k], vec![n]], None, match activation {
            0 => &|_, x| x[0].linear(x[1], x[2]),
            1 => &|_, x| x[0].linear(x[1], x[2]).relu(),
            2 => &|_, x| x[0].linear(x[1], x[2]).sigmoid(),
            _ => &|_, x| x[0].linear(x[1], x[2]).tanh(),
        })?;
    }

    #[test]
    fn small_dense_layers(rows in 0_usize..1200, k in 1_usize..18, n in 1_usize..18, activation in 0..2) {
        check(&[vec![rows, k], vec![n, k], vec![n]], None, match activation {
            0 => &|_, x| x[0].linear(x[1], x[2]),
            _ => &|_, x| x[0].linear(x[1], x[2]).tanh(),
        })?;
    }

    #[test]
    fn matrix_products(rows in 1_usize..70, k in 1_usize..90, n in 1_usize..90) {
        check(&[vec![rows, k], vec![k, n]], None, &|_, x| x[0].matmul(x[1]))?;
        check(&[vec![rows, k], vec![n, k]], None, &|_, x| x[0].matmul_transposed(x[1]))?;
        check(&[vec![rows, k], vec![k, n]], None, &|_, x| x[0].bernoulli().matmul(x[1]))?;
    }

    #[test]
    fn convolutions(
        (images, groups, channels, filters) in (0_usize..4, 1_usize..4, 1_usize..4, 1_usize..4),
        (height, width) in (1_usize..14, 1_usize..14),
        kernel in (1_usize..5, 1_usize..5),
        stride in (1_usize..4, 1_usize..4),
        pad in (0_usize..3, 0_usize..3),
        dilation in (1_usize..3, 1_usize..3),
    ) {
        let reach = |kernel: usize, dilation: usize| dilation * (kernel - 1) + 1;
        prop_assume!(reach(kernel.0, dilation.0) <= height + 2 * pad.0 && reach(kernel.1, dilation.1) <= width + 2 * pad.1);
        let windows = Windows { stride: stride.into(), pad: pad.into(), dilation: dilation.into(), groups };
        let sizes = [
            vec![images, groups * channels, height, width],
            vec![groups * filters, channels, kernel.0, kernel.1],
            vec![groups * filters],
        ];
        check(&sizes[..2], None, &move |tape, x| tape.apply(Conv2d { windows }, [x[0], x[1]]))?;
        check(&sizes, None, &move |tape, x| {
            tape.apply(Conv2dBias { windows, epilogue: Epilogue::None }, [x[0], x[1], x[2]]).relu()
        })?;
    }

    // Enough channels and filters for minimal filtering.
    #[test]
    fn convolutions_of_3_by_3(
        (images, groups, channels, filters) in (0_usize..4, 1_usize..3, 14_usize..40, 14_usize..40),
        (height, width) in (1_usize..12, 1_usize..12),
        pad in (0_usize..3, 0_usize..3),
    ) {
        prop_assume!(3 <= height + 2 * pad.0 && 3 <= width + 2 * pad.1);
        let windows = Windows { pad: pad.into(), groups, ..Windows::UNIT };
        let sizes = [
            vec![images, groups * channels, height, width],
            vec![groups * filters, channels, 3, 3],
            vec![groups * filters],
        ];
        check(&sizes[..2], None, &move |tape, x| tape.apply(Conv2d { windows }, [x[0], x[1]]) + x[0].sum() + x[1].sum())?;
        check(&sizes, None, &move |tape, x| {
            tape.apply(Conv2dBias { windows, epilogue: Epilogue::None }, [x[0], x[1], x[2]]).relu()
        })?;
        check(&sizes, None, &move |tape, x| {
            tape.apply(Conv2dBias { windows, epilogue: Epilogue::None }, [x[0], x[1], x[2]]).tanh()
        })?;
    }

    // Large enough for minimal filtering at more points.
    #[test]
    fn convolutions_of_5_by_5_and_of_large_images(
        (images, groups, channels, filters) in (0_usize..3, 1_usize..3, 30_usize..44, 30_usize..44),
        (height, width) in (5_usize..24, 5_usize..24),
        pad in (0_usize..5, 0_usize..5),
        kernel in (1..3_usize).prop_map(|half| 2 * half + 1),
    ) {
        let windows = Windows { pad: pad.into(), groups, ..Windows::UNIT };
        let sizes = [
            vec![images, groups * channels, height, width],
            vec![groups * filters, channels, kernel, kernel],
            vec![groups * filters],
        ];
        check(&sizes[..2], None, &move |tape, x| tape.apply(Conv2d { windows }, [x[0], x[1]]) + x[0].sum() + x[1].sum())?;
        // In double precision rounding decides nothing: with relu's mask of each pixel.
        agree::<f64>(&sizes, None, &move |tape, x| {
            tape.apply(Conv2dBias { windows, epilogue: Epilogue::None }, [x[0], x[1], x[2]]).relu()
        }, 1e-12)?;
        check(&sizes, None, &move |tape, x| {
            // Filter by filter far from 0, on either side: there the gradient jumps, and of a sum of hundreds of products rounding would decide
            // where it lies.
            let far: Vec<f64> = (0..groups * filters).map(|filter| if filter % 3 == 0 { -8.0 } else { 8.0 }).collect();
            let bias = x[2] + tape.constant(&[groups * filters], &far);
            tape.apply(Conv2dBias { windows, epilogue: Epilogue::None }, [x[0] * 0.03125, x[1], bias]).relu()
        })?;
        check(&sizes, None, &move |tape, x| {
            // Sums of the size of 1: of hundreds of products of the size of 1 they are some 30, and what is small beside those is not so
            // beside their tanh.
            tape.apply(Conv2dBias { windows, epilogue: Epilogue::None }, [x[0] * 0.03125, x[1], x[2]]).tanh()
        })?;
    }

    #[test]
    fn depthwise_convolutions(
        (images, channels, height, width) in (0_usize..4, 2_usize..6, 1_usize..20, 1_usize..20),
        kernel in (1_usize..5, 1_usize..5),
        stride in (1_usize..4, 1_usize..4),
        pad in (0_usize..3, 0_usize..3),
        dilation in (1_usize..3, 1_usize..3),
    ) {
        let reach = |kernel: usize, dilation: usize| dilation * (kernel - 1) + 1;
        prop_assume!(reach(kernel.0, dilation.0) <= height + 2 * pad.0 && reach(kernel.1, dilation.1) <= width + 2 * pad.1);
        let windows = Windows { stride: stride.into(), pad: pad.into(), dilation: dilation.into(), groups: channels };
        let sizes = [
            vec![images, channels, height, width],
            vec![channels, 1, kernel.0, kernel.1],
            vec![channels],
        ];
        check(&sizes[..2], None, &move |tape, x| tape.apply(Conv2d { windows }, [x[0], x[1]]))?;
        check(&sizes, None, &move |tape, x| {
            tape.apply(Conv2dBias { windows, epilogue: Epilogue::None }, [x[0], x[1], x[2]]).tanh() + x[0].sum()
        })?;
    }

    #[test]
    fn transposed_convolutions(
        (images, groups, channels, filters) in (0_usize..4, 1_usize..4, 1_usize..4, 1_usize..4),
        (height, width) in (1_usize..9, 1_usize..9),
        kernel in (1_usize..5, 1_usize..5),
        stride in (1_usize..4, 1_usize..4),
        pad in (0_usize..3, 0_usize..3),
        dilation in (1_usize..3, 1_usize..3),
    ) {
        let whole = |size: usize, kernel: usize, stride: usize, dilation: usize| (size - 1) * stride + dilation * (kernel - 1) + 1;
        prop_assume!(2 * pad.0 < whole(height, kernel.0, stride.0, dilation.0));
        prop_assume!(2 * pad.1 < whole(width, kernel.1, stride.1, dilation.1));
        let windows = Windows { stride: stride.into(), pad: pad.into(), dilation: dilation.into(), groups };
        let sizes = [
            vec![images, groups * channels, height, width],
            vec![groups * channels, filters, kernel.0, kernel.1],
            vec![groups * filters],
        ];
        check(&sizes[..2], None, &move |tape, x| tape.apply(ConvTranspose2d { windows }, [x[0], x[1]]))?;
        // The input's gradient comes from two sides.
        check(&sizes, None, &move |tape, x| {
            tape.apply(ConvTranspose2dBias { windows }, [x[0], x[1], x[2]]) + x[0].sum()
        })?;
    }

    #[test]
    fn local_response_normalization(
        (images, channels, height, width) in (0_usize..4, 1_usize..12, 1_usize..6, 1_usize..6),
        half in 0_usize..4,
        beta in 0..3,
    ) {
        let op = Lrn { size: 2 * half + 1, alpha: 0.7, beta: [0.75, 0.5, 1.3][beta as usize], k: 1.5 };
        check(&[vec![images, channels, height, width]], None, &move |_, x| x[0].map(op))?;
        check(&[vec![images, channels, height, width]], None, &move |_, x| x[0].map(op) * x[0])?;
    }

    #[test]
    fn tensors_one_after_the_other(rows in 0_usize..5, widths in (1_usize..9, 1_usize..9, 1_usize..9), inner in 1_usize..40) {
        let sizes = [vec![rows, widths.0, inner], vec![rows, widths.1, inner], vec![rows, widths.2, inner]];
        check(&sizes, None, &|tape, x| tape.apply(Concat { axis: 1 }, [x[0], x[1], x[2]]))?;
        check(&sizes[..2], None, &|tape, x| {
            tape.apply(Concat { axis: 1 }, [x[0], x[1]]) * tape.apply(Concat { axis: 1 }, [x[0], x[1]])
        })?;
        let sizes = [vec![rows, inner], vec![widths.0, inner]];
        check(&sizes, None, &|tape, x| tape.apply(Concat { axis: 0 }, [x[0], x[1]]))?;
    }

    #[test]
    fn pooling(
        (images, channels, height, width) in (0_usize..4, 1_usize..4, 1_usize..13, 1_usize..13),
        kernel in (1_usize..5, 1_usize..5),
        stride in (1_usize..4, 1_usize..4),
        pad in (0_usize..3, 0_usize..3),
        ceil in any::<bool>(),
    ) {
        prop_assume!(pad.0 < kernel.0 && pad.1 < kernel.1);
        prop_assume!(kernel.0 <= height + 2 * pad.0 && kernel.1 <= width + 2 * pad.1);
        let windows = Pooling { kernel: kernel.into(), stride: stride.into(), pad: pad.into(), ceil };
        let sizes = [vec![images, channels, height, width]];
        check(&sizes, None, &move |_, x| x[0].map(MaxPool2d { windows }))?;
        check(&sizes, None, &move |_, x| x[0].map(AvgPool2d { windows }))?;
    }

    #[test]
    fn batch_normalization(images in 3_usize..8, channels in 1_usize..9, height in 2_usize..7, width in 2_usize..7) {
        // Variances of a dozen elements and more: of fewer, rounding is blown up.
        let sizes = [vec![images, channels, height, width], vec![channels], vec![channels]];
        check(&sizes, None, &move |tape, x| {
            let (zeros, ones) = (vec![0.0; channels], vec![1.0; channels]);
            let statistics = [tape.constant(&[channels], &zeros), tape.constant(&[channels], &ones)];
            let trained = tape.apply(BatchNorm { eps: 1e-2 }, [x[0], x[1], x[2], statistics[0], statistics[1]]);
            tape.apply(Normalize { eps: 1e-2 }, [trained, x[1], x[2], statistics[0], statistics[1]])
        })?;
    }

    #[test]
    fn functions_of_each_element(rows in 0_usize..40, columns in 1_usize..200) {
        let sizes = [vec![rows, columns], vec![rows, columns]];
        check(&sizes, None, &|_, x| x[0].sigmoid() + x[1].tanh() * x[0].relu())?;
        check(&sizes, None, &|_, x| x[0].gelu() - x[1].silu() * x[0].softplus())?;
        check(&sizes, None, &|_, x| x[0].elu(0.7) + x[1].leaky_relu(0.1).dropout(0.3))?;
    }

    #[test]
    fn rows(rows in 0_usize..40, columns in 1_usize..300) {
        let sizes = [vec![rows, columns], vec![columns]];
        check(&sizes, None, &|_, x| x[0] + x[1])?;
        // Gradients come from two sides.
        check(&sizes, None, &|_, x| (x[0] + x[1]) * x[0] + x[1])?;
        check(&sizes[..1], None, &|_, x| x[0].sum_axis(1))?;
        check(&sizes[..1], None, &|_, x| x[0].sum_axis(1) + x[0].mean_axis(1))?;
        check(&[vec![rows, 3, columns], vec![3, columns]], None, &|_, x| (x[0] + x[1]).sum_axis(2))?;
    }

    #[test]
    fn losses(rows in 1_usize..60, classes in 1_usize..70, smoothing in 0.0_f64..0.5) {
        let sizes = [vec![rows, classes]];
        check(&sizes, Some(classes), &move |tape, x| tape.apply(SoftmaxCrossEntropy { smoothing }, [x[0], x[1]]))?;
        check(&[vec![rows, classes], vec![rows, classes]], None, &|_, x| x[0].mean_squared_error(x[1]))?;
        check(&[vec![rows, classes], vec![rows, classes]], None, &|_, x| x[0].huber(x[1], 0.7))?;
        check(&[vec![rows, classes], vec![rows, classes]], None, &|_, x| x[0].binary_cross_entropy(x[1]) + x[0].sum())?;
    }
}
