//! Convolutions of whose output only picks are wanted, beside the definitions.

use crate::ops::{Pooling, Windows};
use crate::random::Random;
use crate::{Backend, Cpu, Plan, Reference, Scalar, Tape};

#[derive(Clone, Copy, Debug)]
struct Net {
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

impl Net {
    /// The loss, all gradients, that by the input, and how many steps run as one with the one before.
    fn run<T: Scalar>(self, backend: &impl Backend) -> (Vec<T>, usize) {
        let tape = Tape::new();
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
        let x = x.max_pool2d(Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false });
        let loss = x.tanh().mean_squared_error(tape.data(&x.extents()));
        let mut plan = Plan::<T>::compile_for(backend, &tape, Some(loss), &[]).unwrap();
        plan.poison();
        let random = Random::new(7);
        let draw = |stream: u64, i: usize| T::from_f64(0.5 * random.stream(stream).normal(i as u64));
        for number in 0..2 {
            plan.input_mut(number).iter_mut().enumerate().for_each(|(i, x)| *x = draw(number as u64, i));
        }
        let parameters: Vec<T> = (0..plan.n_parameters()).map(|i| draw(3, i)).collect();
        let mut found = vec![T::NAN; parameters.len()];
        plan.forward(&parameters).unwrap();
        found.push(plan.loss());
        let gradients = found.len() - 1;
        plan.backward(&parameters, &mut found[..gradients]).unwrap();
        found.extend(plan.input_gradient(0).unwrap_or_default());
        (found, plan.explain().matches("as one").count())
    }
}

fn check<T: Scalar>(bound: f64) {
    // Windows that fill registers and such that do not, images with and without a rest, one image and more than chunks.
    let plain = Net {
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
        Net { is_rectified: true, passes: true, ..plain },
        Net { images: 1, image: [7, 8], has_bias: false, passes: true, ..plain },
        Net { images: 35, channels: 4, image: [12, 23], filters: 6, groups: 2, is_rectified: true, ..plain },
        Net { images: 2, channels: 3, image: [9, 67], kernel: 2, passes: true, ..plain },
        Net { images: 4, channels: 2, image: [6, 10], kernel: 1, passes: true, ..plain },
    ];
    for cpus in Cpu::of_every_kind() {
        let is_joined = T::halves(cpus[0].isa).is_some();
        for net in nets {
            let (expected, _) = net.run::<T>(&Reference);
            let (found, joined) = net.run::<T>(&cpus[0]);
            assert_eq!(joined, usize::from(is_joined), "{net:?}");
            assert_eq!(found.len(), expected.len());
            for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let (found, expected) = (found.to_f64(), expected.to_f64());
                let error = (found - expected).abs() / (1.0 + expected.abs());
                assert!(error <= bound, "{net:?}, {:?}: {found} for {expected}, number {i}", cpus[0]);
            }
            for cpu in &cpus[1..] {
                assert!(net.run::<T>(cpu).0 == found, "{net:?}: other bits on {cpu:?}");
            }
        }
    }
}

// Sums of at most some hundred products near 1.
#[test]
fn picks_at_once_are_what_convolution_and_pool_are_by_definition() {
    check::<f32>(2e-6);
    check::<f64>(1e-14);
}

#[test]
fn what_is_asked_for_is_not_only_picked_from() {
    let tape = Tape::new();
    let w = tape.parameter("w", &[3, 1, 3, 3]);
    let x = tape.data(&[2, 1, 8, 8]).conv2d(w, Windows::UNIT);
    let y = x.max_pool2d(Pooling { kernel: [2; 2], stride: [2; 2], pad: [0; 2], ceil: false });
    let plan = Plan::<f32>::compile(&tape, None, &[x, y]).unwrap();
    assert_eq!(plan.explain().matches("as one").count(), 0);
}

#[test]
fn nan_is_picked_and_shows() {
    let tape = Tape::new();
    let w = tape.parameter("w", &[1, 1, 1, 1]);
    let y = tape.data(&[1, 1, 4, 36]).conv2d(w, Windows::UNIT).max_pool2d(Pooling {
        kernel: [2; 2],
        stride: [2; 2],
        pad: [0; 2],
        ceil: false,
    });
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
