//! [`Domain`]: what numbers have to be, asked of all of a vector at once.

use super::isa::Loop;
use crate::{Cpu, Scalar};

/// What numbers may be.
///
/// ```
/// use ann_autodiff::{Cpu, Domain};
///
/// let cpu = Cpu::default();
/// assert!(cpu.are_all(&[0.0, 2.0, 1.0], Domain::Index { below: 3 }));
/// assert!(!cpu.are_all(&[0.0, 2.5, 1.0], Domain::Index { below: 3 }));
/// assert!(!cpu.are_all(&[1.0, f32::NAN], Domain::Finite));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Anything but NaN and infinities.
    Finite,
    /// Whole numbers from 0 to one less than so many.
    Index {
        /// How many there are.
        below: usize,
    },
}

impl Domain {
    /// Whether a number is in it.
    #[inline]
    pub fn has<T: Scalar>(self, value: T) -> bool {
        match self {
            Self::Finite => value.is_finite(),
            Self::Index { below } => is_below(value, below),
        }
    }
}

impl Cpu {
    /// Whether all numbers are in a domain; so it is if there are none.
    pub fn are_all<T: Scalar>(&self, values: &[T], domain: Domain) -> bool {
        self.isa.run(All { values, domain })
    }
}

struct All<'a, T> {
    values: &'a [T],
    domain: Domain,
}

impl<T: Scalar> Loop for All<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn eval(self) -> bool {
        // No early end: so they are loops over vectors.
        match self.domain {
            Domain::Finite => {
                let mut are = true;
                for value in self.values {
                    are &= value.is_finite();
                }
                are
            }
            Domain::Index { below } => {
                let mut are = true;
                for value in self.values {
                    are &= is_below(*value, below);
                }
                are
            }
        }
    }
}

/// Whether it is a whole number from 0 to one below the bound.
#[inline(always)]
fn is_below<T: Scalar>(value: T, bound: usize) -> bool {
    // All numbers from this one on are whole: the sum of it and a smaller one is rounded to a whole number. A conversion would not be a loop
    // over vectors.
    let whole = T::ONE / T::EPSILON;
    let limit = T::from_usize(bound);
    if limit <= whole {
        return T::ZERO <= value && value < limit && value + whole - whole == value;
    }
    let value = value.to_f64();
    0.0 <= value && value < bound as f64 && value.fract() == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By definition.
    fn is_index<T: Scalar>(value: T, bound: usize) -> bool {
        let exact = value.to_f64();
        0.0 <= exact && exact < bound as f64 && exact.fract() == 0.0
    }

    fn numbers_around<T: Scalar>(bounds: &[usize]) {
        for bound in bounds.iter().copied() {
            let (last, behind) = ((bound - 1) as f64, bound as f64);
            let others = [0.0, 0.5, -0.0, -1.0, -0.25, 2.0 * behind + 2.0, f64::NAN, f64::INFINITY];
            for value in [last, last - 0.5, behind, behind + 1.0].into_iter().chain(others) {
                let value = T::from_f64(value);
                let expected = is_index(value, bound);
                assert_eq!(Domain::Index { below: bound }.has(value), expected, "{value} of {bound}");
                assert_eq!(Domain::Finite.has(value), value.is_finite(), "{value}");
                // Wherever it stands among others.
                for cpu in Cpu::of_every_kind().iter().flatten() {
                    for (len, place) in [(1, 0), (16, 15), (37, 3), (37, 36)] {
                        let mut values = vec![T::ZERO; len];
                        values[place] = value;
                        let is_one = cpu.are_all(&values, Domain::Index { below: bound });
                        assert_eq!(is_one, expected, "{value} of {bound}, number {place} of {len}");
                        assert_eq!(cpu.are_all(&values, Domain::Finite), value.is_finite(), "{value}");
                    }
                }
            }
        }
    }

    #[test]
    fn whole_numbers_below_a_bound_and_finite_ones_are_told_from_others() {
        // Around the numbers from which on all are whole, and from which on not all whole numbers are there.
        numbers_around::<f32>(&[
            1,
            2,
            10,
            1 << 22,
            1 << 23,
            (1 << 23) + 1,
            (1 << 24) + 1,
            (1 << 24) + 3,
            1 << 30,
        ]);
        numbers_around::<f64>(&[1, 3, 1 << 30, 1 << 52, (1 << 52) + 1]);
    }

    #[test]
    fn no_numbers_are_all_of_anything() {
        assert!(Cpu::default().are_all::<f32>(&[], Domain::Index { below: 0 }));
    }
}
