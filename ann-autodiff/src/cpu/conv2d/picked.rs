//! Convolutions of whose output only picks are wanted, beside the definitions.

use crate::cpu::beside::{Net, check};
use crate::ops::{Pooling, Windows};
use crate::{Cpu, Plan, Scalar, Tape, Var};

const HALVES: Pooling = Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false };

#[derive(Clone, Copy, Debug)]
struct Picked {
    images: usize,
    channels: usize,
    image: [usize; 2],
    filters: usize,
    kernel: usize,
    groups: usize,
    has_bias: bool,
    is_rectified: bool,
    /// Whether the gradient by the input is asked for.
    passes: bool,
}

impl Net for Picked {
    fn record<'t>(&self, tape: &'t Tape) -> Var<'t> {
        let dims = [self.images, self.channels, self.image[0], self.image[1]];
        let input = if self.passes { tape.input(&dims) } else { tape.data(&dims) };
        let w = tape.parameter("w", &[self.filters, self.channels / self.groups, self.kernel, self.kernel]);
        let windows = Windows { groups: self.groups, ..Windows::UNIT };
        let x = if self.has_bias {
            input.conv2d_bias(w, tape.parameter("b", &[self.filters]), windows)
        } else {
            input.conv2d(w, windows)
        };
        let x = if self.is_rectified { x.relu() } else { x };
        let x = x.max_pool2d(HALVES);
        x.tanh().mean_squared_error(tape.data(&x.extents()))
    }
}

fn all<T: Scalar>(bound: f64) {
    // Windows that fill registers and such that do not, images with and without a rest, no image, one, and more than chunks.
    let plain = Picked {
        images: 3,
        channels: 1,
        image: [28, 28],
        filters: 5,
        kernel: 5,
        groups: 1,
        has_bias: true,
        is_rectified: false,
        passes: false,
    };
    let nets = [
        plain,
        Picked { is_rectified: true, passes: true, ..plain },
        Picked { images: 0, passes: true, ..plain },
        Picked { images: 1, image: [7, 8], has_bias: false, passes: true, ..plain },
        Picked {
            images: 35,
            channels: 4,
            image: [12, 23],
            filters: 6,
            groups: 2,
            is_rectified: true,
            ..plain
        },
        Picked { images: 2, channels: 3, image: [9, 67], kernel: 2, passes: true, ..plain },
        Picked { images: 4, channels: 2, image: [6, 10], kernel: 1, passes: true, ..plain },
    ];
    for cpus in Cpu::of_every_kind() {
        let joined = usize::from(T::halves(cpus[0].isa).is_some());
        for net in nets {
            check::<T>(&net, &cpus, joined, bound);
        }
    }
}

// Sums of at most some hundred products near 1.
#[test]
fn picks_at_once_are_what_convolution_and_pool_are_by_definition() {
    all::<f32>(2e-6);
    all::<f64>(1e-14);
}

#[test]
fn what_is_asked_for_is_not_only_picked_from() {
    let tape = Tape::new();
    let w = tape.parameter("w", &[3, 1, 3, 3]);
    let x = tape.data(&[2, 1, 8, 8]).conv2d(w, Windows::UNIT);
    let y = x.max_pool2d(HALVES);
    let plan = Plan::<f32>::compile(&tape, None, &[x, y]).unwrap();
    assert_eq!(plan.explain().matches("as one").count(), 0);
}

#[test]
fn nan_is_picked_and_shows() {
    let tape = Tape::new();
    let w = tape.parameter("w", &[1, 1, 1, 1]);
    let y = tape.data(&[1, 1, 4, 36]).conv2d(w, Windows::UNIT).max_pool2d(HALVES);
    let mut plan = Plan::<f32>::compile(&tape, None, &[y]).unwrap();
    for at in 0..4 * 36 {
        plan.input_mut(0).fill(1.0);
        plan.input_mut(0)[at] = f32::NAN;
        plan.forward(&[2.0]).unwrap();
        for (i, y) in plan.output(0).iter().enumerate() {
            assert!(if i == at / 72 * 18 + at % 36 / 2 { y.is_nan() } else { *y == 2.0 }, "{at}, {i}");
        }
    }
}
