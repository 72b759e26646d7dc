//! [`Standard`] and [`MinMax`]: columns brought to a common scale, and back.
//!
//! Each place of an example is a column. Both take a shift from `x` and divide by a scale, in `f64`, with a shift and a scale for
//! each column that are measured on the training data and used for all.

use ann_autodiff::{Scalar, Shaped};

use super::examples::Examples;
use crate::error::require;
use crate::{Error, Result};

/// Columns of mean 0 and standard deviation 1 (of the population, `sqrt(sum((x - mean)^2) / n)`).
///
/// A column that is the same in all examples becomes 0 and comes back as it was.
///
/// ```
/// use ann_core::autodiff::Rank1;
/// use ann_core::data::{Examples, Standard};
///
/// let mut x: Examples<Rank1<2>, f64> = Examples::from_rows(&[[1.0, 5.0], [3.0, 5.0]])?;
/// let standard = Standard::fit(&x)?;
/// standard.transform(&mut x)?;
/// assert_eq!(x.as_slice(), [-1.0, 0.0, 1.0, 0.0]);
/// standard.inverse(&mut x)?;                       // also maps predictions back
/// assert_eq!(x.as_slice(), [1.0, 5.0, 3.0, 5.0]);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Standard(Columns);

/// Columns from a lowest to a highest value, 0 to 1 if nothing else is said.
///
/// A column that is the same in all examples becomes the lowest value and comes back as it was. Examples that were not
/// measured may lie outside.
///
/// ```
/// use ann_core::autodiff::Rank1;
/// use ann_core::data::{Examples, MinMax};
///
/// let mut x: Examples<Rank1<1>> = Examples::from_vec(vec![10.0, 20.0, 40.0, 30.0])?;
/// MinMax::fit_to(&x, -1.0, 2.0)?.transform(&mut x)?;
/// assert_eq!(x.as_slice(), [-1.0, 0.0, 2.0, 1.0]);
/// # Ok::<(), ann_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MinMax {
    columns: Columns,
    lowest: f64,
}

#[derive(Clone, Debug, PartialEq)]
struct Columns {
    shift: Vec<f64>,
    scale: Vec<f64>,
}

impl Standard {
    /// Measures each column.
    pub fn fit<S: Shaped, T: Scalar>(examples: &Examples<S, T>) -> Result<Self> {
        let (width, count) = (examples.width(), check_count(examples)? as f64);
        let mut mean = vec![0.0; width];
        for row in examples.rows() {
            for (mean, x) in mean.iter_mut().zip(row) {
                // Divided at once: a sum of many large numbers may overflow.
                *mean += x.to_f64() / count;
            }
        }
        // Distances in units of the column's range, whose squares neither overflow nor vanish. Their own sum corrects the
        // rounding of the mean (Chan, Golub, LeVeque 1983, equation 1.7).
        let extremes = extremes(examples);
        let (mut rest, mut squares) = (vec![0.0; width], vec![0.0; width]);
        for row in examples.rows() {
            for (column, x) in row.iter().enumerate() {
                let (low, high) = extremes[column];
                let distance = (x.to_f64() - mean[column]) / (high - low);
                rest[column] += distance;
                squares[column] += distance * distance;
            }
        }
        let mut scale = vec![1.0; width];
        for (column, (low, high)) in extremes.into_iter().enumerate() {
            if low == high {
                // Computed, the mean may lie an ulp beside it, and the column would not become 0.
                mean[column] = low;
                continue;
            }
            let range = high - low;
            if !range.is_finite() {
                return Err(Error::shape(
                    format!("column {column} of a normalizer"),
                    "numbers whose range is finite",
                    format_args!("{low} to {high}"),
                ));
            }
            let variance = (squares[column] - rest[column] * rest[column] / count) / count;
            // What rounding alone makes of a constant column.
            let relative = mean[column] / range;
            let noise = count * f64::EPSILON * (variance + count * f64::EPSILON * relative * relative);
            if noise < variance {
                scale[column] = range * variance.sqrt();
            }
        }
        Ok(Self(Columns::new(mean, scale)?))
    }

    /// Of figures that were measured before, one for each column.
    pub fn from_parts(mean: &[f64], deviation: &[f64]) -> Result<Self> {
        Ok(Self(Columns::new(mean.to_vec(), deviation.to_vec())?))
    }

    /// The mean of each column.
    pub fn mean(&self) -> &[f64] {
        &self.0.shift
    }

    /// The standard deviation of each column, 1 for a constant one.
    pub fn deviation(&self) -> &[f64] {
        &self.0.scale
    }

    /// Brings examples to the scale; those measured, or others of the same sizes. On an error they are as they were.
    pub fn transform<S: Shaped, T: Scalar>(&self, examples: &mut Examples<S, T>) -> Result<()> {
        self.0.map(examples, |x, shift, scale| (x - shift) / scale)
    }

    /// Brings examples or predictions back. On an error they are as they were.
    pub fn inverse<S: Shaped, T: Scalar>(&self, examples: &mut Examples<S, T>) -> Result<()> {
        self.0.map(examples, |x, shift, scale| x * scale + shift)
    }
}

impl MinMax {
    /// Measures each column, to map it to 0 to 1.
    pub fn fit<S: Shaped, T: Scalar>(examples: &Examples<S, T>) -> Result<Self> {
        Self::fit_to(examples, 0.0, 1.0)
    }

    /// Measures each column, to map it to `lowest` to `highest`.
    pub fn fit_to<S: Shaped, T: Scalar>(
        examples: &Examples<S, T>,
        lowest: f64,
        highest: f64,
    ) -> Result<Self> {
        let is_range = lowest < highest && (highest - lowest).is_finite();
        require(is_range, "MinMax", "highest", highest, "it must be above the lowest, both finite")?;
        check_count(examples)?;
        let extremes = extremes(examples);
        // (x - low) / (high - low) * (highest - lowest) + lowest.
        let scale: Vec<f64> = extremes
            .iter()
            .map(|(low, high)| if low == high { 1.0 } else { (high - low) / (highest - lowest) })
            .collect();
        let shift = extremes.iter().map(|(low, _)| *low).collect();
        Ok(Self { columns: Columns::new(shift, scale)?, lowest })
    }

    /// Brings examples to the scale; those measured, or others of the same sizes. On an error they are as they were.
    pub fn transform<S: Shaped, T: Scalar>(&self, examples: &mut Examples<S, T>) -> Result<()> {
        self.columns.map(examples, |x, shift, scale| (x - shift) / scale + self.lowest)
    }

    /// Brings examples or predictions back. On an error they are as they were.
    pub fn inverse<S: Shaped, T: Scalar>(&self, examples: &mut Examples<S, T>) -> Result<()> {
        self.columns.map(examples, |x, shift, scale| (x - self.lowest) * scale + shift)
    }
}

impl Columns {
    fn new(shift: Vec<f64>, scale: Vec<f64>) -> Result<Self> {
        if shift.len() != scale.len() {
            return Err(Error::shape("the scales of a normalizer", shift.len(), scale.len()));
        }
        let is_fine =
            |column: usize| shift[column].is_finite() && scale[column].is_finite() && 0.0 < scale[column];
        match (0..shift.len()).find(|column| !is_fine(*column)) {
            None => Ok(Self { shift, scale }),
            Some(column) => Err(Error::shape(
                format!("column {column} of a normalizer"),
                "a finite centre and a finite spread above 0",
                format_args!("{} and {}", shift[column], scale[column]),
            )),
        }
    }

    fn map<S: Shaped, T: Scalar>(
        &self,
        examples: &mut Examples<S, T>,
        function: impl Fn(f64, f64, f64) -> f64,
    ) -> Result<()> {
        let width = self.shift.len();
        if examples.width() != width {
            return Err(Error::shape(
                "examples to normalize",
                format_args!("{width} columns, as were measured"),
                format_args!("{} columns, {:?}", examples.width(), examples.dims()),
            ));
        }
        let one = |at: usize, x: T| {
            T::from_f64(function(x.to_f64(), self.shift[at % width], self.scale[at % width]))
        };
        let values = examples.as_slice();
        if let Some(at) = (0..values.len()).find(|at| !one(*at, values[*at]).is_finite()) {
            let value = one(at, values[at]).to_f64();
            return Err(Error::NotFinite {
                what: "normalized example",
                example: at / width,
                column: at % width,
                value,
            });
        }
        for (at, x) in examples.values_mut().iter_mut().enumerate() {
            *x = one(at, *x);
        }
        Ok(())
    }
}

fn check_count<S: Shaped, T: Scalar>(examples: &Examples<S, T>) -> Result<usize> {
    if examples.is_empty() {
        return Err(Error::Empty { what: "the data to measure".into() });
    }
    Ok(examples.len())
}

/// The smallest and the largest number of each column.
fn extremes<S: Shaped, T: Scalar>(examples: &Examples<S, T>) -> Vec<(f64, f64)> {
    let mut extremes = vec![(f64::INFINITY, f64::NEG_INFINITY); examples.width()];
    for row in examples.rows() {
        for ((low, high), x) in extremes.iter_mut().zip(row) {
            (*low, *high) = (low.min(x.to_f64()), high.max(x.to_f64()));
        }
    }
    extremes
}

#[cfg(test)]
mod tests {
    use ann_autodiff::Rank1;
    use proptest::prelude::*;

    use super::*;

    fn column(values: &[f64]) -> Examples<Rank1<1>, f64> {
        Examples::from_vec(values.to_vec()).unwrap()
    }

    #[test]
    fn a_column_far_from_zero_keeps_its_small_deviation() {
        // One pass over squares would lose all digits here; the deviation is exactly 1.
        let standard = Standard::fit(&column(&[1e9 - 1.0, 1e9 + 1.0, 1e9 - 1.0, 1e9 + 1.0])).unwrap();
        assert_eq!((standard.mean(), standard.deviation()), (&[1e9][..], &[1.0][..]));
    }

    #[test]
    fn a_constant_column_becomes_zero_and_comes_back() {
        for value in [0.0, 0.1, -7.3, 1e300, 1e-300] {
            let mut x = column(&[value; 7]);
            let standard = Standard::fit(&x).unwrap();
            standard.transform(&mut x).unwrap();
            assert_eq!(x.as_slice(), [0.0; 7], "{value}");
            standard.inverse(&mut x).unwrap();
            assert_eq!(x.as_slice(), [value; 7]);
            let min_max = MinMax::fit(&x).unwrap();
            min_max.transform(&mut x).unwrap();
            assert_eq!(x.as_slice(), [0.0; 7]);
        }
    }

    #[test]
    fn a_constant_column_becomes_the_lowest_value_and_comes_back_as_it_was() {
        for value in [0.1, 1e20, 1e-20, -7.3] {
            for (lowest, highest) in [(1.0, 2.0), (-1.0, 1.0), (5.0, 6.0)] {
                let mut x = column(&[value, value]);
                let scale = MinMax::fit_to(&x, lowest, highest).unwrap();
                scale.transform(&mut x).unwrap();
                assert_eq!(x.as_slice(), [lowest; 2]);
                scale.inverse(&mut x).unwrap();
                assert_eq!(x.as_slice(), [value; 2]);
            }
        }
    }

    #[test]
    fn a_range_beyond_all_numbers_is_refused() {
        let error = Standard::fit(&column(&[-1.7e308, 1.7e308])).unwrap_err().to_string();
        assert!(
            error.starts_with("column 0 of a normalizer: expected numbers whose range is finite"),
            "{error}"
        );
    }

    #[test]
    fn noise_of_rounding_is_no_deviation() {
        let standard = Standard::fit(&column(&[0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2])).unwrap();
        assert_eq!(standard.deviation(), [1.0]);
    }

    #[test]
    fn data_of_other_sizes_are_refused() {
        let standard = Standard::from_parts(&[0.0, 1.0], &[1.0, 2.0]).unwrap();
        let error = standard.transform(&mut column(&[1.0])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "examples to normalize: expected 2 columns, as were measured, found 1 columns, [1]"
        );
        assert!(Standard::from_parts(&[0.0], &[0.0]).is_err());
        assert!(Standard::from_parts(&[0.0], &[]).is_err());
        assert!(Standard::fit(&column(&[])).is_err());
        assert!(MinMax::fit_to(&column(&[1.0]), 1.0, 1.0).is_err());
    }

    #[test]
    fn a_result_that_is_not_finite_is_refused_and_nothing_is_changed() {
        let standard = Standard::fit(&column(&[1e-200, 2e-200])).unwrap();
        let mut x = column(&[1e-200, 1e200]);
        assert!(standard.transform(&mut x).is_err());
        assert_eq!(x, column(&[1e-200, 1e200]));
        assert!(MinMax::fit(&column(&[-1e308, 1e308])).is_err());
    }

    proptest! {
        // Each element is shifted, scaled and brought back: an ulp or so of the column's largest number each.
        #[test]
        fn what_is_transformed_comes_back(values in proptest::collection::vec(-1e6_f64..1e6, 1..50)) {
            let whole = column(&values);
            let largest = values.iter().fold(1.0_f64, |largest, x| largest.max(x.abs()));
            let near = |x: &Examples<Rank1<1>, f64>| {
                x.as_slice().iter().zip(&values).all(|(a, b)| (a - b).abs() <= 1e-12 * largest)
            };
            let mut x = whole.clone();
            let standard = Standard::fit(&x).unwrap();
            standard.transform(&mut x).unwrap();
            standard.inverse(&mut x).unwrap();
            prop_assert!(near(&x));
            let mut x = whole.clone();
            let min_max = MinMax::fit_to(&x, -2.0, 3.0).unwrap();
            min_max.transform(&mut x).unwrap();
            prop_assert!(x.as_slice().iter().all(|x| (-2.0 - 1e-9..=3.0 + 1e-9).contains(x)));
            min_max.inverse(&mut x).unwrap();
            prop_assert!(near(&x));
        }

        #[test]
        fn transformed_columns_have_mean_0_and_deviation_1(values in proptest::collection::vec(-100.0_f64..100.0, 3..50)) {
            let mut x = column(&values);
            prop_assume!(values.iter().any(|x| (x - values[0]).abs() > 1e-3));
            Standard::fit(&x).unwrap().transform(&mut x).unwrap();
            let n = values.len() as f64;
            let mean = x.as_slice().iter().sum::<f64>() / n;
            let variance = x.as_slice().iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
            // Relative to a deviation of at least 1e-4 and numbers up to 100, in 53 bits.
            prop_assert!(mean.abs() < 1e-9 && (variance - 1.0).abs() < 1e-9, "{mean} {variance}");
        }
    }
}
