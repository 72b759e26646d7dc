//! What holds parameters back: penalties on them, bounds of their norms, and the motion of running statistics.

use std::ops::Range;
use std::sync::Arc;

use ann_autodiff::Layout;

use crate::precision::Precision;
use crate::recorder::Declared;
use crate::regularizer::{L1, L2, MaxNorm, Regularizer};
use crate::{Error, Result, error};

/// A segment that something is done to beside the optimizer's update.
#[derive(Debug)]
pub(super) struct Constraint {
    range: Range<usize>,
    /// Numbers of one unit's weights: of one row of a dense layer, one filter of a convolution.
    unit: usize,
    regularizers: Vec<Arc<dyn Regularizer>>,
    max_norm: Option<MaxNorm>,
    /// Of a running statistic: how far it moves.
    rate: f64,
}

/// The constraints of a network's segments, those that have any.
pub(super) fn constraints(layout: &Layout, declared: &[Declared]) -> Result<Vec<Constraint>> {
    let mut constraints = Vec::new();
    for declared in declared {
        let Some(segment) = layout.segment(&declared.name) else { continue };
        let initial = &declared.initial;
        let mut regularizers = initial.regularizers.clone();
        if initial.l1 != 0.0 {
            regularizers.push(Arc::new(L1(initial.l1)));
        }
        if initial.l2 != 0.0 {
            regularizers.push(Arc::new(L2(initial.l2)));
        }
        for regularizer in &regularizers {
            regularizer.validate().map_err(Error::of_parameter(&declared.name))?;
        }
        let max_norm = initial.max_norm.map(MaxNorm);
        if let Some(max_norm) = max_norm {
            max_norm.validate().map_err(Error::of_parameter(&declared.name))?;
        }
        if segment.trainable && regularizers.is_empty() && max_norm.is_none() {
            continue;
        }
        error::require(
            (0.0..=1.0).contains(&initial.rate),
            "a running statistic",
            "rate",
            initial.rate,
            "0 to 1",
        )?;
        let unit = segment.extents.iter().skip(1).product::<usize>().max(1);
        constraints.push(Constraint {
            range: segment.range(),
            unit,
            regularizers,
            max_norm,
            rate: initial.rate,
        });
    }
    Ok(constraints)
}

impl Constraint {
    /// Whether it is of the parameter in this range.
    pub(super) fn is_of(&self, range: &Range<usize>) -> bool {
        self.range == *range
    }

    /// The price of the segment's values.
    pub(super) fn penalty<P: Precision>(&self, values: &[P]) -> f64 {
        let price = |r: &Arc<dyn Regularizer>| -> f64 {
            values[self.range.clone()].iter().map(|w| r.penalty(w.to_f64())).sum()
        };
        self.regularizers.iter().map(price).sum()
    }

    /// Adds the slope of the price to the gradient.
    pub(super) fn add_slope<P: Precision>(&self, values: &[P], gradients: &mut [P]) {
        let (values, gradients) = (&values[self.range.clone()], &mut gradients[self.range.clone()]);
        for regularizer in &self.regularizers {
            for (w, g) in values.iter().zip(&mut *gradients) {
                *g += P::from_f64(regularizer.slope(w.to_f64()));
            }
        }
    }

    /// After an update: scales each unit back to its bound, moves a running statistic.
    pub(super) fn hold<P: Precision>(&self, values: &mut [P], gradients: &[P]) {
        let (values, gradients) = (&mut values[self.range.clone()], &gradients[self.range.clone()]);
        if let Some(max_norm) = self.max_norm {
            values.chunks_mut(self.unit).for_each(|unit| max_norm.project(unit));
        }
        if self.rate != 0.0 {
            for (v, g) in values.iter_mut().zip(gradients) {
                *v -= P::from_f64(self.rate) * *g;
            }
        }
    }
}
