//! The same seed gives the same bits.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::prelude::*;
use ann::{Dtype, MatmulPrecision};
use ann_tests::{Dense3, Small, bits, images};

fn trained(threads: usize, seed: u64, precision: Dtype) -> Vec<u64> {
    trained_with(threads, seed, precision, MatmulPrecision::Full)
}

fn trained_with(threads: usize, seed: u64, precision: Dtype, products: MatmulPrecision) -> Vec<u64> {
    let mut net = Small::builder().seed(seed).precision(precision).build();
    let mut trainer = Trainer::new(CrossEntropy::new(), Adam::new(0.002))
        .epochs(2)
        .batch(48)
        .seed(seed)
        .matmul_precision(products)
        .threads(threads)
        .clip(Clip::Norm(5.0))
        .metric(Accuracy::new());
    trainer.fit(&mut net, &images(500).unwrap()).unwrap();
    bits(&net).unwrap()
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for precision in [Dtype::F32, Dtype::F64] {
        let one = trained(1, 7, precision);
        for threads in [2, 3, 5] {
            assert!(one == trained(threads, 7, precision), "{threads} threads, {precision:?}");
        }
    }
}

#[test]
fn products_of_bf16_give_the_same_bits_on_any_number_of_threads_and_others_than_those_of_f32() {
    let one = trained_with(1, 7, Dtype::F32, MatmulPrecision::Bf16);
    for threads in [2, 3] {
        assert!(one == trained_with(threads, 7, Dtype::F32, MatmulPrecision::Bf16), "{threads} threads");
    }
    assert!(one != trained(1, 7, Dtype::F32));
}

#[test]
fn another_seed_gives_other_bits() {
    assert!(trained(1, 7, Dtype::F32) != trained(1, 8, Dtype::F32));
}

#[test]
fn a_prediction_does_not_depend_on_the_batch_around_it() {
    let net = Dense3::new(1);
    let all = images(300).unwrap().flatten().inputs::<f32>().unwrap();
    let mut outputs = Vec::new();
    let mut predictor = net.predictor().unwrap();
    for precision in [MatmulPrecision::Full, MatmulPrecision::Bf16] {
        predictor = predictor.matmul_precision(precision);
        let together = predictor.predict(&all).unwrap();
        let alone = predictor.predict(&all.take(1)).unwrap();
        assert_eq!(together.as_slice()[..10], alone.as_slice()[..]);
        outputs.push(together.into_vec());
    }
    let distance = outputs[0].iter().zip(&outputs[1]).map(|(x, y)| (x - y).abs()).fold(0.0_f32, f32::max);
    // Rounded to 8 bits at each of three layers, most of it averaged out.
    assert!((1e-5..0.02).contains(&distance), "{distance}");
}

network! {
    struct Wide: [784] -> [10] { Dense(700), Relu, Dense(800), Tanh, Dense(10) }
    struct Held: [784] -> [10] { Dense(700, l2 = 0.01), Relu, Dense(800, max_norm = 0.5), Tanh, Dense(10) }
}

/// A bound that nothing reaches changes nothing but the way: updates wait for all gradients.
fn check_waiting<N>(net: impl Fn() -> N, optimizer: &impl Optimizer, products: MatmulPrecision)
where
    N: Network<Input = Rank1<784>, Output = Rank1<10>>,
{
    let train = |threads: usize, clip: Option<Clip>| {
        let mut net = net();
        let mut trainer =
            Trainer::new(CrossEntropy::new(), optimizer.clone()).epochs(2).batch(40).threads(threads);
        trainer = trainer.matmul_precision(products);
        trainer = if let Some(clip) = clip { trainer.clip(clip) } else { trainer };
        trainer.fit(&mut net, &images(100).unwrap().flatten()).unwrap();
        bits(&net).unwrap()
    };
    let waiting = train(1, Some(Clip::Value(1e30)));
    for threads in [1, 2] {
        assert!(waiting == train(threads, None), "{optimizer:?} on {threads} threads");
    }
}

#[test]
fn large_weights_that_are_updated_while_their_gradient_is_made_have_the_bits_of_those_that_wait() {
    for precision in [Dtype::F32, Dtype::F64] {
        let wide = || Wide::builder().seed(3).precision(precision).build();
        check_waiting(wide, &Sgd::new(0.01).momentum(0.9), MatmulPrecision::Full);
        check_waiting(wide, &AdamW::new(0.001), MatmulPrecision::Full);
        // What else than the gradient decides of these, which wait, too.
        let held = || Held::builder().seed(3).precision(precision).build();
        check_waiting(held, &Sgd::new(0.01), MatmulPrecision::Full);
    }
    check_waiting(|| Wide::new(3), &Sgd::new(0.01).momentum(0.9), MatmulPrecision::Bf16);
}
