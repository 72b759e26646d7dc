//! Runs that go on from a checkpoint that is not theirs.

use super::*;

fn run(folder: &Path) -> Trainer<CrossEntropy> {
    trainer().checkpoint(folder.join("two.safetensors")).resume()
}

/// A folder with the checkpoint of a run of three epochs.
fn checkpoint() -> TempDir {
    let folder = folder();
    run(folder.path()).fit(&mut Two::new(1), &classes(10)).unwrap();
    folder
}

/// What is said when the run is to go on; network and files have to stay as they were.
fn said(folder: &Path, trainer: Trainer<CrossEntropy>, len: usize) -> String {
    let mut trainer = trainer;
    let (mut net, files) = (Two::new(2), contents(folder));
    let before = bits(&net).unwrap();
    let message = refusal(folder, trainer.fit(&mut net, &classes(len)));
    assert!(bits(&net).unwrap() == before, "the network was changed");
    assert!(contents(folder) == files, "a file was changed");
    message
}

#[test]
fn another_setting_is_named_with_both_values() {
    let folder = checkpoint();
    assert_eq!(
        said(folder.path(), run(folder.path()).batch(5), 10),
        "batch in two.safetensors.state is 4; this run's is 5"
    );
}

#[test]
fn all_other_settings_are_listed_together() {
    let folder = checkpoint();
    let message =
        said(folder.path(), run(folder.path()).batch(5).seed(8).in_order().metric(Accuracy::new()), 11);
    assert_eq!(
        message.lines().collect::<Vec<_>>(),
        [
            "metrics in two.safetensors.state is none; this run's is accuracy",
            "seed in two.safetensors.state is 0; this run's is 8",
            "batch in two.safetensors.state is 4; this run's is 5",
            "shuffles in two.safetensors.state is true; this run's is false",
            "examples in two.safetensors.state is 10; this run's is 11",
            "metric accuracy in two.safetensors.state is not set; this run's is Accuracy { right: 0.0, all: 0.0 }",
        ]
    );
}

#[test]
fn another_optimizer_is_named_with_its_vectors() {
    let folder = checkpoint();
    let other = Trainer::new(CrossEntropy::new(), Sgd::new(0.1).momentum(0.9)).epochs(3).batch(4).quiet();
    let message = said(folder.path(), other.checkpoint(folder.path().join("two.safetensors")).resume(), 10);
    assert!(message.starts_with("optimizer in two.safetensors.state is "), "{message}");
    assert!(message.contains("; this run's is "), "{message}");
}

#[test]
fn another_network_lists_all_tensors() {
    let folder = checkpoint();
    network! { struct Other: [2] -> [3] { hidden: Dense(5), Relu, last: Dense(3) } }
    let (mut net, files) = (Other::new(2), contents(folder.path()));
    let before = bits(&net).unwrap();
    let message = refusal(folder.path(), run(folder.path()).fit(&mut net, &classes(10)));
    assert!(bits(&net).unwrap() == before && contents(folder.path()) == files);
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines[0], "network in two.safetensors.state is Two; this run's is Other");
    let shape = "hidden.weight in two.safetensors.state is [4, 2]; this network's is [5, 2]";
    assert!(lines.contains(&shape), "{message}");
    assert!(lines.iter().any(|line| line.starts_with("last.weight is missing from ")), "{message}");
}

#[test]
fn other_layers_with_the_same_weights_are_refused() {
    let folder = folder();
    let run = |trainer: Trainer<CrossEntropy>| trainer.checkpoint(folder.path().join("net")).resume();
    network! { struct Net: [2] -> [3] { fc: Dense(4, l2 = 0.1), Relu, drop: Dropout(0.1), norm: BatchNorm, last: Dense(3) } }
    run(trainer()).fit(&mut Net::new(1), &classes(10)).unwrap();
    let changed = |fit: &dyn Fn(&mut Trainer<CrossEntropy>) -> Result<ann::train::History>| {
        refusal(folder.path(), fit(&mut run(trainer()))).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let found = changed(&|run| {
        network! {
            struct Net: [2] -> [3] { fc: Dense(4, l2 = 0.2), Tanh, drop: Dropout(0.2), norm: BatchNorm(momentum = 0.2), last: Dense(3) }
        }
        run.fit(&mut Net::new(1), &classes(10))
    });
    assert_eq!(
        found,
        [
            "layer drop in net.state is Dropout { p: 0.1, stream: 1 } of 1 before; this run's is Dropout { p: 0.2, stream: 1 } of 1 before",
            "layer tanh1 in net.state is not set; this run's is Tanh of 1 before",
            "what fc.weight is held to in net.state is l2 0.1; this run's is l2 0.2",
            "what norm.running_mean is held to in net.state is rate 0.1; this run's is rate 0.2",
            "what norm.running_var is held to in net.state is rate 0.1; this run's is rate 0.2",
            "layer relu1 in net.state is Relu of 1 before; this run's is not set",
        ]
    );
}

#[test]
fn another_course_of_the_run_is_refused() {
    let folder = checkpoint();
    let shorter = run(folder.path()).epochs(2);
    assert_eq!(
        said(folder.path(), shorter, 10),
        "the epochs of a run that is resumed: expected at least 3, found 2"
    );
    let mut net = Two::new(2);
    let message =
        refusal(folder.path(), run(folder.path()).fit_validated(&mut net, &classes(10), &classes(5)));
    assert_eq!(message, "validation examples in two.safetensors.state is none; this run's is 5");
}

#[test]
fn another_precision_is_refused() {
    let folder = checkpoint();
    let mut net = Two::builder().precision(Dtype::F64).build();
    let message = refusal(folder.path(), run(folder.path()).fit(&mut net, &classes(10)));
    let first = "hidden.weight in two.safetensors.state is stored as F32; this network computes in F64";
    assert_eq!(message.lines().next(), Some(first));
}

#[test]
fn a_truncated_state_is_named() {
    let folder = checkpoint();
    let state = folder.path().join("two.safetensors.state");
    let whole = fs::read(&state).unwrap();
    for length in [0, 7, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(&state, &whole[..length]).unwrap();
        let message = said(folder.path(), run(folder.path()), 10);
        assert!(
            message.starts_with("two.safetensors.state is no safetensors file, or a damaged one: "),
            "{length}: {message}"
        );
    }
}

#[test]
fn a_damaged_state_is_named() {
    let folder = checkpoint();
    let state = folder.path().join("two.safetensors.state");
    let whole = fs::read(&state).unwrap();
    // The header is JSON; a quotation mark less and it is none.
    let mut damaged = whole.clone();
    damaged[9] = b'#';
    fs::write(&state, damaged).unwrap();
    let message = said(folder.path(), run(folder.path()), 10);
    assert!(
        message.starts_with("two.safetensors.state is no safetensors file, or a damaged one: "),
        "{message}"
    );
    // Weights in its place are a safetensors file, but no state.
    fs::copy(folder.path().join("two.safetensors"), &state).unwrap();
    assert_eq!(
        said(folder.path(), run(folder.path()), 10),
        "two.safetensors.state is no training state file, or a damaged one: its header has no `ann.state`"
    );
}

#[test]
fn weights_without_their_state_are_not_written_over() {
    let folder = checkpoint();
    fs::remove_file(folder.path().join("two.safetensors.state")).unwrap();
    assert_eq!(
        said(folder.path(), run(folder.path()), 10),
        "two.safetensors is there, but the state of its run, two.safetensors.state, is not: the run cannot go on; \
         to begin anew, load the weights or move them away"
    );
}

#[test]
fn a_checkpoint_in_no_folder_is_an_error() {
    let folder = folder();
    let trainer = trainer().checkpoint(folder.path().join("no/such/two.safetensors"));
    let mut trainer = trainer;
    let message = refusal(folder.path(), trainer.fit(&mut Two::new(1), &classes(10)));
    assert_eq!(message, "cannot write no/such/two.safetensors: there is no folder no/such");
}

#[test]
fn resuming_without_a_path_is_refused() {
    assert_eq!(
        super::said(|| trainer().resume(), &classes(10)),
        "the trainer: checkpoint = none is refused: `resume` and `checkpoint_every` need a path: `.checkpoint(..)`"
    );
}
