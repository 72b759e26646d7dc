//! Which class is taken for which, and the figures that follow from it.

use std::fmt;

use super::{Better, Metric, chosen, examples};

/// How the figures of the classes become one, in scikit-learn's sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// Their mean over the classes that occur or are chosen.
    Macro,
    /// From the sums of hits and misses over all classes.
    Micro,
    /// Their mean weighted by how often each class occurs.
    Weighted,
    /// That of one class alone, NaN if there is none of that number; of class 1 where the question is yes or no.
    Class(usize),
}

/// Counts of examples by their class and by the class that was chosen for them.
///
/// For class `c`, with `tp` the examples of `c` that were taken for `c`:
///
/// ```text
/// precision = tp / (all that were taken for c)
/// recall    = tp / (all of class c)
/// f1        = 2 tp / (all that were taken for c + all of class c)
/// ```
///
/// A figure with nothing below the line is 0, as scikit-learn has it.
///
/// ```
/// use ann_core::metric::{Average, ConfusionMatrix};
///
/// let mut matrix = ConfusionMatrix::new(2);
/// for (actual, chosen) in [(0, 0), (0, 1), (1, 1), (1, 1)] {
///     matrix.add(actual, Some(chosen));
/// }
/// assert_eq!(matrix.count(0, 1), 1);
/// assert_eq!(matrix.accuracy(), 0.75);
/// assert_eq!(matrix.precision(Average::Class(1)), 2.0 / 3.0);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    /// A row for each class; in each the classes chosen, and last: none of them.
    counts: Vec<u64>,
    /// Examples whose class was none of those.
    unread: u64,
}

impl ConfusionMatrix {
    /// For classes `0..classes`.
    ///
    /// # Panics
    /// If `classes * (classes + 1)` counts do not fit into memory.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * (classes + 1)], unread: 0 }
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Counts an example of class `actual` for which a class, or none, was chosen.
    ///
    /// A chosen class beyond the classes counts as none. If `actual` is beyond them all figures are NaN from then on.
    pub fn add(&mut self, actual: usize, chosen: Option<usize>) {
        if self.classes <= actual {
            self.unread += 1;
            return;
        }
        let column = chosen.unwrap_or(self.classes).min(self.classes);
        self.counts[actual * (self.classes + 1) + column] += 1;
    }

    /// How many examples of class `actual` were taken for class `chosen`; 0 for classes that are not there.
    pub fn count(&self, actual: usize, chosen: usize) -> u64 {
        if actual.max(chosen) < self.classes { self.counts[actual * (self.classes + 1) + chosen] } else { 0 }
    }

    /// How many examples there are of a class.
    pub fn support(&self, class: usize) -> u64 {
        let row = self.classes + 1;
        if class < self.classes { self.counts[class * row..(class + 1) * row].iter().sum() } else { 0 }
    }

    /// How many examples were taken for a class.
    pub fn taken(&self, class: usize) -> u64 {
        (0..self.classes).map(|actual| self.count(actual, class)).sum()
    }

    /// How many examples were counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share that is right; NaN before the first example.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes).map(|class| self.count(class, class)).sum();
        if self.unread == 0 { right as f64 / self.total() as f64 } else { f64::NAN }
    }

    /// How many of those taken for a class are of it.
    pub fn precision(&self, average: Average) -> f64 {
        self.averaged(average, |hits, taken, _| hits / taken)
    }

    /// How many of those of a class are taken for it.
    pub fn recall(&self, average: Average) -> f64 {
        self.averaged(average, |hits, _, support| hits / support)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self, average: Average) -> f64 {
        self.averaged(average, |hits, taken, support| 2.0 * hits / (taken + support))
    }

    /// `figure` of hits, of all taken for the class and of all of the class, averaged.
    fn averaged(&self, average: Average, figure: impl Fn(f64, f64, f64) -> f64) -> f64 {
        if self.unread != 0 || self.total() == 0 {
            return f64::NAN;
        }
        let figure = |hits: u64, taken: u64, support: u64| {
            // No hit makes every figure 0, also where nothing is below the line.
            if hits == 0 { 0.0 } else { figure(hits as f64, taken as f64, support as f64) }
        };
        let of = |class| figure(self.count(class, class), self.taken(class), self.support(class));
        let mean = |weight: &dyn Fn(usize) -> f64| {
            let weights: f64 = (0..self.classes).map(weight).sum();
            (0..self.classes).map(|class| weight(class) * of(class)).sum::<f64>() / weights
        };
        match average {
            Average::Class(class) if self.classes <= class => f64::NAN,
            Average::Class(class) => of(class),
            Average::Macro => mean(&|class| f64::from(0 < self.taken(class) + self.support(class))),
            Average::Weighted => mean(&|class| self.support(class) as f64),
            Average::Micro => {
                let sum = |count: &dyn Fn(usize) -> u64| (0..self.classes).map(count).sum();
                figure(sum(&|c| self.count(c, c)), sum(&|c| self.taken(c)), sum(&|c| self.support(c)))
            }
        }
    }
}

impl Metric for ConfusionMatrix {
    fn name(&self) -> String {
        "confusion_accuracy".into()
    }

    fn reset(&mut self) {
        *self = Self::new(self.classes);
    }

    fn update(&mut self, outputs: &[f64], targets: &[f64], width: usize) {
        for (outputs, class) in examples(outputs, targets, width) {
            self.add(class.unwrap_or(self.classes), chosen(outputs));
        }
    }

    /// The share that is right.
    fn value(&self) -> f64 {
        self.accuracy()
    }

    fn better(&self) -> Better {
        Better::Higher
    }
}

/// A table: a row for each class, a column for each class chosen.
impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let largest = self.counts.iter().copied().max().unwrap_or(0).max(self.classes as u64);
        let width = largest.to_string().len() + 2;
        write!(f, "{:>8}", "actual")?;
        (0..self.classes).try_for_each(|class| write!(f, "{class:>width$}"))?;
        for actual in 0..self.classes {
            write!(f, "\n{actual:>8}")?;
            (0..self.classes).try_for_each(|class| write!(f, "{:>width$}", self.count(actual, class)))?;
        }
        Ok(())
    }
}
