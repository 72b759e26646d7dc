//! The share of examples that are classified right.

use super::{Better, Metric, chosen, examples};

/// The share of examples whose largest output is that of their class.
///
/// ```
/// use ann_core::metric::{Accuracy, Metric};
///
/// let mut accuracy = Accuracy::new();
/// // Three classes; the second of two examples is classified wrong.
/// accuracy.update(&[0.1, 0.7, 0.2, 0.5, 0.3, 0.2], &[1.0, 2.0], 3);
/// assert_eq!(accuracy.value(), 0.5);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accuracy {
    right: f64,
    all: f64,
}

impl Accuracy {
    /// Before the first example.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Metric for Accuracy {
    fn name(&self) -> String {
        "accuracy".into()
    }

    fn reset(&mut self) {
        *self = Self::default();
    }

    fn update(&mut self, outputs: &[f64], targets: &[f64], width: usize) {
        for (outputs, class) in examples(outputs, targets, width) {
            self.all += 1.0;
            self.right += class.map_or(f64::NAN, |class| f64::from(chosen(outputs) == Some(class)));
        }
    }

    fn value(&self) -> f64 {
        self.right / self.all
    }

    fn better(&self) -> Better {
        Better::Higher
    }
}
