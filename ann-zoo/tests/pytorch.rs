//! The small networks against PyTorch's under the same weights, in `f64`: outputs, loss, and of every gradient the norm and three
//! numbers (`golden/make.py`). The large ones are compared by `benches/zoo.py`.
//!
//! Both sides round differently in the last place only: 1e-9 of the largest number is room for thirty layers of it.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::Dtype;
use ann::data::{Class, Examples, InMemory};
use ann::prelude::*;
use ann_zoo::{LeNet, SqueezeNet};

/// Between -0.5 and 0.5, by a hash of the stream and the place; as in `golden/make.py`.
fn numbers(stream: usize, count: usize) -> impl Iterator<Item = f64> {
    (0..count as u64).map(move |i| {
        let mut u = (i * 2_654_435_761 + stream as u64 * 40_503 + 12_345) & 0xffff_ffff;
        for _ in 0..2 {
            u = ((u ^ (u >> 16)) * 0x045d_9f3b) & 0xffff_ffff;
        }
        u ^= u >> 16;
        (u >> 8) as f64 / 2_f64.powi(24) - 0.5
    })
}

fn close(found: f64, expected: f64, scale: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-9 * scale, "{what}: {found}, not {expected}");
}

/// The lines of a network: the first word and the numbers.
fn golden(network: &str) -> Vec<(&'static str, Vec<f64>)> {
    let text = include_str!("golden/small.txt");
    let of_network = text.split("network ").find(|part| part.starts_with(network)).unwrap();
    let line = |line: &'static str| {
        let (word, numbers) = line.split_once(' ').unwrap();
        (word, numbers.split(' ').map(|number| number.parse().unwrap()).collect())
    };
    of_network.lines().skip(1).map(line).collect()
}

fn check<N: Network<Input: Shaped, Output = Rank1<C>>, const C: usize>(mut net: N) {
    let layout = net.layout();
    for (stream, segment) in layout.segments().iter().enumerate() {
        let fan_in = match segment.extents[..] {
            [_] => 600,
            ref dims => dims[1..].iter().product(),
        };
        let scale = 2.0 * (6.0 / fan_in as f64).sqrt();
        let values: Vec<f64> = numbers(stream, segment.extents.count()).map(|value| value * scale).collect();
        net.set_parameter(&segment.name, &values).unwrap();
    }
    let width: usize = N::Input::DIMS.unwrap().iter().product();
    let x = Examples::from_vec(numbers(999, 2 * width).map(|value| 4.0 * value).collect()).unwrap();
    let data: InMemory<N::Input, Class<C>, f64> = InMemory::classes(x, &[3, 7]).unwrap();

    let lines = golden(net.name());
    let (output, loss) = (&lines[0].1, lines[1].1[0]);
    let scale = output.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
    for (found, expected) in net.predict(&data.inputs).unwrap().as_slice().iter().zip(output) {
        close(*found, *expected, scale, "output");
    }
    let gradients = Trainer::new(CrossEntropy::new(), Sgd::new(1.0)).gradients(&net, &data).unwrap();
    close(gradients.loss, loss, loss, "loss");
    assert_eq!(lines.len() - 2, layout.segments().len());
    for (name, expected) in &lines[2..] {
        let found = gradients.get(name).unwrap();
        let norm = found.iter().map(|value| value * value).sum::<f64>().sqrt();
        close(norm, expected[0], expected[0], name);
        for (at, expected) in [0, found.len() / 2, found.len() - 1].into_iter().zip(&expected[1..]) {
            close(found[at], *expected, norm, name);
        }
    }
}

#[test]
fn lenet_agrees_with_pytorch() {
    check(LeNet::builder().precision(Dtype::F64).build());
}

#[test]
fn squeezenet_agrees_with_pytorch() {
    let mut net = SqueezeNet::builder().precision(Dtype::F64).build();
    net.drop9 = net.drop9.clone().p(0.0);
    check(net);
}

#[test]
#[ignore = "some minutes in a debug build; `cargo test --release -p ann-zoo -- --ignored`"]
fn every_network_runs_forward_and_backward() {
    fn run<N: Network<Input: Shaped, Output = Rank1<C>>, const C: usize>(net: &N) {
        let width: usize = N::Input::DIMS.unwrap().iter().product();
        let x = Examples::from_vec(numbers(999, 2 * width).map(|value| value as f32).collect()).unwrap();
        let data: InMemory<N::Input, Class<C>, f32> = InMemory::classes(x, &[3, 7]).unwrap();
        let gradients = Trainer::new(CrossEntropy::new(), Sgd::new(1.0)).gradients(net, &data).unwrap();
        assert!(gradients.loss.is_finite());
        for segment in gradients.layout().segments() {
            let gradient = gradients.get(&segment.name).unwrap();
            assert!(
                gradient.iter().any(|value| *value != 0.0),
                "{}: nothing reaches {}",
                net.name(),
                segment.name
            );
        }
    }
    run(&LeNet::new(0));
    run(&ann_zoo::AlexNet::new(0));
    run(&ann_zoo::CaffeNet::new(0));
    run(&ann_zoo::Vgg16::new(0));
    run(&ann_zoo::GoogLeNet::new(0));
    run(&ann_zoo::ResNet18::new(0));
    run(&ann_zoo::ResNet50::new(0));
    run(&SqueezeNet::new(0));
    run(&ann_zoo::MobileNet::new(0));
}
