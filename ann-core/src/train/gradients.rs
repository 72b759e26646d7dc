//! [`Gradients`]: the loss of a network on some examples with its gradients by all parameters.

use std::sync::Arc;

use ann_autodiff::{Layout, Moment, Parameters};

use super::constraint::constraints;
use super::feed::Feeds;
use super::subject::{Rows, Subject, check_rows};
use super::trainer::Settings;
use crate::Result;
use crate::data::{Batches, Remainder};
use crate::precision::Precision;
use crate::recorder::Mode;
use crate::weights::{Store, Weights};

/// A loss and its gradients, exactly as computed in the network's precision.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// The loss, penalties included.
    pub loss: f64,
    layout: Arc<Layout>,
    values: Vec<f64>,
}

impl Gradients {
    /// The gradient by a parameter, row-major, by its name: `conv1.weight`. Of a running statistic, how far it is from what the
    /// batch has.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.layout.segment(name).map(|segment| &self.values[segment.range()])
    }

    /// The names, sizes and places of all parameters.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// All gradients, in the order of the layout.
    pub fn as_slice(&self) -> &[f64] {
        &self.values
    }
}

pub(super) fn of(
    subject: &dyn Subject,
    weights: &Weights,
    settings: &Settings,
    data: &dyn Rows,
) -> Result<Gradients> {
    match &*weights.deep_copy().read() {
        Store::F32(parameters) => of_values(subject, parameters, settings, data),
        Store::F64(parameters) => of_values(subject, parameters, settings, data),
    }
}

fn of_values<P: Precision>(
    subject: &dyn Subject,
    parameters: &Parameters<P>,
    settings: &Settings,
    data: &dyn Rows,
) -> Result<Gradients> {
    check_rows("the data to take gradients on", data)?;
    let batches = Batches::new(data.len(), data.len(), Remainder::Keep)?;
    let layout = parameters.layout();
    let mode = (Mode::Training, settings.carries);
    let (mut feeds, description) = Feeds::new(subject, layout, data, batches, mode, &settings.backend)?;
    let numbers: Vec<usize> = (0..data.len()).collect();
    let feed = feeds.of(data.len());
    feed.fill(data, &numbers)?;
    feed.plan.set_moment(Moment { seed: settings.seed, step: 1 });
    let values = parameters.values();
    let mut gradients = vec![P::ZERO; values.len()];
    feed.plan.forward(values)?;
    let mut loss = feed.plan.loss().to_f64();
    feed.plan.backward(values, &mut gradients)?;
    for constraint in constraints(layout, &description.declared)? {
        loss += constraint.penalty(values);
        constraint.add_slope(values, &mut gradients);
    }
    let values = gradients.iter().map(|gradient| gradient.to_f64()).collect();
    Ok(Gradients { loss, layout: Arc::clone(layout), values })
}
