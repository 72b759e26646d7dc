//! [`Precision`]: the one place where code that knows no types meets the two kinds of numbers.
//!
//! Training and prediction are compiled here, once for `f32` and once for `f64`, not in the user's crate for each of the
//! networks: what depends on a network's or a dataset's type is behind [`Rows`](crate::train::subject::Rows) and the like.

use ann_autodiff::{Parameters, Plan, Scalar};

use crate::Result;
use crate::train::subject::{Rows, Rule};
use crate::train::update::{Pass, Vectors};
use crate::weights::Store;

/// A kind of number that networks are kept in.
pub(crate) trait Precision: Scalar {
    /// The parameters of a store, if they are kept in this.
    fn parameters(store: &Store) -> Option<&Parameters<Self>>;

    /// The same, to be changed.
    fn parameters_mut(store: &mut Store) -> Option<&mut Parameters<Self>>;

    /// Copies examples, one after the other.
    fn read(rows: &dyn Rows, numbers: &[usize], inputs: &mut [Self], targets: &mut [Self]) -> Result<()>;

    /// Makes the gradients, and moves those parameters that the plan hands over.
    fn backward(
        rule: &dyn Rule,
        pass: Pass<'_>,
        plan: &mut Plan<Self>,
        vectors: &mut Vectors<'_, Self>,
    ) -> Result<()>;

    /// Moves the others.
    fn update(rule: &dyn Rule, pass: Pass<'_>, vectors: &mut Vectors<'_, Self>);
}

macro_rules! precision {
    ($type:ty, $store:ident, $read:ident, $backward:ident, $update:ident) => {
        impl Precision for $type {
            fn parameters(store: &Store) -> Option<&Parameters<Self>> {
                if let Store::$store(parameters) = store { Some(parameters) } else { None }
            }

            fn parameters_mut(store: &mut Store) -> Option<&mut Parameters<Self>> {
                if let Store::$store(parameters) = store { Some(parameters) } else { None }
            }

            fn read(
                rows: &dyn Rows,
                numbers: &[usize],
                inputs: &mut [Self],
                targets: &mut [Self],
            ) -> Result<()> {
                rows.$read(numbers, inputs, targets)
            }

            fn backward(
                rule: &dyn Rule,
                pass: Pass<'_>,
                plan: &mut Plan<Self>,
                vectors: &mut Vectors<'_, Self>,
            ) -> Result<()> {
                rule.$backward(pass, plan, vectors)
            }

            fn update(rule: &dyn Rule, pass: Pass<'_>, vectors: &mut Vectors<'_, Self>) {
                rule.$update(pass, vectors);
            }
        }
    };
}

precision!(f32, F32, read_f32, backward_f32, update_f32);
precision!(f64, F64, read_f64, backward_f64, update_f64);
