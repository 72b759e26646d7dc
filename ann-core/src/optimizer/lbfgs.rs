//! L-BFGS: full-batch minimization with curvature from the last few steps (Liu and Nocedal 1989).

use std::collections::VecDeque;
use std::fmt;

use super::line_search::{Line, Probe, Wolfe};
use super::sums::{dot, largest};
use crate::error::require;
use crate::{Error, Result};

/// Minimizes a smooth function of many variables from its values and gradients.
///
/// The direction of a step is found by the two-loop recursion over the last steps (Nocedal and Wright: "Numerical
/// Optimization", 2nd edition, algorithm 7.4), its length by a line search for the strong Wolfe conditions (algorithms
/// 3.5 and 3.6). No accepted step makes the function larger, but for rounding; a point where it is not finite is never
/// accepted.
///
/// ```
/// use ann_core::optimizer::{Lbfgs, Stop};
///
/// // Rosenbrock's valley.
/// let mut x = [-1.2, 1.0];
/// let outcome = Lbfgs::new().minimize(&mut x, |x, gradient| {
///     let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
///     gradient[0] = -2.0 * a - 400.0 * x[0] * b;
///     gradient[1] = 200.0 * b;
///     Ok(a * a + 100.0 * b * b)
/// })?;
/// assert_eq!(outcome.stop, Stop::SmallGradient);
/// assert!((x[0] - 1.0).abs() < 1e-6 && (x[1] - 1.0).abs() < 1e-6);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Lbfgs {
    history: usize,
    iterations: usize,
    gradient_tolerance: f64,
    change_tolerance: f64,
    wolfe: Wolfe,
}

/// Why a minimization ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The gradient is as small as was asked for.
    SmallGradient,
    /// The last step made the loss hardly smaller.
    SmallChange,
    /// All iterations are made.
    Iterations,
    /// No step along the gradient makes the loss smaller: the precision of the function is used up.
    NoDecrease,
}

/// How a minimization went.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// Steps made.
    pub iterations: usize,
    /// How often the function was called.
    pub evaluations: usize,
    /// The function at the end.
    pub loss: f64,
    /// The largest absolute derivative there.
    pub gradient_norm: f64,
    /// Why it ended.
    pub stop: Stop,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { iterations, evaluations, loss, gradient_norm, stop } = self;
        let why = match stop {
            Stop::SmallGradient => "the gradient is small enough",
            Stop::SmallChange => "the loss hardly changes",
            Stop::Iterations => "all iterations are made",
            Stop::NoDecrease => "no step makes the loss smaller",
        };
        write!(f, "loss {loss:.6e} after {iterations} iterations ({evaluations} evaluations): {why}")?;
        write!(f, "; the largest derivative is {gradient_norm:.1e}")
    }
}

impl Default for Lbfgs {
    fn default() -> Self {
        Self::new()
    }
}

impl Lbfgs {
    /// With the curvature of 10 steps, at most 100 iterations, a gradient tolerance of 1e-6 and a change tolerance of
    /// 1e-9.
    pub const fn new() -> Self {
        Self {
            history: 10,
            iterations: 100,
            gradient_tolerance: 1e-6,
            change_tolerance: 1e-9,
            wolfe: Wolfe { decrease: 1e-4, curvature: 0.9 },
        }
    }

    /// How many steps are remembered, at least 1; each takes two vectors.
    #[must_use]
    pub const fn history(self, steps: usize) -> Self {
        Self { history: steps, ..self }
    }

    /// The most iterations.
    #[must_use]
    pub const fn iterations(self, iterations: usize) -> Self {
        Self { iterations, ..self }
    }

    /// Ends where no derivative is larger than this in absolute value.
    #[must_use]
    pub const fn gradient_tolerance(self, gradient_tolerance: f64) -> Self {
        Self { gradient_tolerance, ..self }
    }

    /// Ends where a step lessens the loss by no more than this share of it; 0 ends only where nothing changes.
    #[must_use]
    pub const fn change_tolerance(self, change_tolerance: f64) -> Self {
        Self { change_tolerance, ..self }
    }

    /// The constants of the line search, `0 < decrease < curvature < 1`: 1e-4 and 0.9 unless told. A smaller curvature
    /// is a more exact search.
    #[must_use]
    pub const fn wolfe(self, decrease: f64, curvature: f64) -> Self {
        Self { wolfe: Wolfe { decrease, curvature }, ..self }
    }

    /// Refuses settings outside their range.
    pub fn validate(&self) -> Result<()> {
        let Wolfe { decrease, curvature } = self.wolfe;
        let tolerance = |value: f64| 0.0 <= value && value.is_finite();
        let (gradient, change) = (self.gradient_tolerance, self.change_tolerance);
        let expected = "it must be finite and not negative";
        require(0 < self.history, "Lbfgs", "history", self.history, "it must be at least 1")?;
        require(tolerance(gradient), "Lbfgs", "gradient_tolerance", gradient, expected)?;
        require(tolerance(change), "Lbfgs", "change_tolerance", change, expected)?;
        require(0.0 < decrease && decrease < 1.0, "Lbfgs", "decrease", decrease, "it must lie in (0, 1)")?;
        let fine = decrease < curvature && curvature < 1.0;
        require(fine, "Lbfgs", "curvature", curvature, "it must lie between `decrease` and 1")
    }

    /// Moves `x` to where `function` is small.
    ///
    /// `function` is given a point, writes its gradient there and returns its value; all of this is in `f64`, a network
    /// in `f32` converts. A value or gradient that is not finite means: too far.
    ///
    /// # Errors
    /// Settings out of range; a value or gradient that is not finite at the first point; whatever `function` refuses. `x`
    /// is then the last point that was accepted.
    pub fn minimize(
        &self,
        x: &mut [f64],
        mut function: impl FnMut(&[f64], &mut [f64]) -> Result<f64>,
    ) -> Result<Outcome> {
        self.validate()?;
        let mut gradient = vec![0.0; x.len()];
        let mut loss = function(x, &mut gradient)?;
        check_start(loss, &gradient)?;
        let mut evaluations = 1;
        let mut memory = Memory { pairs: VecDeque::new(), capacity: self.history };
        let (mut direction, mut point, mut next) = (gradient.clone(), gradient.clone(), gradient.clone());
        let mut iterations = 0;
        let stop = loop {
            if largest(&gradient) <= self.gradient_tolerance {
                break Stop::SmallGradient;
            }
            if iterations == self.iterations {
                break Stop::Iterations;
            }
            memory.direction(&gradient, &mut direction);
            let mut slope = dot(&gradient, &direction);
            let found = loop {
                if memory.pairs.is_empty() || !(slope < 0.0 && slope.is_finite()) {
                    // Straight down, at first no farther than 1: nothing is known of the scale yet.
                    memory.pairs.clear();
                    negate(&gradient, &mut direction);
                    slope = dot(&gradient, &direction);
                }
                let first_step = if memory.pairs.is_empty() { (-slope).sqrt().recip().min(1.0) } else { 1.0 };
                let mut line = Line {
                    function: &mut function,
                    origin: x,
                    direction: &direction,
                    point: &mut point,
                    gradient: &mut next,
                    evaluations: &mut evaluations,
                };
                let found = line.search(Probe { step: 0.0, value: loss, slope }, first_step, self.wolfe)?;
                if found.is_some() || memory.pairs.is_empty() {
                    break found;
                }
                // What is remembered does not suit this place.
                memory.pairs.clear();
            };
            let Some(found) = found else { break Stop::NoDecrease };
            memory.remember(x, &point, &gradient, &next);
            x.copy_from_slice(&point);
            gradient.copy_from_slice(&next);
            iterations += 1;
            let change = loss - found.value;
            let scale = loss.abs().max(found.value.abs());
            loss = found.value;
            if change <= self.change_tolerance * scale && largest(&gradient) > self.gradient_tolerance {
                break Stop::SmallChange;
            }
        };
        Ok(Outcome { iterations, evaluations, loss, gradient_norm: largest(&gradient), stop })
    }
}

fn check_start(loss: f64, gradient: &[f64]) -> Result<()> {
    let slope = largest(gradient);
    if !loss.is_finite() {
        return Err(Error::Start { what: "loss", value: loss });
    }
    if slope.is_finite() { Ok(()) } else { Err(Error::Start { what: "gradient", value: slope }) }
}

fn negate(from: &[f64], to: &mut [f64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = -from;
    }
}

/// `y += a * x`
fn add_scaled(a: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

/// The last steps and how the gradient changed on them, the newest at the back.
struct Memory {
    pairs: VecDeque<Pair>,
    capacity: usize,
}

struct Pair {
    /// The step.
    s: Vec<f64>,
    /// The change of the gradient.
    y: Vec<f64>,
    /// `1 / (s . y)`
    rho: f64,
    /// `(s . y) / (y . y)`, the scale of the inverse curvature.
    gamma: f64,
    /// Of the two-loop recursion.
    alpha: f64,
}

impl Memory {
    /// Minus the inverse Hessian, as far as it is known, times the gradient.
    fn direction(&mut self, gradient: &[f64], direction: &mut [f64]) {
        negate(gradient, direction);
        for pair in self.pairs.iter_mut().rev() {
            pair.alpha = pair.rho * dot(&pair.s, direction);
            add_scaled(-pair.alpha, &pair.y, direction);
        }
        if let Some(newest) = self.pairs.back() {
            for d in direction.iter_mut() {
                *d *= newest.gamma;
            }
        }
        for pair in &self.pairs {
            let beta = pair.rho * dot(&pair.y, direction);
            add_scaled(pair.alpha - beta, &pair.s, direction);
        }
    }

    /// Keeps a step, unless the curvature along it is not positive beyond rounding: the Hessian's estimate would no longer
    /// be positive definite.
    fn remember(&mut self, x: &[f64], next_x: &[f64], gradient: &[f64], next_gradient: &[f64]) {
        // The oldest step's vectors are used again.
        let oldest = if self.pairs.len() == self.capacity { self.pairs.pop_front() } else { None };
        let (mut s, mut y) = oldest.map_or_else(|| (x.to_vec(), gradient.to_vec()), |pair| (pair.s, pair.y));
        difference(next_x, x, &mut s);
        difference(next_gradient, gradient, &mut y);
        let (sy, ss, yy) = (dot(&s, &y), dot(&s, &s), dot(&y, &y));
        if f64::EPSILON * ss.sqrt() * yy.sqrt() < sy {
            self.pairs.push_back(Pair { s, y, rho: 1.0 / sy, gamma: sy / yy, alpha: 0.0 });
        }
    }
}

fn difference(a: &[f64], b: &[f64], to: &mut [f64]) {
    for ((to, a), b) in to.iter_mut().zip(a).zip(b) {
        *to = a - b;
    }
}
