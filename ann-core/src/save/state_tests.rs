use std::fs;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ann_autodiff::Tape;
use serde::Deserialize;

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Progress {
    step: u64,
    loss: f64,
    history: Vec<f64>,
}

fn layout() -> Arc<Layout> {
    let tape = Tape::new();
    tape.parameter("fc.weight", &[2, 3]);
    tape.parameter("fc.bias", &[2]);
    tape.layout().into()
}

/// A run at a step, everything in it a function of the step.
struct Run {
    parameters: Parameters<f32>,
    momentum: Vec<f32>,
    progress: Progress,
    settings: Vec<(String, String)>,
}

impl Run {
    fn at(step: u64) -> Self {
        let mut parameters = Parameters::zeros(layout());
        parameters.values_mut().iter_mut().enumerate().for_each(|(i, v)| *v = 0.1 * (i as f32 + step as f32));
        let momentum = (0..8).map(|i| 0.3 * (i as f32 - step as f32)).collect();
        // Numbers that do not come back from a careless JSON reader.
        let history = vec![0.1 + 0.2, 1.0 / 3.0, 5e-324, f64::MAX, -0.0, 2.225_073_858_507_201e-308];
        let progress = Progress { step, loss: (step as f64).sin(), history };
        Self {
            parameters,
            momentum,
            progress,
            settings: vec![("batch".into(), "32".into()), ("seed".into(), "5".into())],
        }
    }

    fn with<R>(&self, use_it: impl FnOnce(&Written<'_, f32, Progress>) -> R) -> R {
        use_it(&Written {
            network: "Net",
            settings: &self.settings,
            parameters: &self.parameters,
            vectors: &[("momentum", &self.momentum)],
            progress: &self.progress,
        })
    }

    fn is(&self, restored: &Restored<f32, Progress>) -> bool {
        restored.parameters.values() == self.parameters.values()
            && restored.vectors["momentum"] == self.momentum
            && restored
                .progress
                .history
                .iter()
                .zip(&self.progress.history)
                .all(|(a, b)| a.to_bits() == b.to_bits())
            && restored.progress.step == self.progress.step
            && restored.progress.loss.to_bits() == self.progress.loss.to_bits()
    }
}

fn resume(path: &Path) -> Result<Option<Restored<f32, Progress>>> {
    let settings = Run::at(0).settings;
    let expected = Expected {
        network: "Net",
        settings: &settings,
        vectors: &[("momentum", 8)],
        optional: &[("best", 8)],
    };
    read(path, &layout(), &expected)
}

fn weights(path: &Path) -> Vec<f32> {
    let mut store = crate::weights::Store::F32(Parameters::zeros(layout()));
    network::read_network(path, &mut store).unwrap();
    let crate::weights::Store::F32(parameters) = store else { panic!("another precision") };
    parameters.values().to_vec()
}

#[test]
fn a_run_comes_back_bit_by_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    assert!(resume(&path).unwrap().is_none());
    let run = Run::at(7);
    run.with(|run| write(&path, run)).unwrap();
    assert!(run.is(&resume(&path).unwrap().unwrap()));
    assert_eq!(weights(&path), run.parameters.values());
    assert!(folder.path().join("net.safetensors.state").exists());
}

#[test]
fn a_crash_at_any_point_leaves_a_run_that_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    let left = |name: &str| {
        let mut file = fs::File::create(folder.path().join(name)).unwrap();
        file.write_all(b"half").unwrap();
        file.set_modified(SystemTime::now() - Duration::from_mins(1)).unwrap();
    };
    let (old, new) = (Run::at(1), Run::at(2));
    old.with(|run| write(&path, run)).unwrap();

    // While the new state is written: a part of it lies in a temporary file.
    left(".net.state.4000000-0.partial");
    assert!(old.is(&resume(&path).unwrap().unwrap()));
    assert_eq!(weights(&path), old.parameters.values());

    // Between the two files: the run goes on from the new step, the weights are the old ones, whole.
    new.with(|run| write_state(&path, run)).unwrap();
    assert!(new.is(&resume(&path).unwrap().unwrap()));
    assert_eq!(weights(&path), old.parameters.values());

    // While the new weights are written.
    left(".net.4000000-0.partial");
    assert!(new.is(&resume(&path).unwrap().unwrap()));

    // The next checkpoint clears up.
    new.with(|run| write(&path, run)).unwrap();
    assert_eq!(weights(&path), new.parameters.values());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);

    // The first checkpoint of a run, cut between the two files.
    fs::remove_file(&path).unwrap();
    assert!(new.is(&resume(&path).unwrap().unwrap()));
}

#[test]
fn all_differences_are_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    Run::at(1).with(|run| write(&path, run)).unwrap();
    let tape = Tape::new();
    tape.parameter("fc.weight", &[3, 2]);
    tape.parameter("fc.bias", &[2]);
    let settings =
        [("batch", "64"), ("clip", "norm 1")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let vectors = [("first", 8), ("momentum", 9)];
    let expected = Expected { network: "Other", settings: &settings, vectors: &vectors, optional: &[] };
    let error = read::<f32, Progress>(&path, &tape.layout().into(), &expected).unwrap_err();
    assert_eq!(
        error.to_string(),
        "network in net.state is Net; this run's is Other\n\
         batch in net.state is 32; this run's is 64\n\
         clip in net.state is not set; this run's is norm 1\n\
         seed in net.state is 5; this run's is not set\n\
         fc.weight in net.state is [2, 3]; this network's is [3, 2]\n\
         state/first is missing from net.state\n\
         state/momentum in net.state is [8]; this network's is [9]"
    );
}

#[test]
fn a_run_in_another_precision_does_not_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    Run::at(1).with(|run| write(&path, run)).unwrap();
    let settings = Run::at(0).settings;
    let expected =
        Expected { network: "Net", settings: &settings, vectors: &[("momentum", 8)], optional: &[] };
    let error = read::<f64, Progress>(&path, &layout(), &expected).unwrap_err().to_string();
    assert!(
        error.contains("state/momentum in net.state is stored as F32; this network computes in F64"),
        "{error}"
    );
    assert!(error.contains("fc.bias in net.state is stored as F32"), "{error}");
}

#[test]
fn damaged_states_and_weights_alone_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    Run::at(1).with(|run| write(&path, run)).unwrap();
    let state = path_of(&path);
    let bytes = fs::read(&state).unwrap();
    for length in [0, 7, 8, 50, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&state, &bytes[..length]).unwrap();
        assert!(matches!(resume(&path), Err(Error::Format { .. })), "{length}");
    }
    // Weights where a state should be.
    fs::copy(&path, &state).unwrap();
    let error = resume(&path).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "net.state is no training state file, or a damaged one: its header has no `ann.state`"
        )
    );
    fs::remove_file(&state).unwrap();
    assert!(matches!(resume(&path), Err(Error::NoState { .. })));
}

#[test]
fn an_optional_vector_comes_back_if_it_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    let run = Run::at(3);
    assert!(
        run.with(|run| write(&path, run)).and_then(|()| resume(&path)).unwrap().unwrap().vectors.len() == 1
    );
    let best = [0.5_f32; 8];
    let vectors: [(&str, &[f32]); 2] = [("momentum", &run.momentum), ("best", &best)];
    run.with(|run| write(&path, &Written { vectors: &vectors, ..*run })).unwrap();
    assert_eq!(resume(&path).unwrap().unwrap().vectors["best"], best);
}
