//! Mean errors of values.

use super::{Better, Metric};

/// A mean over all numbers of all examples.
#[derive(Clone, Debug, Default, PartialEq)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn update(&mut self, outputs: &[f64], targets: &[f64], error: impl Fn(f64) -> f64) {
        if outputs.len() != targets.len() {
            // There is no telling which target belongs to which output.
            self.sum = f64::NAN;
        }
        self.sum += outputs.iter().zip(targets).map(|(y, t)| error(y - t)).sum::<f64>();
        self.count += outputs.len() as f64;
    }

    fn value(&self) -> f64 {
        self.sum / self.count
    }
}

macro_rules! error {
    ($(#[$doc:meta])+ $name:ident, $short:literal, $error:expr, $value:expr) => {
        $(#[$doc])+
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name(Mean);

        impl $name {
            /// Before the first example.
            pub fn new() -> Self {
                Self::default()
            }
        }

        impl Metric for $name {
            fn name(&self) -> String {
                $short.into()
            }

            fn reset(&mut self) {
                *self = Self::default();
            }

            fn update(&mut self, outputs: &[f64], targets: &[f64], _width: usize) {
                self.0.update(outputs, targets, $error);
            }

            fn value(&self) -> f64 {
                $value(self.0.value())
            }

            fn better(&self) -> Better {
                Better::Lower
            }
        }
    };
}

error! {
    /// The mean squared error over all outputs of all examples, `mse`.
    ///
    /// ```
    /// use ann_core::metric::{Metric, Mse};
    /// let mut mse = Mse::new();
    /// mse.update(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 6.0], 2);
    /// assert_eq!(mse.value(), 1.0);
    /// ```
    Mse, "mse", |error| error * error, |mean| mean
}

error! {
    /// The root of the mean squared error, `rmse`, in the unit of the targets.
    Rmse, "rmse", |error| error * error, f64::sqrt
}

error! {
    /// The mean absolute error, `mae`, in the unit of the targets.
    MeanAbsoluteError, "mae", f64::abs, |mean| mean
}
