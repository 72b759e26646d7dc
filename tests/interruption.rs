//! A run that is killed and resumed ends with the bits of one that was not; a disk that is full loses nothing.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

const TRAIN: &str = env!("CARGO_BIN_EXE_train");
const EPOCHS: &str = "4";

fn command(folder: &Path, name: &str, every: &str) -> Command {
    let mut command = Command::new(TRAIN);
    command.arg(folder.join(format!("{name}.run"))).arg(folder.join(format!("{name}.safetensors")));
    command.args([EPOCHS, every]);
    command
}

#[test]
fn a_run_killed_again_and_again_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    assert!(command(folder.path(), "whole", "1000").status().unwrap().success());
    let whole = began.elapsed();

    let mut kills = 0;
    // A bit longer each time, so that it comes to its end; checkpoints in the middle of epochs as well.
    for round in 1.. {
        let mut child = command(folder.path(), "killed", "3").spawn().unwrap();
        sleep(whole.mul_f64(0.12 * f64::from(round)));
        if child.try_wait().unwrap().is_some_and(|status| status.success()) {
            break;
        }
        // SIGKILL: nothing can be tidied up.
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        assert!(kills < 40, "it never comes to its end");
    }
    assert!(2 <= kills, "it was killed {kills} times only");
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("whole.safetensors") == read("killed.safetensors"));
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full_is_an_error_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(command(folder.path(), "run", "1000").status().unwrap().success());
    let files = || {
        let mut files: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect::<Vec<_>>()
    };
    let before = files();

    // No file may grow beyond 4 kB: writing fails as on a full disk. It would go on for two epochs more.
    let limited = r#"trap "" XFSZ; ulimit -f 8; exec "$0" "$@""#;
    let output = Command::new("sh")
        .args(["-c", limited, TRAIN])
        .arg(folder.path().join("run.run"))
        .arg(folder.path().join("run.safetensors"))
        .args(["6", "1000"])
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(message.contains("run.run"), "{message}");
    assert!(before == files(), "a file was changed or left behind");
}
