//! [`Difference`]: between a file of weights or of a run and the network or run that reads it.

use ann_autodiff::Dtype;

/// One thing in which a checkpoint differs from what it is loaded into.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The file lacks a tensor.
    Missing {
        /// Its name.
        name: String,
        /// The name of a tensor that is in the file, not in the network, and nearly the same.
        near: Option<String>,
    },
    /// The file has a tensor that the network has not.
    Unknown {
        /// Its name.
        name: String,
    },
    /// The sizes differ.
    Shape {
        /// The tensor.
        name: String,
        /// Its sizes in the file.
        file: Vec<usize>,
        /// Its sizes in the network.
        network: Vec<usize>,
    },
    /// The kind of number differs.
    Dtype {
        /// The tensor.
        name: String,
        /// The kind in the file, as the file calls it.
        file: String,
        /// The kind in the network.
        network: Dtype,
    },
    /// A setting of the run differs.
    Setting {
        /// Its name.
        name: String,
        /// As it was when the checkpoint was written.
        file: Option<String>,
        /// As it is now.
        run: Option<String>,
    },
}

impl Difference {
    /// The sentence, with the file's name in it.
    pub(crate) fn sentence(&self, file: &str) -> String {
        match self {
            Self::Missing { name, near: None } => format!("{name} is missing from {file}"),
            Self::Missing { name, near: Some(near) } => {
                format!("{name} is missing from {file}; is it the file's {near} under another name?")
            }
            Self::Unknown { name } => format!("{name} in {file} is no tensor of this network"),
            Self::Shape { name, file: theirs, network } => {
                format!("{name} in {file} is {theirs:?}; this network's is {network:?}")
            }
            Self::Dtype { name, file: theirs, network } => {
                format!("{name} in {file} is stored as {theirs}; this network computes in {network:?}")
            }
            Self::Setting { name, file: theirs, run } => {
                let say = |value: &Option<String>| match value.as_deref() {
                    None => "not set".to_owned(),
                    Some("") => "none".to_owned(),
                    Some(value) => value.to_owned(),
                };
                format!("{name} in {file} is {}; this run's is {}", say(theirs), say(run))
            }
        }
    }
}
