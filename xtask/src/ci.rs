//! The steps of the gate, each with its time.

use std::process::Command;
use std::time::Instant;

use crate::root;

/// A command of the gate.
struct Step {
    name: &'static str,
    arguments: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
    /// What the last line of its output has to begin with.
    ends_with: Option<&'static str>,
}

const fn step(name: &'static str, arguments: &'static [&'static str]) -> Step {
    Step { name, arguments, variables: &[], ends_with: None }
}

const STEPS: &[Step] = &[
    step("formatting", &["fmt", "--all", "--check"]),
    step("lints", &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
    Step {
        variables: &[("RUSTDOCFLAGS", "--deny warnings")],
        ..step("documentation", &["doc", "--workspace", "--no-deps"])
    },
    // The README's test command; it runs tidy and the check of generated files, too.
    step("tests", &["test", "--workspace"]),
    // The README's first command, shortened.
    Step {
        ends_with: Some("result: {"),
        ..step("lenet", &["run", "--release", "--example", "lenet", "--", "--epochs", "1"])
    },
    Step {
        ends_with: Some("result: {"),
        ..step("mlp", &["run", "--release", "--example", "mlp", "--", "--epochs", "1"])
    },
    Step {
        ends_with: Some("result: {"),
        ..step("autoencoder", &["run", "--release", "--example", "autoencoder", "--", "--epochs", "1"])
    },
    Step {
        ends_with: Some("result: {"),
        ..step("regression", &["run", "--release", "--example", "regression", "--", "--epochs", "20"])
    },
    Step {
        ends_with: Some("result: {"),
        ..step("custom", &["run", "--release", "--example", "custom", "--", "--epochs", "20"])
    },
    Step {
        ends_with: Some("result: {"),
        ..step("rnn", &["run", "--release", "--example", "rnn", "--", "--epochs", "1"])
    },
    Step {
        ends_with: Some("result: {"),
        ..step("lstm", &["run", "--release", "--example", "lstm", "--", "--epochs", "1"])
    },
    Step {
        ends_with: Some("result: {"),
        ..step("autodiff", &["run", "--release", "--example", "autodiff", "--", "--epochs", "50"])
    },
    Step {
        ends_with: Some("result: {"),
        ..step(
            "rbm",
            &["run", "--release", "--example", "rbm", "--", "--epochs", "1", "--betas", "20", "--gibbs", "5"],
        )
    },
    Step {
        ends_with: Some("result: {"),
        ..step("dbn", &["run", "--release", "--example", "dbn", "--", "--epochs", "1", "--pretrain", "1"])
    },
    // A step of 16 images, no more.
    Step {
        ends_with: Some("result: {"),
        ..step("alexnet", &["run", "--release", "--example", "alexnet", "--", "--epochs", "1"])
    },
    // The product of our own is the default; the libraries stand in by feature.
    step("products by gemm", &["test", "--package", "ann-autodiff", "--lib", "--features", "gemm", "gemm"]),
    step(
        "products by matrixmultiply",
        &["test", "--package", "ann-autodiff", "--lib", "--features", "matrixmultiply", "gemm"],
    ),
    step("all by matrixmultiply", &["build", "--features", "matrixmultiply"]),
];

/// Runs every step; stops at the first that fails.
pub(crate) fn run() -> Result<(), String> {
    let began = Instant::now();
    for step in STEPS {
        println!("== {}: cargo {}", step.name, step.arguments.join(" "));
        let at = Instant::now();
        perform(step)?;
        println!("== {}: {:.0} s", step.name, at.elapsed().as_secs_f64());
    }
    println!("== all: {:.0} s", began.elapsed().as_secs_f64());
    Ok(())
}

fn perform(step: &Step) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(step.arguments).envs(step.variables.iter().copied()).current_dir(root());
    let failed = |reason: String| format!("{} failed: {reason}", step.name);
    let Some(start) = step.ends_with else {
        let status = command.status().map_err(|error| failed(error.to_string()))?;
        return if status.success() { Ok(()) } else { Err(failed(status.to_string())) };
    };
    let output =
        command.stderr(std::process::Stdio::inherit()).output().map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    let last = text.lines().last().unwrap_or_default();
    if last.starts_with(start) { Ok(()) } else { Err(failed(format!("its last line is `{last}`"))) }
}

/// Writes what tests compare with anew: compile errors and expansions. To be read before it is committed.
pub(crate) fn bless() -> Result<(), String> {
    for (package, variable) in [("ann-macros", "ANN_BLESS"), ("ann-tests", "TRYBUILD")] {
        let status = Command::new(env!("CARGO"))
            .args(["test", "--package", package])
            .env(variable, "overwrite")
            .current_dir(root())
            .status()
            .map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(format!("the tests of {package} failed: {status}"));
        }
    }
    Ok(())
}
