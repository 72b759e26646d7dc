//! What a front end brings along ([`Source`]) and what it gets back ([`Diagnostic`]).

/// A front end of the language: how it says where something stands, and what its values look like that are none of the
/// language's business (initializers, probabilities, regularizers).
///
/// ```
/// /// A configuration file: places are byte ranges, values stay text.
/// #[derive(Clone, Debug)]
/// struct File;
///
/// impl ann_spec::Source for File {
///     type Location = std::ops::Range<usize>;
///     type Value = String;
///     const OWN_LAYERS: bool = false;
/// }
/// ```
pub trait Source: Clone + std::fmt::Debug {
    /// A place in the user's text.
    type Location: Clone + std::fmt::Debug;
    /// A value as the user wrote it.
    type Value: Clone + std::fmt::Debug;
    /// Whether names outside the catalogue may stand as layers: types of the user's own.
    const OWN_LAYERS: bool;
}

/// One mistake, or one piece of advice, with the place it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic<L> {
    /// The smallest piece of the user's text that is at fault.
    pub at: L,
    /// The sentence: lower case, no full stop.
    pub message: String,
    /// Further lines, such as the shapes so far.
    pub notes: Vec<String>,
}

impl<L> Diagnostic<L> {
    /// A sentence about a place.
    pub fn new(at: L, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), notes: Vec::new() }
    }

    /// The same with a further line.
    #[must_use]
    pub fn note(mut self, line: impl Into<String>) -> Self {
        self.notes.push(line.into());
        self
    }
}

impl<L> std::fmt::Display for Diagnostic<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        self.notes.iter().try_for_each(|note| write!(f, "\n{note}"))
    }
}
