//! Contrastive divergence learns, to the same bits however it is run, and what holds weights back does.

use ann::boltzmann::Structure;
use ann::data::split;
use ann::prelude::*;
use ann::regularizer::ElasticNet;
use ann::{Dtype, data::InMemory};
use ann_tests::{bits, images};

use super::oracle::{Small, examples, states};

network! {
    /// Bars and stripes want more than one hidden unit to agree.
    struct Bars: [9] <-> [8] { Rbm(8, init = Gaussian::new(0.0, 0.1)) }
    struct PersistentBars: [9] <-> [8] { Rbm(8, init = Gaussian::new(0.0, 0.1), persistent = true, k = 2) }

    struct Dbn: [784] <-> [5] { Rbm(20, persistent = true, l2 = 1e-4), mid: Rbm(12, sparsity = 0.1), Rbm(5, hidden = Gaussian) }
    struct Plain: [6] <-> [4] { Rbm(4, init = Gaussian::new(0.0, 0.5)) }
    struct Decayed: [6] <-> [4] { Rbm(4, init = Gaussian::new(0.0, 0.5), l2 = 0.3) }
    struct Lean: [6] <-> [4] { Rbm(4, init = Gaussian::new(0.0, 0.5), l1 = 0.2) }
    struct Both: [6] <-> [4] {
        Rbm(4, init = Gaussian::new(0.0, 0.5), regularizer = ElasticNet::new(0.5, 0.4)),
    }
    struct Dense: [784] <-> [30] { Rbm(30) }
    struct Chain: [5] <-> [4] { Rbm(4, persistent = true) }
    struct Sparse: [784] <-> [30] { Rbm(30, sparsity = 0.05, sparsity_cost = 5.0) }
}

/// Pictures of 3 x 3 in which whole rows, or whole columns, are set.
fn bars() -> InMemory<Rank1<9>, Class<1>, f64> {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for pattern in states(3) {
        let across: Vec<f64> = (0..9).map(|i| pattern[i / 3]).collect();
        let down: Vec<f64> = (0..9).map(|i| pattern[i % 3]).collect();
        rows.extend([across, down]);
    }
    // Twice each, so that there are 32.
    rows.extend(rows.clone());
    InMemory::classes(examples::<9>(&rows), &[0; 32]).unwrap()
}

fn exact<N: TwoWay<Input = Rank1<9>>>(net: &N) -> f64 {
    let machine = net.machine("rbm1").unwrap();
    machine.log_likelihood(&bars().inputs, machine.log_partition().unwrap()).unwrap()
}

#[test]
fn the_likelihood_rises_and_persistent_chains_raise_it_higher() {
    // 14 pictures, two of them twice as often: no distribution does better than their own.
    let bound = 12.0 / 16.0 * (1.0_f64 / 16.0).ln() + 4.0 / 16.0 * (2.0_f64 / 16.0).ln();
    let mut net = Bars::builder().precision(Dtype::F64).build();
    let before = exact(&net);
    assert!((before - 9.0 * 0.5_f64.ln()).abs() < 0.3);
    let trainer =
        |rate| Trainer::new(ContrastiveDivergence::new(), Sgd::new(rate).momentum(0.5)).batch(16).quiet();
    let histories = trainer(0.1).epochs(3000).pretrain(&mut net, &bars()).unwrap();
    let by_cd = exact(&net);
    let mut net = PersistentBars::builder().precision(Dtype::F64).build();
    trainer(0.05).epochs(3000).pretrain(&mut net, &bars()).unwrap();
    let by_persistent = exact(&net);
    // They were -6.25, -4.27 and -4.02 of at most -2.60.
    assert!(before + 1.7 < by_cd && by_cd + 0.1 < by_persistent && by_persistent < bound);
    let figure = |epoch: usize, name: &str| histories[0].epochs()[epoch].get(name).unwrap();
    assert!(figure(2999, "reconstruction_error") < 0.3 * figure(0, "reconstruction_error"));
    assert!(figure(0, "pseudo_likelihood") + 1.0 < figure(2999, "pseudo_likelihood"));
}

fn trainer(epochs: u64) -> impl Fn(&Structure) -> Trainer<ContrastiveDivergence> {
    move |machine| {
        let rate = if machine.is_gaussian() { 0.001 } else { 0.1 };
        Trainer::new(ContrastiveDivergence::new(), Sgd::new(rate).momentum(0.5))
            .epochs(epochs)
            .batch(48)
            .seed(3)
            .quiet()
    }
}

#[test]
fn a_run_that_was_cut_off_and_resumed_ends_with_the_same_bits() {
    // The last batch is smaller: it goes on with the first of the chains.
    let data = images(500).unwrap().flatten();
    for precision in [Dtype::F32, Dtype::F64] {
        let folder = tempfile::tempdir().unwrap();
        let whole = {
            let mut net = Dbn::builder().precision(precision).build();
            Trainer::pretrain_each(&mut net, &data, trainer(3)).unwrap();
            bits(&net).unwrap()
        };
        let path = folder.path().join("dbn.safetensors");
        // Stops in the middle of an epoch of the lowest machine, then of the one above, then goes on to the end.
        for stop in [Some("rbm1"), Some("mid"), None] {
            let mut net = Dbn::builder().precision(precision).build();
            let result = Trainer::pretrain_each(&mut net, &data, |machine: &Structure| {
                let trainer = trainer(3)(machine).checkpoint(&path).checkpoint_every(4).resume();
                if Some(machine.label()) == stop { trainer.callback(Fails(18)) } else { trainer }
            });
            assert_eq!(result.is_err(), stop.is_some());
            if stop.is_none() {
                let lengths: Vec<usize> = result.unwrap().iter().map(ann::train::History::len).collect();
                assert_eq!(lengths, [3, 3, 3]);
                assert!(bits(&net).unwrap() == whole, "{precision:?}");
            }
        }
        let labels = ["rbm1", "mid", "rbm3"];
        assert!(labels.iter().all(|label| folder.path().join(format!("dbn.{label}.safetensors")).is_file()));
    }
}

#[test]
fn machines_go_on_only_above_machines_that_stayed_as_they_were() {
    let data = images(96).unwrap().flatten();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dbn.safetensors");
    let run = |epochs: [u64; 3], stop: Option<u64>| {
        let mut net = Dbn::new(0);
        let histories = Trainer::pretrain_each(&mut net, &data, |machine: &Structure| {
            let epochs = epochs[["rbm1", "mid", "rbm3"].iter().position(|l| *l == machine.label()).unwrap()];
            let trainer = trainer(epochs)(machine).checkpoint(&path).resume();
            match stop {
                Some(step) if machine.label() == "rbm1" => trainer.callback(Stops(step)),
                _ => trainer,
            }
        })?;
        Ok((histories, bits(&net)?))
    };
    let changed = |result: Result<_>| {
        let error = result.map(|_: (Vec<ann::train::History>, Vec<u64>)| ()).unwrap_err().to_string();
        assert!(error.contains("the machines below") && error.contains("dbn.mid.safetensors"), "{error}");
    };
    run([2, 2, 2], Some(3)).unwrap();
    // The lowest goes on from where a callback stopped it; those above have learned from what it was.
    changed(run([2, 2, 2], None));
    for label in ["mid", "rbm3"] {
        std::fs::remove_file(folder.path().join(format!("dbn.{label}.safetensors"))).unwrap();
        std::fs::remove_file(folder.path().join(format!("dbn.{label}.safetensors.state"))).unwrap();
    }
    let (_, two) = run([2, 2, 2], None).unwrap();
    assert!(run([2, 2, 2], None).unwrap().1 == two);
    // The top machine may go on, to the bits that it would have come to at once.
    let (histories, longer) = run([2, 2, 4], None).unwrap();
    assert_eq!(histories.iter().map(ann::train::History::len).collect::<Vec<_>>(), [2, 2, 4]);
    let mut at_once = Dbn::new(0);
    Trainer::pretrain_each(&mut at_once, &data, |machine: &Structure| {
        trainer(if machine.label() == "rbm3" { 4 } else { 2 })(machine)
    })
    .unwrap();
    assert!(longer == bits(&at_once).unwrap());
    changed(run([3, 2, 4], None));
}

/// Ends a run after so many steps.
#[derive(Debug)]
struct Stops(u64);

impl ann::train::Callback for Stops {
    fn on_step(&mut self, at: &ann::train::StepEnd) -> Result<ann::train::Control> {
        Ok(if at.step < self.0 { ann::train::Control::Continue } else { ann::train::Control::Stop })
    }
}

#[test]
fn the_chains_of_a_smaller_last_batch_are_the_first_of_all() {
    // So sharp a machine that nothing is left to chance. From all hidden units at 0, each step sets one more visible unit, and the
    // hidden unit that sets the next; the visible units that are set tell how many steps a chain has made.
    let mut net = Chain::builder().precision(Dtype::F64).build();
    let mut weight = vec![0.0; 4 * 5];
    for unit in 0..4 {
        weight[unit * 5 + unit] = 100.0;
        weight[unit * 5 + unit + 1] = 100.0;
    }
    let mut bias = [-50.0; 5];
    bias[0] = 50.0;
    net.set_parameter("rbm1.weight", &weight).unwrap();
    net.set_parameter("rbm1.hidden_bias", &[-50.0; 4]).unwrap();
    net.set_parameter("rbm1.visible_bias", &bias).unwrap();
    let data = InMemory::<_, Class<1>, f64>::classes(examples::<5>(&vec![vec![0.0; 5]; 3]), &[0; 3]).unwrap();
    let rate = 1e-6;
    Trainer::new(ContrastiveDivergence::new(), Sgd::new(rate))
        .epochs(2)
        .batch(2)
        .quiet()
        .pretrain(&mut net, &data)
        .unwrap();
    // Two chains make a step, the first makes one, both, the first: the means of 1 1, 2, 3 2 and 4.
    let moved: f64 =
        net.parameter("rbm1.visible_bias").unwrap().iter().zip(bias).map(|(now, then)| then - now).sum();
    assert!((moved / rate - (1.0 + 2.0 + 2.5 + 4.0)).abs() < 1e-6, "{}", moved / rate);
}

/// Looks at the whole network after each epoch of any machine.
#[derive(Debug)]
struct Look(std::sync::Arc<std::sync::Mutex<Vec<Dbn>>>);

impl ann::train::Callback for Look {
    fn on_epoch(
        &mut self,
        _: &ann::train::Epoch,
        now: &ann::train::Snapshot<'_>,
    ) -> Result<ann::train::Control> {
        let mut net = Dbn::new(9);
        now.copy_to(&mut net)?;
        assert!(now.copy_to(&mut Dense::new(0)).is_err(), "another network has machines of other sizes");
        self.0.lock().unwrap().push(net);
        Ok(ann::train::Control::Continue)
    }
}

#[test]
fn a_callback_sees_the_whole_network_while_a_machine_is_trained() {
    let data = images(100).unwrap().flatten();
    let seen = std::sync::Arc::default();
    let mut net = Dbn::new(2);
    let start = net.clone();
    Trainer::pretrain_each(&mut net, &data, |machine: &Structure| {
        trainer(2)(machine).callback(Look(std::sync::Arc::clone(&seen)))
    })
    .unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 6);
    let of = |net: &Dbn, label: &str| net.parameter(&format!("{label}.weight")).unwrap();
    // While the lowest is trained, the others are as they began; then it is as it ended.
    assert!(of(&seen[0], "rbm1") != of(&start, "rbm1") && of(&seen[0], "rbm1") != of(&seen[1], "rbm1"));
    assert!(of(&seen[1], "mid") == of(&start, "mid") && of(&seen[2], "mid") != of(&start, "mid"));
    assert!((1..6).all(|epoch| of(&seen[epoch], "rbm1") == of(&net, "rbm1")));
    assert!(bits(&seen[5]).unwrap() == bits(&net).unwrap());
}

/// Fails after so many steps.
#[derive(Debug)]
struct Fails(u64);

impl ann::train::Callback for Fails {
    fn on_step(&mut self, at: &ann::train::StepEnd) -> Result<ann::train::Control> {
        if at.step == self.0 {
            return Err(ann::Error::Empty { what: "the patience of a callback".to_owned() });
        }
        Ok(ann::train::Control::Continue)
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let data = images(300).unwrap().flatten();
    let trained = |threads: usize| {
        let mut net = Dbn::new(2);
        Trainer::pretrain_each(&mut net, &data, |machine: &Structure| trainer(2)(machine).threads(threads))
            .unwrap();
        bits(&net).unwrap()
    };
    let one = trained(1);
    assert!(one == trained(2) && one == trained(3));
}

#[test]
fn only_the_means_of_the_machine_below_matter_to_the_one_above() {
    let data = images(200).unwrap().flatten();
    let mut net = Dbn::new(2);
    let histories = Trainer::pretrain_each(&mut net, &data, trainer(2)).unwrap();
    assert_eq!(histories.len(), 3);
    // Hidden units of Gaussian machines have no pseudo-likelihood to lose: their visible ones are Bernoulli.
    assert!(histories.iter().all(|history| history.epochs()[1].get("pseudo_likelihood").is_some()));
    // The top machine, trained alone on those means, ends with the same bits.
    network! { struct Top: [12] <-> [5] { rbm3: Rbm(5, hidden = Gaussian) } }
    let machines = net.machines();
    let x: Examples<Rank1<784>> = data.inputs().unwrap();
    // In 32 bits, as they were computed.
    network! { struct Below: [784] <-> [12] { Rbm(20), mid: Rbm(12) } }
    let mut below = Below::new(0);
    for (label, machine) in ["rbm1", "mid"].iter().zip(&machines) {
        below.set_parameter(&format!("{label}.weight"), machine.weight()).unwrap();
        below.set_parameter(&format!("{label}.hidden_bias"), machine.hidden_bias()).unwrap();
    }
    let means = InMemory::<_, Class<1>>::classes(below.predict(&x).unwrap(), &[0; 200]).unwrap();
    let mut top = Top::new(2);
    let start = Dbn::new(2).machine("rbm3").unwrap();
    top.set_parameter("rbm3.weight", start.weight()).unwrap();
    Trainer::pretrain_each(&mut top, &means, trainer(2)).unwrap();
    assert!(top.parameter("rbm3.weight").unwrap() == machines[2].weight());
}

/// The weight after one step on all states.
fn after_a_step<N: TwoWay<Input = Rank1<6>>>(mut net: N) -> [Vec<f64>; 2] {
    let before = net.parameter("rbm1.weight").unwrap();
    let data = InMemory::<_, Class<1>, f64>::classes(examples::<6>(&states(6)), &[0; 64]).unwrap();
    Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1))
        .epochs(1)
        .batch(64)
        .quiet()
        .pretrain(&mut net, &data)
        .unwrap();
    [before, net.parameter("rbm1.weight").unwrap()]
}

#[test]
fn penalties_draw_weights_towards_zero() {
    let [before, plain] = after_a_step(Plain::builder().precision(Dtype::F64).build());
    let [same, decayed] = after_a_step(Decayed::builder().precision(Dtype::F64).build());
    let [_, lean] = after_a_step(Lean::builder().precision(Dtype::F64).build());
    let [_, both] = after_a_step(Both::builder().precision(Dtype::F64).build());
    assert_eq!(before, same);
    for i in 0..before.len() {
        assert!((plain[i] - decayed[i] - 0.1 * 0.3 * before[i]).abs() < 1e-12);
        assert!((plain[i] - lean[i] - 0.1 * 0.2 * before[i].signum()).abs() < 1e-12);
        assert!((both[i] - (decayed[i] + lean[i] - plain[i])).abs() < 1e-12);
    }
}

#[test]
fn a_sparsity_target_is_reached() {
    let data = images(500).unwrap().flatten();
    let mean = |net: &dyn Fn() -> Vec<f64>| net().iter().sum::<f64>() / (500.0 * 30.0);
    let x: Examples<Rank1<784>> = data.inputs().unwrap();
    let train = || Trainer::new(ContrastiveDivergence::new(), Sgd::new(0.1)).epochs(15).batch(20).quiet();
    let (mut dense, mut sparse) = (Dense::new(0), Sparse::new(0));
    train().pretrain(&mut dense, &data).unwrap();
    train().pretrain(&mut sparse, &data).unwrap();
    let dense = mean(&|| dense.predict(&x).unwrap().to_f64());
    let sparse = mean(&|| sparse.predict(&x).unwrap().to_f64());
    assert!((sparse - 0.05).abs() < 0.03 && 0.2 < dense, "{sparse} {dense}");
}

#[test]
fn targets_are_left_aside_and_views_are_data() {
    let data = images(100).unwrap().flatten();
    let (part, _) = split(&data, 0.5, 1).unwrap();
    let mut net = Dense::new(0);
    let mut trainer =
        Trainer::new(ContrastiveDivergence::new(), Adam::new(0.001)).epochs(1).batch(10).quiet();
    let of_classes = trainer.pretrain(&mut net, &part).unwrap();
    let mut again = Dense::new(0);
    let images = data.reconstruct();
    let (part, _) = split(&images, 0.5, 1).unwrap();
    let of_values = trainer.pretrain(&mut again, &part).unwrap();
    assert!(bits(&net).unwrap() == bits(&again).unwrap());
    assert_eq!(of_classes[0].epochs()[0].loss, of_values[0].epochs()[0].loss);
    let _ = Small::PARAMETERS;
}
