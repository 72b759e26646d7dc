//! Precision, recall and F1 as figures of their own; the formulas are [`ConfusionMatrix`]'s.

use super::{Average, Better, ConfusionMatrix, Metric};

fn named(figure: &str, average: Average) -> String {
    match average {
        Average::Macro => format!("{figure}_macro"),
        Average::Micro => format!("{figure}_micro"),
        Average::Weighted => format!("{figure}_weighted"),
        Average::Class(class) => format!("{figure}_{class}"),
    }
}

macro_rules! figure {
    ($(#[$doc:meta])+ $name:ident, $figure:ident) => {
        $(#[$doc])+
        ///
        /// It is named after its average: `_macro`, `_micro`, `_weighted`, or by the number of the class.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            matrix: ConfusionMatrix,
            average: Average,
        }

        impl $name {
            /// Over classes `0..classes`; an output of width 1 has two.
            pub fn new(classes: usize, average: Average) -> Self {
                Self { matrix: ConfusionMatrix::new(classes), average }
            }
        }

        impl Metric for $name {
            fn name(&self) -> String {
                named(stringify!($figure), self.average)
            }

            fn reset(&mut self) {
                self.matrix.reset();
            }

            fn update(&mut self, outputs: &[f64], targets: &[f64], width: usize) {
                self.matrix.update(outputs, targets, width);
            }

            fn value(&self) -> f64 {
                self.matrix.$figure(self.average)
            }

            fn better(&self) -> Better {
                Better::Higher
            }
        }
    };
}

figure! {
    /// How many of the examples taken for a class are of it.
    Precision, precision
}

figure! {
    /// How many of the examples of a class are taken for it.
    Recall, recall
}

figure! {
    /// The harmonic mean of precision and recall.
    F1, f1
}
