//! Schedules against PyTorch's where there is an equivalent, and by hand.

use serde_json::Value;

use super::*;

/// Made by `tests/golden/optimizers.py`, which says by which version.
const GOLDEN: &str = include_str!("../../tests/golden/optimizers.json");

fn at(step: u64) -> Progress {
    Progress { step, epoch: step / 5, steps_per_epoch: 5, total_steps: 20 }
}

#[test]
fn factors_are_pytorchs() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let schedules: [(&str, Box<dyn Schedule>); 10] = [
        ("step", Box::new(Step::steps(3, 0.5))),
        ("multi_step", Box::new(MultiStep::steps([2, 5, 11], 0.3))),
        ("exponential", Box::new(Exponential::steps(0.9))),
        ("cosine", Box::new(Cosine::new())),
        ("cosine down_to", Box::new(Cosine::new().down_to(0.1))),
        ("polynomial", Box::new(Polynomial::new(2.5))),
        ("warm_up", Box::new(WarmUp::steps(6).start(0.25))),
        ("warm_up cosine", Box::new(WarmUp::steps(6).start(0.25).then(Cosine::new()))),
        ("warm_up step", Box::new(WarmUp::steps(6).start(0.25).then(Step::steps(4, 0.5)))),
        ("inverse", Box::new(Inverse::steps(0.05, 0.75))),
    ];
    assert_eq!(golden["schedules"].as_object().unwrap().len(), schedules.len());
    for (name, schedule) in schedules {
        schedule.validate().unwrap();
        let expected = golden["schedules"][name].as_array().unwrap();
        for (step, expected) in expected.iter().enumerate() {
            let (found, expected) = (schedule.factor(at(step as u64)), expected.as_f64().unwrap());
            // PyTorch multiplies step by step, which adds up rounding.
            assert!((found - expected).abs() < 1e-13, "{name}, step {step}: {found}, PyTorch has {expected}");
        }
    }
}

#[test]
fn epochs_are_counted_where_epochs_are_meant() {
    for schedule in [&Step::epochs(2, 0.5) as &dyn Schedule, &MultiStep::epochs([2], 0.5)] {
        assert_eq!((schedule.factor(at(9)), schedule.factor(at(10))), (1.0, 0.5));
    }
    assert_eq!(Exponential::epochs(0.5).factor(at(10)), 0.25);
    assert_eq!(Inverse::epochs(1.0, 1.0).factor(at(15)), 0.25);
    assert_eq!(Constant.factor(at(15)), 1.0);
}

#[test]
fn a_warm_up_over_epochs_climbs_each_step_and_what_follows_counts_from_its_end() {
    let schedule = WarmUp::epochs(2).start(0.0).then(Exponential::epochs(0.5));
    let factors = [0, 1, 5, 9, 10, 14, 15].map(|step| schedule.factor(at(step)));
    assert_eq!(factors, [0.0, 0.1, 0.5, 0.9, 1.0, 1.0, 0.5]);
}

#[test]
fn a_warm_up_never_begins_at_nothing_unless_told() {
    let factors = [0, 1, 2, 3, 4].map(|step| WarmUp::steps(3).factor(at(step)));
    assert_eq!(factors, [0.25, 0.5, 0.75, 1.0, 1.0]);
    assert_eq!(WarmUp::steps(0).factor(at(0)), 1.0);
    // A run that is shorter than its warm-up still learns.
    let short = Progress { step: 1, epoch: 0, steps_per_epoch: 2, total_steps: 2 };
    assert_eq!(WarmUp::steps(3).then(Cosine::new()).factor(short), 0.5);
}

#[test]
fn schedules_over_the_run_end_where_they_are_told() {
    let end = Progress { step: 20, ..at(19) };
    assert!(Cosine::new().factor(end).abs() < 1e-16);
    assert_eq!(Polynomial::new(2.0).factor(end), 0.0);
    assert_eq!(Polynomial::new(2.0).down_to(0.25).factor(end), 0.25);
    assert_eq!(Polynomial::new(1.0).factor(at(5)), 0.75);
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let refusals: [(Box<dyn Schedule>, &str); 10] = [
        (Box::new(Step::epochs(0, 0.1)), "Step: every = 0"),
        (Box::new(Step::epochs(1, -0.1)), "Step: gamma = -0.1"),
        (Box::new(MultiStep::epochs([3, 3], 0.1)), "MultiStep: milestones = [3, 3]"),
        (Box::new(Exponential::steps(f64::NAN)), "Exponential: gamma = NaN"),
        (Box::new(Inverse::steps(0.1, -1.0)), "Inverse: power = -1"),
        (Box::new(Polynomial::new(0.0)), "Polynomial: power = 0"),
        (Box::new(Polynomial::new(1.0).down_to(1.5)), "Polynomial: down_to = 1.5"),
        (Box::new(Cosine::new().down_to(-0.5)), "Cosine: down_to = -0.5"),
        (Box::new(WarmUp::steps(3).start(2.0)), "WarmUp: start = 2"),
        (Box::new(WarmUp::steps(3).then(Step::epochs(0, 0.1))), "Step: every = 0"),
    ];
    for (schedule, expected) in refusals {
        let refusal = schedule.validate().unwrap_err().to_string();
        assert!(refusal.starts_with(expected), "{refusal}");
    }
}
