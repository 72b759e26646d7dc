//! Where the time of a plan goes.

use std::time::{Duration, Instant};

use super::run::Plan;
use super::step::Part;
use crate::{Error, Scalar};

/// The time that one operation of a plan took.
#[derive(Clone, Debug)]
pub struct Timing {
    /// The layer, by its path; empty outside any.
    pub scope: String,
    /// The operation.
    pub op: &'static str,
    /// Forward, the mean of all runs.
    pub forward: Duration,
    /// Backward, the mean of all runs.
    pub backward: Duration,
}

impl<T: Scalar> Plan<T> {
    /// Runs forward and backward `runs` times and says how long each operation took, in the order of [`explain`](Self::explain). Each
    /// runs by itself, those too that otherwise run as one.
    pub fn profile(
        &mut self,
        parameters: &[T],
        gradients: &mut [T],
        runs: u32,
    ) -> Result<Vec<Timing>, Error> {
        self.check("parameters", parameters.len())?;
        self.check("gradients", gradients.len())?;
        let mut timings: Vec<Timing> = self
            .schedule
            .steps
            .iter()
            .map(|step| Timing {
                scope: step.scope.clone(),
                op: step.op.name(),
                forward: Duration::ZERO,
                backward: Duration::ZERO,
            })
            .collect();
        for _ in 0..runs {
            for (number, timing) in timings.iter_mut().enumerate() {
                let start = Instant::now();
                self.step_forward(number, parameters, &[]);
                timing.forward += start.elapsed();
            }
            self.seed(gradients);
            for (number, timing) in timings.iter_mut().enumerate().rev() {
                let start = Instant::now();
                self.step_backward(number, Part::All, parameters, gradients);
                timing.backward += start.elapsed();
            }
        }
        for timing in &mut timings {
            timing.forward /= runs.max(1);
            timing.backward /= runs.max(1);
        }
        Ok(timings)
    }
}
