//! Products of `bf16`: what they are refused for, and what they go on with.
#![allow(clippy::unwrap_used, reason = "a test")]

use ann::prelude::*;
use ann::{Dtype, MatmulPrecision};
use ann_tests::{Small, bits, images};

fn trainer(epochs: u64, products: MatmulPrecision) -> Trainer<CrossEntropy> {
    Trainer::new(CrossEntropy::new(), Adam::new(0.002)).epochs(epochs).batch(50).matmul_precision(products)
}

#[test]
fn a_network_of_f64_is_refused_in_training_and_in_prediction() {
    let (data, mut net) = (images(50).unwrap(), Small::builder().precision(Dtype::F64).build());
    let error = trainer(1, MatmulPrecision::Bf16).fit(&mut net, &data).unwrap_err().to_string();
    assert!(error.contains("`cpu` has no plans of F64"), "{error}");
    let mut predictor = net.predictor().unwrap().matmul_precision(MatmulPrecision::Bf16);
    let error = predictor.predict(&data.inputs::<f64>().unwrap()).unwrap_err().to_string();
    assert!(error.contains("`cpu` has no plans of F64"), "{error}");
}

#[test]
fn a_run_is_resumed_to_the_same_bits_and_not_in_another_precision() {
    let (data, folder) = (images(200).unwrap(), tempfile::tempdir().unwrap());
    let path = folder.path().join("net");
    let mut whole = Small::new(3);
    trainer(3, MatmulPrecision::Bf16).fit(&mut whole, &data).unwrap();
    let mut net = Small::new(3);
    trainer(1, MatmulPrecision::Bf16).checkpoint(&path).fit(&mut net, &data).unwrap();
    let resume = |products| trainer(3, products).checkpoint(&path).resume();
    let error = resume(MatmulPrecision::Full).fit(&mut Small::new(3), &data).unwrap_err().to_string();
    assert!(error.contains("matmul precision"), "{error}");
    let mut net = Small::new(5);
    resume(MatmulPrecision::Bf16).fit(&mut net, &data).unwrap();
    assert!(bits(&net).unwrap() == bits(&whole).unwrap());
}

#[test]
fn no_examples_have_no_predictions_and_a_prediction_on_more_threads_keeps_its_precision() {
    let (net, x) = (Small::new(2), images(7).unwrap().inputs::<f32>().unwrap());
    let on =
        |threads: usize| net.predictor().unwrap().matmul_precision(MatmulPrecision::Bf16).threads(threads);
    let expected = on(1).predict(&x).unwrap();
    assert_eq!(on(3).predict(&x).unwrap(), expected);
    assert_ne!(net.predict(&x).unwrap(), expected);
    assert_eq!(on(2).predict(&x.take(0)).unwrap().len(), 0);
}
