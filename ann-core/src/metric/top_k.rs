//! The share of examples whose class is among the likeliest.

use super::{Better, Metric, chosen, examples};

/// The share of examples whose class is among the `k` largest outputs; of equal ones the first counts as larger.
///
/// ```
/// use ann_core::metric::{Metric, TopK};
///
/// let mut top_2 = TopK::new(2);
/// top_2.update(&[0.1, 0.7, 0.2, 0.5, 0.3, 0.2], &[2.0, 2.0], 3);
/// assert_eq!(top_2.value(), 0.5);
/// assert_eq!(top_2.name(), "top_2_accuracy");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TopK {
    k: usize,
    right: f64,
    all: f64,
}

impl TopK {
    /// Of this `k`; with 1 it is the accuracy, with 0 no example is right.
    pub fn new(k: usize) -> Self {
        Self { k, right: 0.0, all: 0.0 }
    }

    fn holds(&self, outputs: &[f64], class: usize) -> bool {
        if outputs.len() == 1 {
            // A logit of two classes: both are among two.
            return class < 2 && (self.k >= 2 || (self.k == 1 && chosen(outputs) == Some(class)));
        }
        let Some(own) = outputs.get(class) else { return false };
        let before = |(other, y): (usize, &f64)| own < y || (own == y && other < class);
        outputs.iter().enumerate().filter(|other| before(*other)).count() < self.k
    }
}

impl Metric for TopK {
    fn name(&self) -> String {
        format!("top_{}_accuracy", self.k)
    }

    fn reset(&mut self) {
        *self = Self::new(self.k);
    }

    fn update(&mut self, outputs: &[f64], targets: &[f64], width: usize) {
        for (outputs, class) in examples(outputs, targets, width) {
            let is_number = !outputs.iter().any(|y| y.is_nan());
            self.all += 1.0;
            self.right += class.map_or(f64::NAN, |class| f64::from(is_number && self.holds(outputs, class)));
        }
    }

    fn value(&self) -> f64 {
        self.right / self.all
    }

    fn better(&self) -> Better {
        Better::Higher
    }
}
