//! Bad input is an error that says file, place and what was expected, and loses nothing that was there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the functions of the tests fail as the tests do"
)]

mod csv;
mod data;
mod files;
mod idx;
mod parameters;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ann::Error;
use ann::autodiff::Dtype;
use ann::data::{Csv, Idx, Mnist};
use ann::prelude::*;
use ann::save::{read_tensors, write_tensors};
use ann_tests::bits;
use tempfile::TempDir;

network! {
    struct Two: [2] -> [3] { hidden: Dense(4), Relu, out: Dense(3) }
    struct Curve: [2] -> [1] { hidden: Dense(4), Tanh, out: Dense(1) }
}

/// What a refusal says, a folder's path taken out of it.
fn refusal<T>(folder: &Path, result: Result<T>) -> String {
    let error = result.err().expect("this should have been refused");
    error.to_string().replace(&format!("{}/", folder.display()), "")
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// All files of a folder with their contents.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}
