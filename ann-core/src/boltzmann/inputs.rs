//! What a machine is trained on: the inputs of a dataset for the first, means of the machine below for the others.

use std::sync::Mutex;
use std::thread::available_parallelism;

use ann_autodiff::Scalar;
use ann_autodiff::random::Random;

use super::{Structure, Units};
use crate::data::each;
use crate::precision::Precision;
use crate::train::subject::Rows;
use crate::{Error, Result};

/// The sizes of a target where there is none.
const NO_TARGET: [usize; 1] = [0];

/// The inputs of a dataset, its targets left aside; values that the visible units cannot take are refused.
pub(crate) struct Inputs<'a> {
    data: &'a dyn Rows,
    structure: &'a Structure,
    width: usize,
    /// Where targets go, one for each thread that may read.
    targets_f32: Vec<Mutex<Vec<f32>>>,
    targets_f64: Vec<Mutex<Vec<f64>>>,
}

impl<'a> Inputs<'a> {
    pub(crate) fn new(data: &'a dyn Rows, structure: &'a Structure) -> Self {
        let width = data.target_dims().iter().product();
        Self { data, structure, width, targets_f32: targets(width), targets_f64: targets(width) }
    }

    /// Reads with a place for a target that nobody else uses at the time.
    fn read<T: Scalar>(
        &self,
        targets: &[Mutex<Vec<T>>],
        read: impl FnOnce(&mut [T]) -> Result<()>,
    ) -> Result<()> {
        match targets.iter().find_map(|target| target.try_lock().ok()) {
            Some(mut target) => read(&mut target),
            None => read(&mut vec![T::ZERO; self.width]),
        }
    }
}

fn targets<T: Scalar>(width: usize) -> Vec<Mutex<Vec<T>>> {
    let threads = available_parallelism().map_or(1, Into::into);
    (0..threads).map(|_| Mutex::new(vec![T::ZERO; width])).collect()
}

/// Refuses values outside [0, 1] for Bernoulli visible units, and such that are not finite.
pub(super) fn check_values<P: Scalar>(structure: &Structure, example: usize, values: &[P]) -> Result<()> {
    if structure.visible_units == Units::Gaussian {
        return Ok(());
    }
    // NaN is told of as such where examples are read.
    let is_outside = |value: &P| !(0.0..=1.0).contains(&value.to_f64()) && value.is_finite();
    let Some(column) = values.iter().position(is_outside) else { return Ok(()) };
    let machine = structure.label.clone();
    Err(Error::OutsideUnits { machine, example, column, value: values[column].to_f64() })
}

impl Rows for Inputs<'_> {
    fn len(&self) -> usize {
        self.data.len()
    }

    fn input_dims(&self) -> Vec<usize> {
        self.data.input_dims()
    }

    fn target_dims(&self) -> Vec<usize> {
        NO_TARGET.to_vec()
    }

    fn read_f32(&self, numbers: &[usize], inputs: &mut [f32], _: &mut [f32]) -> Result<()> {
        self.read(&self.targets_f32, |target| {
            each(numbers.iter().copied(), inputs, &mut [], |number, input, _| {
                self.data.read_f32(&[number], input, target)?;
                check_values(self.structure, number, input)
            })
        })
    }

    fn read_f64(&self, numbers: &[usize], inputs: &mut [f64], _: &mut [f64]) -> Result<()> {
        self.read(&self.targets_f64, |target| {
            each(numbers.iter().copied(), inputs, &mut [], |number, input, _| {
                self.data.read_f64(&[number], input, target)?;
                check_values(self.structure, number, input)
            })
        })
    }
}

/// Rows in memory: the means of a machine's hidden units for each example.
#[derive(Clone, Debug)]
pub(crate) struct Means<P> {
    pub(crate) width: usize,
    pub(crate) values: Vec<P>,
}

impl<P: Precision> Means<P> {
    fn copy<T: Precision>(&self, index: usize, to: &mut [T]) {
        for (to, from) in to.iter_mut().zip(&self.values[index * self.width..]) {
            *to = T::from_f64(from.to_f64());
        }
    }
}

impl<P: Precision> Rows for Means<P> {
    fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    fn input_dims(&self) -> Vec<usize> {
        vec![self.width]
    }

    fn target_dims(&self) -> Vec<usize> {
        NO_TARGET.to_vec()
    }

    fn read_f32(&self, numbers: &[usize], inputs: &mut [f32], _: &mut [f32]) -> Result<()> {
        each(numbers.iter().copied(), inputs, &mut [], |number, input, _| {
            self.copy(number, input);
            Ok(())
        })
    }

    fn read_f64(&self, numbers: &[usize], inputs: &mut [f64], _: &mut [f64]) -> Result<()> {
        each(numbers.iter().copied(), inputs, &mut [], |number, input, _| {
            self.copy(number, input);
            Ok(())
        })
    }
}

/// Some of the examples, spread evenly over all, to judge a machine by. The target of each, where visible units are Bernoulli, is the
/// unit that is flipped for its pseudo-likelihood: 1 there, 0 at all others.
pub(crate) struct Spread<'a> {
    data: &'a dyn Rows,
    structure: &'a Structure,
    count: usize,
}

impl<'a> Spread<'a> {
    /// At most so many.
    pub(crate) fn new(data: &'a dyn Rows, structure: &'a Structure, most: usize) -> Self {
        Self { data, structure, count: data.len().min(most) }
    }

    fn index(&self, number: usize) -> usize {
        (number as u128 * self.data.len() as u128 / self.count.max(1) as u128) as usize
    }
}

impl Rows for Spread<'_> {
    fn len(&self) -> usize {
        self.count
    }

    fn input_dims(&self) -> Vec<usize> {
        self.data.input_dims()
    }

    fn target_dims(&self) -> Vec<usize> {
        match self.structure.visible_units {
            Units::Bernoulli => vec![self.structure.visible],
            Units::Gaussian => NO_TARGET.to_vec(),
        }
    }

    fn read_f32(&self, numbers: &[usize], inputs: &mut [f32], targets: &mut [f32]) -> Result<()> {
        each(numbers.iter().copied(), inputs, targets, |number, input, target| {
            mark(target, number, 0);
            self.data.read_f32(&[self.index(number)], input, &mut [])
        })
    }

    fn read_f64(&self, numbers: &[usize], inputs: &mut [f64], targets: &mut [f64]) -> Result<()> {
        each(numbers.iter().copied(), inputs, targets, |number, input, target| {
            mark(target, number, 0);
            self.data.read_f64(&[self.index(number)], input, &mut [])
        })
    }
}

/// 1 at a unit by chance, drawn by the seed for the example of this number, 0 at all others.
pub(super) fn mark<P: Scalar>(units: &mut [P], example: usize, seed: u64) {
    units.fill(P::ZERO);
    if !units.is_empty() {
        units[Random::new(seed).stream(1).below(example as u64, units.len())] = P::ONE;
    }
}
