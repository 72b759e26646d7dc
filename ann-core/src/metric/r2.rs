//! The share of the targets' variance that is explained.

use super::{Better, Metric};

/// The coefficient of determination, `1 - sum (y - t)^2 / sum (t - mean t)^2` of each output, averaged over the outputs
/// with equal weights (scikit-learn's `r2_score`).
///
/// 1 is perfect, 0 is what the mean of the targets gets; it has no lower bound. Where an output's targets do not vary it is 1
/// if they are met and else 0; of a single example it is NaN.
///
/// ```
/// use ann_core::metric::{Metric, R2};
/// let mut r2 = R2::new();
/// r2.update(&[2.5, 0.0, 2.0, 8.0], &[3.0, -0.5, 2.0, 7.0], 1);
/// assert!((r2.value() - 0.9486).abs() < 1e-4);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct R2 {
    count: f64,
    outputs: Vec<Spread>,
    is_misfit: bool,
}

/// Of one output.
#[derive(Clone, Debug, Default, PartialEq)]
struct Spread {
    /// Mean of the targets so far.
    mean: f64,
    /// Sum of their squared distances from it.
    variation: f64,
    /// Sum of squared errors.
    errors: f64,
}

impl R2 {
    /// Before the first example.
    pub fn new() -> Self {
        Self::default()
    }

    /// The figure of each output alone.
    pub fn per_output(&self) -> Vec<f64> {
        self.outputs.iter().map(|output| self.figure(output)).collect()
    }

    fn figure(&self, output: &Spread) -> f64 {
        if self.count < 2.0 || self.is_misfit {
            f64::NAN
        } else if output.variation == 0.0 && !output.errors.is_nan() {
            f64::from(output.errors == 0.0)
        } else {
            1.0 - output.errors / output.variation
        }
    }
}

impl Metric for R2 {
    fn name(&self) -> String {
        "r2".into()
    }

    fn reset(&mut self) {
        *self = Self::default();
    }

    fn update(&mut self, outputs: &[f64], targets: &[f64], width: usize) {
        if self.outputs.is_empty() {
            self.outputs.resize(width, Spread::default());
        }
        if outputs.len() != targets.len() || self.outputs.len() != width || width == 0 {
            // There is no telling which target belongs to which output.
            self.is_misfit = true;
            return;
        }
        for (outputs, targets) in outputs.chunks_exact(width).zip(targets.chunks_exact(width)) {
            self.count += 1.0;
            for ((y, t), output) in outputs.iter().zip(targets).zip(&mut self.outputs) {
                // Welford's update: the difference of two large sums would lose the digits that count.
                let distance = t - output.mean;
                output.mean += distance / self.count;
                output.variation += distance * (t - output.mean);
                output.errors += (y - t) * (y - t);
            }
        }
    }

    fn value(&self) -> f64 {
        self.per_output().iter().sum::<f64>() / self.outputs.len() as f64
    }

    fn better(&self) -> Better {
        Better::Higher
    }
}
