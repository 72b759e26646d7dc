//! What a machine says of its distribution is what sums over all states say.

use ann::boltzmann::Annealing;
use ann::prelude::*;

use super::oracle::{Numbers, Small, SmallGaussian, SmallGaussianHidden, examples, fill, sigmoid, states};

fn small(deviation: f64) -> (Small, Numbers) {
    let mut net = Small::builder().precision(ann::Dtype::F64).build();
    fill(&mut net, deviation, 1);
    let numbers = Numbers::of(&net, "rbm1");
    (net, numbers)
}

#[test]
fn conditional_means_are_what_the_joint_distribution_gives() {
    let (net, numbers) = small(1.0);
    let (machine, joint) = (net.machine("rbm1").unwrap(), numbers.joint());
    let (visible, hidden) = (states(6), states(4));
    let found = machine.hidden_means(&examples::<6>(&visible)).unwrap();
    let predicted = net.predict(&examples::<6>(&visible)).unwrap();
    for (number, row) in joint.iter().enumerate() {
        for unit in 0..4 {
            let ones: f64 = row.iter().zip(&hidden).map(|(p, h)| p * h[unit]).sum();
            let expected = ones / row.iter().sum::<f64>();
            assert!((found[number * 4 + unit] - expected).abs() < 1e-12);
            assert!((predicted.as_slice()[number * 4 + unit] - expected).abs() < 1e-12);
        }
    }
    let found = machine.visible_means(&examples::<4>(&hidden)).unwrap();
    for (number, found) in found.chunks(6).enumerate() {
        let all: f64 = joint.iter().map(|row| row[number]).sum();
        for (unit, found) in found.iter().enumerate() {
            let ones: f64 = joint.iter().zip(&visible).map(|(row, v)| row[number] * v[unit]).sum();
            assert!((found - ones / all).abs() < 1e-12);
        }
    }
}

#[test]
fn the_partition_function_is_the_sum_over_all_states() {
    for deviation in [0.0, 0.3, 1.0, 3.0] {
        let (net, numbers) = small(deviation);
        let machine = net.machine("rbm1").unwrap();
        let log_partition = machine.log_partition().unwrap();
        assert!((log_partition - numbers.log_partition()).abs() < 1e-12);
        // Probabilities add up to 1, and are those of the joint distribution.
        let energies = machine.free_energy(&examples::<6>(&states(6))).unwrap();
        for (energy, p) in energies.iter().zip(numbers.visible()) {
            assert!(((-energy - log_partition).exp() - p).abs() < 1e-12);
        }
        let some = examples::<6>(&states(6)[20..30]);
        let mean = numbers.visible()[20..30].iter().map(|p| p.ln()).sum::<f64>() / 10.0;
        assert!((machine.log_likelihood(&some, log_partition).unwrap() - mean).abs() < 1e-11);
    }
}

#[test]
fn gaussian_units_are_integrated_out() {
    let mut net = SmallGaussian::builder().precision(ann::Dtype::F64).build();
    fill(&mut net, 0.8, 2);
    let (machine, numbers) = (net.machine("rbm1").unwrap(), Numbers::of(&net, "rbm1"));
    let log_partition = machine.log_partition().unwrap();
    // The density of the visible units integrates to 1, by the trapezoid rule on a grid that holds all of it.
    let (step, side) = (0.1, 201);
    let grid: Vec<Vec<f64>> = (0..side * side)
        .map(|i| vec![f64::from(i % side - side / 2) * step, f64::from(i / side - side / 2) * step])
        .collect();
    let energies = machine.free_energy(&examples::<2>(&grid)).unwrap();
    let sum: f64 = energies.iter().map(|energy| (-energy - log_partition).exp() * step * step).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    // The energy, its hidden units summed out, at one place.
    let v = [0.7, -1.1];
    let square: f64 = v.iter().zip(&numbers.b).map(|(v, b)| (v - b).powi(2) / 2.0 + v * b).sum();
    let direct: f64 = states(3).iter().map(|h| (numbers.goodness(&v, h) - square).exp()).sum();
    let found = machine.free_energy(&examples::<2>(&[v.to_vec()])).unwrap()[0];
    assert!((found + direct.ln()).abs() < 1e-12);
    // Means of Gaussian units are their input.
    let means = machine.visible_means(&examples::<3>(&[vec![1.0, 0.0, 1.0]])).unwrap();
    for (i, mean) in means.iter().enumerate() {
        assert!((mean - (numbers.b[i] + numbers.weight[i] + numbers.weight[4 + i])).abs() < 1e-12);
    }
}

#[test]
fn gaussian_hidden_units_leave_a_distribution_of_the_visible_ones() {
    let mut net = SmallGaussianHidden::builder().precision(ann::Dtype::F64).build();
    fill(&mut net, 0.6, 3);
    let machine = net.machine("rbm1").unwrap();
    let energies = machine.free_energy(&examples::<5>(&states(5))).unwrap();
    let sum: f64 = energies.iter().map(|energy| (-energy).exp()).sum();
    assert!((sum.ln() - machine.log_partition().unwrap()).abs() < 1e-12);
}

#[test]
fn annealing_agrees_with_enumeration() {
    for (deviation, seed) in [(0.5, 1), (1.0, 2), (1.0, 3)] {
        let (net, numbers) = small(deviation);
        let machine = net.machine("rbm1").unwrap();
        let estimate = Annealing::new().steps(1000).chains(200).seed(seed).estimate(&machine).unwrap();
        let error = (estimate.log_partition - numbers.log_partition()).abs();
        assert!(error < 0.05, "{error}");
        // The error told is of the size of the error made.
        assert!(
            error < 4.0 * estimate.standard_error && estimate.standard_error < 0.05,
            "{estimate:?} {error}"
        );
        let rates = Annealing::new().base_rates(&examples::<6>(&states(6)[40..])).chains(200).seed(seed);
        let estimate = rates.estimate(&machine).unwrap();
        assert!((estimate.log_partition - numbers.log_partition()).abs() < 0.05);
    }
}

#[test]
fn annealing_of_a_larger_machine_agrees_with_enumeration() {
    network! { struct Larger: [40] <-> [12] { Rbm(12) } }
    let mut net = Larger::builder().precision(ann::Dtype::F64).build();
    fill(&mut net, 0.5, 6);
    let machine = net.machine("rbm1").unwrap();
    let estimate = Annealing::new().steps(3000).chains(200).estimate(&machine).unwrap();
    let error = (estimate.log_partition - machine.log_partition().unwrap()).abs();
    assert!(error < 0.05 && estimate.standard_error < 0.05, "{estimate:?} {error}");
}

#[test]
fn samples_come_as_often_as_their_probability_says() {
    let (net, numbers) = small(1.0);
    let machine = net.machine("rbm1").unwrap();
    let chains = 40_000;
    let samples = machine.sample(chains, 60, 5).unwrap();
    let mut counts = [0.0; 64];
    for v in samples.visible.chunks(6) {
        let state: usize = v.iter().enumerate().map(|(unit, v)| (*v as usize) << unit).sum();
        counts[state] += 1.0 / chains as f64;
    }
    for (found, p) in counts.iter().zip(numbers.visible()) {
        // Five standard errors.
        assert!((found - p).abs() < 5.0 * (p / chains as f64).sqrt() + 1e-4, "{found} {p}");
    }
    // So do pairs with hidden units.
    let (visible, hidden, joint) = (states(6), states(4), numbers.joint());
    for unit in 0..4 {
        let pairs = samples.visible.chunks(6).zip(samples.hidden.chunks(4));
        let found = pairs.map(|(v, h)| v[0] * h[unit]).sum::<f64>() / chains as f64;
        let each = joint
            .iter()
            .zip(&visible)
            .flat_map(|(row, v)| row.iter().zip(&hidden).map(move |(p, h)| p * v[0] * h[unit]));
        assert!((found - each.sum::<f64>()).abs() < 0.0125, "{found}");
    }
    assert_eq!(machine.sample(10, 3, 5).unwrap(), machine.clone().threads(1).sample(10, 3, 5).unwrap());
    assert_ne!(machine.sample(10, 3, 5).unwrap(), machine.sample(10, 3, 6).unwrap());
    let start = examples::<6>(&states(6)[7..9]);
    assert_eq!(machine.sample_from(&start, 0, 1).unwrap().visible, start.to_f64());
}

#[test]
fn pseudo_likelihood_is_that_of_each_unit_given_the_others() {
    let (net, numbers) = small(1.0);
    let machine = net.machine("rbm1").unwrap();
    let (states, p) = (states(6), numbers.visible());
    let mut expected = 0.0;
    for number in [3_usize, 17, 60] {
        for unit in 0..6 {
            let other = number ^ (1 << unit);
            expected += (p[number] / (p[number] + p[other])).ln() / 3.0;
        }
    }
    let some = examples::<6>(&[states[3].clone(), states[17].clone(), states[60].clone()]);
    assert!((machine.pseudo_likelihood(&some, 0).unwrap() - expected).abs() < 1e-11);

    // With more units than are all summed, one an example stands for all: the mean over many examples is the same.
    network! { struct Wide: [70] <-> [3] { Rbm(3) } }
    let mut net = Wide::builder().precision(ann::Dtype::F64).build();
    fill(&mut net, 0.4, 4);
    let machine = net.machine("rbm1").unwrap();
    let v: Vec<f64> = (0..70).map(|i| f64::from(i * i % 3 == 1)).collect();
    let energy = |v: &Vec<f64>| machine.free_energy(&examples::<70>(std::slice::from_ref(v))).unwrap()[0];
    let terms: Vec<f64> = (0..70)
        .map(|unit| {
            let mut flipped = v.clone();
            flipped[unit] = 1.0 - v[unit];
            70.0 * sigmoid(energy(&flipped) - energy(&v)).ln()
        })
        .collect();
    let all = terms.iter().sum::<f64>() / 70.0;
    let variance = terms.iter().map(|term| (term - all).powi(2)).sum::<f64>() / 70.0;
    let copies = examples::<70>(&vec![v; 20_000]);
    // Four standard errors, of as many units as there are examples.
    let bound = 4.0 * (variance / 20_000.0).sqrt();
    let estimates = [0, 1, 2, 3, 4].map(|seed| machine.pseudo_likelihood(&copies, seed).unwrap());
    assert!(estimates.iter().all(|estimate| (estimate - all).abs() < bound), "{estimates:?} {all} {bound}");
    assert!(bound < 1.5 && estimates[0] != estimates[1], "{bound}");
}

#[test]
fn a_reconstruction_goes_up_and_down_by_means() {
    let (net, numbers) = small(1.0);
    let v = vec![1.0, 0.0, 0.25, 1.0, 0.0, 0.5];
    let h: Vec<f64> = (0..4)
        .map(|j| sigmoid(numbers.c[j] + (0..6).map(|i| numbers.weight[j * 6 + i] * v[i]).sum::<f64>()))
        .collect();
    let expected: Vec<f64> = (0..6)
        .map(|i| sigmoid(numbers.b[i] + (0..4).map(|j| numbers.weight[j * 6 + i] * h[j]).sum::<f64>()))
        .collect();
    let x = examples::<6>(&[v]);
    for found in [net.reconstruct(&x).unwrap(), net.machine("rbm1").unwrap().reconstruct(&x).unwrap()] {
        assert!(found.as_slice().iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}
