//! AlexNet, as Caffe's `bvlc_alexnet` has it, learns 64 images by heart.
//!
//! The images are handwritten digits scaled up to 227x227 and made grey in three channels: enough to see sixty million parameters
//! train on two cores. You will see the table of layers, a line an epoch, the time of a step, and how many images it knows at the end,
//! dropout off.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod common;

use ann::data::{Class, Examples, InMemory, Mnist};
use ann::prelude::*;

network! {
    /// Krizhevsky, Sutskever and Hinton 2012: normalization before pooling, groups, pooling that overlaps, dropout of one half. Of ten
    /// classes instead of a thousand, with the initializers of He and others: with the paper's it takes hundreds of steps to begin.
    pub struct AlexNet: [3, 227, 227] -> [10] {
        conv1: Conv2d(96, kernel = 11, stride = 4, init = He), Relu,
        Lrn(5), MaxPool2d(3, stride = 2, ceil = true),
        conv2: Conv2d(256, kernel = 5, pad = 2, groups = 2, init = He), Relu,
        Lrn(5), MaxPool2d(3, stride = 2, ceil = true),
        conv3: Conv2d(384, kernel = 3, pad = 1, init = He), Relu,
        conv4: Conv2d(384, kernel = 3, pad = 1, groups = 2, init = He), Relu,
        conv5: Conv2d(256, kernel = 3, pad = 1, groups = 2, init = He), Relu,
        MaxPool2d(3, stride = 2, ceil = true),
        fc6: Dense(4096, init = He), Relu, Dropout(0.5),
        fc7: Dense(4096, init = He), Relu, Dropout(0.5),
        fc8: Dense(10),
    }
}

const IMAGES: usize = 64;
const SIDE: usize = 227;

/// A grey image of 28x28 scaled up, linearly between the middles of its pixels, and repeated in three channels.
fn enlarge(image: &[f32]) -> Vec<f32> {
    let place = |i: usize| {
        let at = ((i as f32 + 0.5) * 28.0 / SIDE as f32 - 0.5).clamp(0.0, 27.0);
        (at as usize, (at as usize + 1).min(27), at.fract())
    };
    let mut channel = Vec::with_capacity(SIDE * SIDE);
    for (above, below, down) in (0..SIDE).map(place) {
        for (left, right, along) in (0..SIDE).map(place) {
            let row = |y: usize| image[28 * y + left] * (1.0 - along) + image[28 * y + right] * along;
            channel.push(row(above) * (1.0 - down) + row(below) * down);
        }
    }
    channel.repeat(3)
}

fn main() -> Result<()> {
    let args = common::Args::read("data/mnist", 24);
    let digits = Mnist::train(&args.data)?;
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for number in 0..IMAGES.min(digits.len()) {
        let (mut image, mut label) = (vec![0.0_f32; 28 * 28], [0.0_f32]);
        digits.read(number, &mut image, &mut label)?;
        pixels.extend(enlarge(&image));
        labels.push(label[0] as usize);
    }
    let images: InMemory<Rank3<3, 227, 227>, Class<10>, f32> =
        InMemory::classes(Examples::from_vec(pixels)?, &labels)?;
    let mut net = AlexNet::new(args.seed);
    println!("{}", net.summary());
    println!("{} parameters, {IMAGES} images, {} threads\n", AlexNet::PARAMETERS, args.threads);

    let trainer = Trainer::new(CrossEntropy::new(), Adam::new(1e-4)).batch(16).metric(Accuracy::new());
    let mut trainer = args.trainer(trainer);
    let history = trainer.fit(&mut net, &images)?;
    args.save(&net)?;

    let figures = trainer.evaluate(&net, &images)?;
    let known = figures.get("accuracy").unwrap_or(f64::NAN) * labels.len() as f64;
    let steps = args.epochs * labels.len().div_ceil(16) as u64;
    let step = history.seconds() / steps.max(1) as f64;
    println!("\n{step:.2} s a step of 16 images; {known:.0} of {IMAGES} known by heart");
    common::print_result(&[
        ("seconds", history.seconds()),
        ("seconds_a_step", step),
        ("known", known),
        ("loss", figures.loss),
    ]);
    Ok(())
}
