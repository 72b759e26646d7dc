//! The strong Wolfe line search of L-BFGS (Nocedal and Wright: "Numerical Optimization", 2nd edition, algorithms 3.5 and
//! 3.6).
//!
//! Along a direction of descent it finds a step after which the function is less by a share of what the first slope
//! promised, and its slope is flatter by a share. A value or slope that is not finite counts as a step too far.

use super::sums::dot;
use crate::Result;

/// The most evaluations of one search.
const EVALUATIONS: usize = 40;

/// What a step has to fulfil, `0 < decrease < curvature < 1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wolfe {
    /// The share of the promised decrease.
    pub(super) decrease: f64,
    /// The share of the first slope that may be left.
    pub(super) curvature: f64,
}

/// The function at a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Probe {
    pub(super) step: f64,
    pub(super) value: f64,
    pub(super) slope: f64,
}

/// A function of many variables along a direction.
pub(super) struct Line<'a, F> {
    pub(super) function: &'a mut F,
    pub(super) origin: &'a [f64],
    pub(super) direction: &'a [f64],
    /// The point last evaluated.
    pub(super) point: &'a mut [f64],
    /// The gradient there.
    pub(super) gradient: &'a mut [f64],
    pub(super) evaluations: &'a mut usize,
}

impl<F: FnMut(&[f64], &mut [f64]) -> Result<f64>> Line<'_, F> {
    fn evaluate(&mut self, step: f64) -> Result<Probe> {
        for ((p, x), d) in self.point.iter_mut().zip(self.origin).zip(self.direction) {
            *p = x + step * d;
        }
        *self.evaluations += 1;
        let value = (self.function)(self.point, self.gradient)?;
        let slope = dot(self.gradient, self.direction);
        if value.is_finite() && slope.is_finite() {
            return Ok(Probe { step, value, slope });
        }
        Ok(Probe { step, value: f64::INFINITY, slope: f64::NAN })
    }

    /// A step that fulfils the conditions; failing that, one that fulfils the first of them; `None` if there is no such
    /// step. The line's point and gradient are then those of the step.
    pub(super) fn search(&mut self, start: Probe, first_step: f64, wolfe: Wolfe) -> Result<Option<Probe>> {
        let mut low = start;
        let mut step = first_step;
        for used in 1..=EVALUATIONS {
            let probe = self.evaluate(step)?;
            if !wolfe.decreases(start, probe) || low.value + noise(low) < probe.value {
                return self.zoom(start, low, probe, wolfe, EVALUATIONS - used);
            }
            if wolfe.flattens(start, probe) {
                return Ok(Some(probe));
            }
            if 0.0 <= probe.slope {
                return self.zoom(start, probe, low, wolfe, EVALUATIONS - used);
            }
            // The next step lies beyond: where a cubic has its minimum, no farther than ten times as far.
            let ahead = probe.step - low.step;
            step = cubic_minimum(low, probe)
                .filter(|step| probe.step < *step)
                .unwrap_or(f64::INFINITY)
                .clamp(probe.step + 0.01 * ahead, 10.0 * probe.step);
            low = probe;
        }
        // Still falling: the last point is the lowest, and the one last evaluated.
        Ok(Some(low))
    }

    /// Narrows an interval that has such a step in it. `low` is the lowest point so far that decreases enough.
    fn zoom(
        &mut self,
        start: Probe,
        low: Probe,
        high: Probe,
        wolfe: Wolfe,
        limit: usize,
    ) -> Result<Option<Probe>> {
        let (mut low, mut high) = (low, high);
        let mut last = f64::NAN;
        let mut is_slow = false;
        for _ in 0..limit {
            let width = (high.step - low.step).abs();
            if width <= f64::EPSILON * high.step.max(low.step) {
                break;
            }
            let middle = 0.5 * (low.step + high.step);
            let step = if is_slow { middle } else { inside(low, high).unwrap_or(middle) };
            let probe = self.evaluate(step)?;
            last = step;
            if !wolfe.decreases(start, probe) || !is_lower(probe, low) {
                high = probe;
            } else {
                if wolfe.flattens(start, probe) {
                    return Ok(Some(probe));
                }
                if 0.0 <= probe.slope * (high.step - low.step) {
                    high = low;
                }
                low = probe;
            }
            // Interpolation may creep along one end; a bisection after each small gain keeps the search short.
            is_slow = 0.66 * width < (high.step - low.step).abs();
        }
        if low.step == 0.0 {
            return Ok(None);
        }
        if last != low.step {
            low = self.evaluate(low.step)?;
        }
        Ok(Some(low))
    }
}

impl Wolfe {
    /// The first condition, of Armijo, to within rounding. False for a value that is not finite.
    fn decreases(self, start: Probe, probe: Probe) -> bool {
        probe.value <= start.value + self.decrease * probe.step * start.slope + noise(start)
    }

    /// The second, of curvature.
    fn flattens(self, start: Probe, probe: Probe) -> bool {
        probe.slope.abs() <= -self.curvature * start.slope
    }
}

/// How far a value may be off by rounding. Near a minimum the values of neighbours differ by no more, and slopes have to
/// tell them apart (Hager and Zhang 2005).
fn noise(probe: Probe) -> f64 {
    4.0 * f64::EPSILON * probe.value.abs()
}

/// Whether a point is lower than another; of equals, the flatter one is.
fn is_lower(probe: Probe, than: Probe) -> bool {
    let noise = noise(than);
    let difference = probe.value - than.value;
    difference < -noise || (difference <= noise && probe.slope.abs() < than.slope.abs())
}

/// Where the cubic has its minimum, if within the interval and not on its very edge.
fn inside(low: Probe, high: Probe) -> Option<f64> {
    let margin = 1e-3 * (high.step - low.step).abs();
    let (left, right) = (low.step.min(high.step) + margin, low.step.max(high.step) - margin);
    cubic_minimum(low, high).filter(|step| (left..=right).contains(step))
}

/// Where the cubic through two values and slopes has its minimum (Nocedal and Wright, equation 3.59).
fn cubic_minimum(a: Probe, b: Probe) -> Option<f64> {
    let across = b.step - a.step;
    if (b.value - a.value).abs() <= noise(a) {
        // The slopes alone: where their line is 0.
        return Some(b.step - across * b.slope / (b.slope - a.slope)).filter(|step| step.is_finite());
    }
    let d1 = a.slope + b.slope - 3.0 * (b.value - a.value) / across;
    let d2 = across.signum() * (d1 * d1 - a.slope * b.slope).sqrt();
    let step = b.step - across * ((b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2));
    // NaN where the cubic has none, and where the function is not finite.
    Some(step).filter(|step| step.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WOLFE: Wolfe = Wolfe { decrease: 1e-4, curvature: 0.1 };

    /// Searches `f(x)` with derivative `df(x)` from 0 to the right.
    fn search(f: fn(f64) -> f64, df: fn(f64) -> f64, first_step: f64) -> (Option<Probe>, usize) {
        let mut function = |x: &[f64], gradient: &mut [f64]| {
            gradient[0] = df(x[0]);
            Ok(f(x[0]))
        };
        let (mut point, mut gradient, mut evaluations) = ([0.0], [0.0], 0);
        let mut line = Line {
            function: &mut function,
            origin: &[0.0],
            direction: &[1.0],
            point: &mut point,
            gradient: &mut gradient,
            evaluations: &mut evaluations,
        };
        let start = Probe { step: 0.0, value: f(0.0), slope: df(0.0) };
        let found = line.search(start, first_step, WOLFE).unwrap();
        if let Some(found) = found {
            assert_eq!((point[0], gradient[0]), (found.step, df(found.step)), "the point is the step's");
        }
        (found, evaluations)
    }

    fn check(f: fn(f64) -> f64, df: fn(f64) -> f64) {
        for first_step in [1e-6, 1e-3, 0.1, 1.0, 10.0, 1e4] {
            let (found, evaluations) = search(f, df, first_step);
            let found = found.unwrap();
            let start = Probe { step: 0.0, value: f(0.0), slope: df(0.0) };
            assert!(
                WOLFE.decreases(start, found) && WOLFE.flattens(start, found),
                "from {first_step}: {found:?}"
            );
            assert!(evaluations < 30, "from {first_step}: {evaluations} evaluations");
        }
    }

    // The functions of Moré and Thuente (1994), section 5.
    #[test]
    fn steps_fulfil_the_strong_wolfe_conditions() {
        check(|a| -a / (a * a + 2.0), |a| (a * a - 2.0) / (a * a + 2.0).powi(2));
        check(
            |a| (a + 0.004).powi(5) - 2.0 * (a + 0.004).powi(4),
            |a| 5.0 * (a + 0.004).powi(4) - 8.0 * (a + 0.004).powi(3),
        );
        check(|a| (a - 3.0).powi(2), |a| 2.0 * (a - 3.0));
    }

    #[test]
    fn a_quadratic_takes_two_evaluations() {
        let (found, evaluations) = search(|a| (a - 3.0).powi(2), |a| 2.0 * (a - 3.0), 1.0);
        assert!((found.unwrap().step - 3.0).abs() < 1e-12);
        assert_eq!(evaluations, 2);
    }

    #[test]
    fn a_step_into_nan_is_a_step_too_far() {
        // The logarithm ends at 1; the minimum of the sum lies before.
        let f = |a: f64| 2.0 * a * a - a + 0.01 * -(1.0 - a).ln();
        let df = |a: f64| 4.0 * a - 1.0 + 0.01 / (1.0 - a);
        for first_step in [0.5, 2.0, 1e3] {
            let found = search(f, df, first_step).0.unwrap();
            assert!(df(found.step).abs() <= 0.1 * df(0.0).abs(), "{found:?}");
        }
    }

    #[test]
    fn there_is_no_step_where_the_slope_lied() {
        assert_eq!(search(|a| a, |_| -1.0, 1.0).0, None);
        assert_eq!(search(|a| if a == 0.0 { 0.0 } else { f64::NAN }, |_| -1.0, 1.0).0, None);
    }

    #[test]
    fn a_line_without_end_gives_its_last_point() {
        let (found, evaluations) = search(|a| -a, |_| -1.0, 1.0);
        assert!(found.is_some_and(|probe| 1e6 < probe.step));
        assert_eq!(evaluations, EVALUATIONS);
    }
}
