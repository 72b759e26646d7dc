//! What machines cannot take is refused, with where it is.

use ann::boltzmann::Annealing;
use ann::data::InMemory;
use ann::prelude::*;
use ann::{DynNetwork, Error, metric::Accuracy};

use super::oracle::{Small, SmallGaussian, examples};

network! {
    struct Large: [30] <-> [26] { Rbm(26) }
    struct Gaussians: [3] <-> [2] { Rbm(2, visible = Gaussian, hidden = Gaussian) }
    struct NoTarget: [6] <-> [4] { Rbm(4, sparsity = 0.0) }
}

fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().to_string()
}

fn trainer() -> Trainer<ContrastiveDivergence> {
    Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1)).epochs(1).batch(2).quiet()
}

const OUTSIDE: &str = "the input of example 1, column 3 is 1.5; the visible units of `rbm1` are 0 or 1 and take numbers from 0 to 1: \
                       scale the data, or write `visible = Gaussian`";

#[test]
fn values_that_units_of_0_and_1_cannot_take() {
    let mut rows = vec![vec![0.5; 6]; 3];
    rows[1][3] = 1.5;
    let x = examples::<6>(&rows);
    let net = Small::new(0);
    let machine = net.machine("rbm1").unwrap();
    assert_eq!(message(machine.free_energy(&x)), OUTSIDE);
    assert_eq!(message(machine.hidden_means(&x)), OUTSIDE);
    assert_eq!(message(machine.reconstruct(&x)), OUTSIDE);
    assert_eq!(message(machine.pseudo_likelihood(&x, 0)), OUTSIDE);
    assert_eq!(message(machine.sample_from(&x, 1, 0)), OUTSIDE);
    assert_eq!(message(machine.log_likelihood(&x, 0.0)), OUTSIDE);
    assert_eq!(message(net.reconstruct(&x)), OUTSIDE);
    let data = InMemory::<_, Class<1>, f64>::classes(x, &[0; 3]).unwrap();
    let mut learning = net.clone();
    assert_eq!(message(trainer().in_order().pretrain(&mut learning, &data)), OUTSIDE);
    assert_eq!(learning.parameter("rbm1.weight").unwrap(), net.parameter("rbm1.weight").unwrap());
    // Gaussian units take any number.
    let mut gaussian = SmallGaussian::new(0);
    let data =
        InMemory::<_, Class<1>, f64>::classes(examples::<2>(&[vec![-3.0, 1.5], vec![2.0, 7.0]]), &[0; 2])
            .unwrap();
    trainer().pretrain(&mut gaussian, &data).unwrap();
}

#[test]
fn what_methods_are_not_for() {
    let machine = SmallGaussian::new(0).machine("rbm1").unwrap();
    let x = examples::<2>(&[vec![0.0, 1.0]]);
    assert_eq!(
        message(machine.pseudo_likelihood(&x, 0)),
        "the pseudo-likelihood of rbm1: expected Bernoulli visible units, found Gaussian ones"
    );
    assert_eq!(
        message(Annealing::new().estimate(&machine)),
        "the partition function by annealing of rbm1: expected Bernoulli visible units, found Gaussian ones"
    );
    assert_eq!(
        message(Large::new(0).machine("rbm1").unwrap().log_partition()),
        "the states of rbm1 to enumerate: expected at most 25 units on one side, or an estimate by `Annealing`, found 26"
    );
    assert_eq!(
        message(Gaussians::new(0).machine("rbm1").unwrap().log_partition()),
        "the states of rbm1 to enumerate: expected Bernoulli units on one side, found Gaussian ones on both"
    );
    assert_eq!(
        message(Small::new(0).machine("rbm2")),
        "the label of a machine of Small: expected rbm1, found `rbm2`"
    );
    let machine = Small::new(0).machine("rbm1").unwrap();
    assert_eq!(message(machine.free_energy(&x)), "the visible units of rbm1: expected 6, found 2");
    assert_eq!(message(machine.visible_means(&x)), "the hidden units of rbm1: expected 4, found 2");
}

#[test]
fn settings_out_of_range() {
    let machine = Small::new(0).machine("rbm1").unwrap();
    let refused = |annealing: Annealing| message(annealing.estimate(&machine));
    let betas = "Annealing: betas = ";
    for chains in [0, 1] {
        // One chain differs from no other: it has no standard error.
        assert_eq!(
            refused(Annealing::new().chains(chains)),
            format!(
                "Annealing: chains = {chains} is refused: it must be at least 2, to tell how much they differ"
            )
        );
    }
    assert_eq!(
        refused(Annealing::new().betas(&[])),
        format!("{betas}none is refused: they must rise from 0 to 1")
    );
    assert_eq!(
        refused(Annealing::new().betas(&[0.0, 0.9])),
        format!("{betas}0 to 0.9 is refused: they must rise from 0 to 1")
    );
    assert!(refused(Annealing::new().betas(&[0.0, 0.5, 0.4, 1.0])).starts_with(betas));
    assert!(refused(Annealing::new().steps(0)).starts_with(betas));
    let other = Annealing::new().base_rates(&examples::<2>(&[vec![0.0, 1.0]]));
    assert_eq!(refused(other), "the data of base rates: expected 6 numbers an example, found 2");
    for outside in [7.0, -4.0] {
        let other = Annealing::new().base_rates(&examples::<6>(&[vec![0.0, 1.0, outside, 0.0, 1.0, 0.5]]));
        assert_eq!(
            refused(other),
            "the data of base rates: expected numbers from 0 to 1, found others in column 2"
        );
    }
    let data = InMemory::<_, Class<1>, f64>::classes(examples::<6>(&vec![vec![0.5; 6]; 4]), &[0; 4]).unwrap();
    assert_eq!(
        message(trainer().pretrain(&mut NoTarget::new(0), &data)),
        "Rbm: sparsity = 0 is refused: it must lie in (0, 1), and the hidden units be Bernoulli"
    );
    let error = message(trainer().metric(Accuracy::new()).pretrain(&mut Small::new(0), &data));
    assert!(
        error.starts_with("pretraining: metric = 1 is refused: metrics compare outputs with targets"),
        "{error}"
    );
    let error = message(trainer().carry_state().pretrain(&mut Small::new(0), &data));
    assert!(error.starts_with("pretraining: carry_state = set is refused"), "{error}");
    let weighted = data.with_weights(&[1.0, 2.0, 1.0, 1.0]).unwrap();
    let error = message(trainer().pretrain(&mut Small::new(0), &weighted));
    assert!(error.contains("contrastive divergence") && error.ends_with("the data have weights"), "{error}");
}

#[test]
fn no_examples_are_nothing_to_learn_from_but_something_to_ask_about() {
    let machine = Small::new(0).machine("rbm1").unwrap();
    let none = examples::<6>(&[]);
    assert!(machine.free_energy(&none).unwrap().is_empty());
    assert!(machine.hidden_means(&none).unwrap().is_empty());
    assert!(machine.reconstruct(&none).unwrap().is_empty());
    assert!(Small::new(0).predict(&none).unwrap().is_empty());
    assert_eq!(
        message(machine.log_likelihood(&none, 0.0)),
        "the data of a log-likelihood holds no examples; at least one is needed"
    );
    assert!(machine.sample(0, 3, 0).unwrap().visible.is_empty());
}

#[test]
fn a_rate_that_is_too_large_is_told_with_the_machine_left_as_it_was() {
    let data =
        InMemory::<_, Class<1>, f64>::classes(examples::<2>(&[vec![-3.0, 1.5], vec![2.0, 7.0]]), &[0; 2])
            .unwrap();
    let mut net = SmallGaussian::new(0);
    let mut trainer = Trainer::new(ContrastiveDivergence::new(), Sgd::new(1e30)).epochs(50).batch(2).quiet();
    // Either the next step or the figures of the epoch find out.
    let error = trainer.pretrain(&mut net, &data).unwrap_err();
    assert!(matches!(error, Error::Diverged { .. } | Error::Evaluation { .. }), "{error}");
    assert!(net.parameter("rbm1.weight").unwrap().iter().all(|w| w.is_finite()));
}

#[test]
fn networks_described_at_run_time_go_one_way() {
    let text =
        r#"{"name": "Digits", "input": [784], "output": [500], "layers": [{"layer": "Rbm", "n": 500}]}"#;
    assert_eq!(
        message(DynNetwork::from_json(text)),
        "layers[0].layer: `Rbm` stands only in a two-way network (`<->`); one described at run time goes one way, \
         `network!` makes both"
    );
}
