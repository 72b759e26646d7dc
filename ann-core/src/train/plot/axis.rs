//! An axis: its range, and the round numbers at which it is marked.

/// How numbers are laid out along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    Linear,
    Logarithmic,
}

/// A range of numbers that begins and ends at a mark, or at the data where it is tight.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    pub(super) scale: Scale,
    /// Places of the marks, and what is written there.
    pub(super) marks: Vec<(f64, String)>,
}

/// Values this far apart are laid out by their logarithms.
const FAR: f64 = 30.0;

impl Axis {
    /// For whole numbers from `first` to `last`, with about so many marks.
    pub(super) fn whole(first: u64, last: u64, about: usize) -> Self {
        let step = round_step(last.saturating_sub(first) as f64 / about.max(1) as f64).max(1.0);
        let marks =
            multiples(first as f64, last as f64, step).map(|value| (value, format!("{value:.0}"))).collect();
        let (mut low, mut high) = (first as f64, last as f64);
        if first == last {
            (low, high) = (low - 0.5, high + 0.5);
        }
        Self { low, high, scale: Scale::Linear, marks }
    }

    /// For these numbers; those that are not finite count for nothing.
    pub(super) fn linear(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = bounds(values).unwrap_or((0.0, 1.0));
        // Numbers that hardly differ get some room, so that rounding is not drawn as change.
        let room = (1e-3 * low.abs().max(high.abs())).max(1e-12);
        let (low, high) = if high - low < room { (low - room, high + room) } else { (low, high) };
        let step = round_step(high / 5.0 - low / 5.0);
        let rounded = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        if !(rounded.0.is_finite() && rounded.1.is_finite()) {
            // At the end of all numbers there are no rounder ones to begin and end at.
            let marks = [low, high].map(|value| (value, label(value, step))).to_vec();
            return Self { low, high, scale: Scale::Linear, marks };
        }
        let (low, high) = rounded;
        let marks = multiples(low, high, step).map(|value| (value, label(value, step))).collect();
        Self { low, high, scale: Scale::Linear, marks }
    }

    /// By logarithms where the numbers are positive and far apart, else linear.
    pub(super) fn fitting(values: impl Iterator<Item = f64> + Clone) -> Self {
        match bounds(values.clone()) {
            Some((low, high)) if 0.0 < low && FAR * low < high => Self::logarithmic(low, high),
            _ => Self::linear(values),
        }
    }

    fn logarithmic(low: f64, high: f64) -> Self {
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let round = |mantissas: &'static [f64]| {
            (first..=last).flat_map(move |power| mantissas.iter().map(move |m| m * 10f64.powi(power)))
        };
        // From the last round number not above the data to the first not below.
        let fine: Vec<f64> = round(&[1.0, 2.0, 5.0]).filter(|mark| 0.0 < *mark && mark.is_finite()).collect();
        let low = fine.iter().copied().rfind(|mark| *mark <= low).unwrap_or(low);
        let high = fine.iter().copied().find(|mark| high <= *mark).unwrap_or(high);
        let decades = high.log10() - low.log10();
        let every = 1 + decades as usize / 7;
        let marks: Vec<f64> = if decades < 2.5 { fine } else { round(&[1.0]).step_by(every).collect() };
        let marks = marks.into_iter().filter(|m| low <= *m && *m <= high).map(|m| (m, label(m, m))).collect();
        Self { low, high, scale: Scale::Logarithmic, marks }
    }

    /// Where a number lies: 0 at the lower end, 1 at the upper one.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.scale {
            // Halves, whose difference is finite too.
            Scale::Linear => (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0),
            Scale::Logarithmic => (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln()),
        }
    }
}

fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.filter(|value| value.is_finite());
    finite.fold(None, |bounds, value| match bounds {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// 1, 2 or 5 times a power of ten, the first not below `least`.
fn round_step(least: f64) -> f64 {
    if !(0.0 < least && least.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().find(|m| least <= m * power * (1.0 + 1e-9)).unwrap_or(10.0);
    step * power
}

fn multiples(low: f64, high: f64, step: f64) -> impl Iterator<Item = f64> {
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    (first..=last).map(move |number| number as f64 * step)
}

/// A mark's number with no more digits than the distance of marks asks for.
fn label(value: f64, step: f64) -> String {
    let size = value.abs().max(step);
    if !(1e-4..1e6).contains(&size) {
        if value == 0.0 {
            return "0".into();
        }
        let digits = (size.log10().floor() - step.log10().floor()).max(0.0) as usize;
        return format!("{value:.digits$e}");
    }
    // Steps are 1, 2 or 5 times a power of ten: no digit beyond that power.
    let digits = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
    let text = format!("{value:.digits$}");
    if text.trim_start_matches(['-', '0', '.']).is_empty() {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(axis: &Axis) -> String {
        axis.marks.iter().map(|(_, text)| &**text).collect::<Vec<_>>().join(" ")
    }

    fn linear(values: &[f64]) -> String {
        marks(&Axis::linear(values.iter().copied()))
    }

    #[test]
    fn marks_stand_at_round_numbers() {
        assert_eq!(linear(&[0.913, 0.987]), "0.90 0.92 0.94 0.96 0.98 1.00");
        assert_eq!(linear(&[0.0, 3.7]), "0 1 2 3 4");
        assert_eq!(linear(&[-120.0, 90.0]), "-150 -100 -50 0 50 100");
        assert_eq!(linear(&[0.0, 2.3e-7]), "0 5e-8 1.0e-7 1.5e-7 2.0e-7 2.5e-7");
        assert_eq!(linear(&[2.0e6, 9.0e6]), "2e6 4e6 6e6 8e6 1.0e7");
    }

    #[test]
    fn an_axis_holds_all_its_numbers() {
        for values in [
            vec![0.3, 0.7],
            vec![5.0],
            vec![0.0, 0.0],
            vec![1e-9, 1e9],
            vec![-3.0, f64::NAN, 8.0],
            vec![-1.7e308, 1.7e308],
            vec![-1.7e308, 1.0],
            vec![1e-310, 1.0],
            vec![1e-320, 1.7e308],
        ] {
            let axis = Axis::fitting(values.iter().copied());
            for value in values.iter().filter(|value| value.is_finite()) {
                assert!((-1e-9..=1.0 + 1e-9).contains(&axis.place(*value)), "{value} on {axis:?}");
            }
            assert!((2..=12).contains(&axis.marks.len()), "{axis:?}");
        }
        assert_eq!(marks(&Axis::linear([f64::NAN].into_iter())), "0.0 0.2 0.4 0.6 0.8 1.0");
    }

    #[test]
    fn numbers_far_apart_are_laid_out_by_their_logarithms() {
        let axis = Axis::fitting([2.3, 0.031].into_iter());
        assert_eq!(axis.scale, Scale::Logarithmic);
        assert_eq!(marks(&axis), "0.02 0.05 0.1 0.2 0.5 1 2 5");
        let axis = Axis::fitting([0.9, 0.021].into_iter());
        assert_eq!(marks(&axis), "0.02 0.05 0.1 0.2 0.5 1");
        let axis = Axis::fitting([3.0, 2e-5].into_iter());
        assert_eq!(marks(&axis), "0.0001 0.001 0.01 0.1 1");
        assert_eq!(Axis::fitting([0.0, 100.0].into_iter()).scale, Scale::Linear);
    }

    #[test]
    fn epochs_are_marked_at_whole_numbers() {
        assert_eq!(marks(&Axis::whole(1, 3, 10)), "1 2 3");
        assert_eq!(marks(&Axis::whole(1, 100, 10)), "10 20 30 40 50 60 70 80 90 100");
        let one = Axis::whole(7, 7, 10);
        assert_eq!((marks(&one), one.place(7.0)), ("7".to_owned(), 0.5));
    }
}
