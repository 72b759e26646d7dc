//! [`Bound`]: a machine whose parameters are on a tape, and its formulas.

use ann_autodiff::{Tape, Var};

use super::{Structure, Units};
use crate::Recorder;
use crate::recorder::Initial;

/// The parameters of a machine on a tape: everything that is computed of a machine is computed by its methods.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound<'t> {
    /// `[hidden, visible]`
    pub(super) weight: Var<'t>,
    /// `[hidden]`
    pub(super) hidden_bias: Var<'t>,
    /// `[visible]`
    pub(super) visible_bias: Var<'t>,
    visible: Units,
    hidden: Units,
}

impl<'t> Bound<'t> {
    /// With parameters that a network learns.
    pub(crate) fn recorded(structure: &Structure, tape: &Recorder<'t>) -> Self {
        let zeros = Initial::constant(0.0);
        Self::new(structure, |name, dims| {
            tape.parameter(name, dims, if name == "weight" { &structure.weight } else { &zeros })
        })
    }

    /// With parameters of a tape.
    pub(super) fn on(structure: &Structure, tape: &'t Tape) -> Self {
        Self::new(structure, |name, dims| tape.parameter(name, dims))
    }

    fn new(structure: &Structure, parameter: impl Fn(&str, &[usize]) -> Var<'t>) -> Self {
        let Structure { visible, hidden, visible_units, hidden_units, .. } = *structure;
        Self {
            weight: parameter("weight", &[hidden, visible]),
            hidden_bias: parameter("hidden_bias", &[hidden]),
            visible_bias: parameter("visible_bias", &[visible]),
            visible: visible_units,
            hidden: hidden_units,
        }
    }

    /// `c + W v`: `[rows, visible]` to `[rows, hidden]`.
    pub(crate) fn hidden_input<S>(&self, v: Var<'t, S>) -> Var<'t> {
        v.linear(self.weight, self.hidden_bias)
    }

    /// `b + Wᵀ h`: `[rows, hidden]` to `[rows, visible]`.
    pub(crate) fn visible_input(&self, h: Var<'t>) -> Var<'t> {
        h.matmul(self.weight) + self.visible_bias
    }

    /// `E[h | v]`
    pub(crate) fn hidden_means(&self, v: Var<'t>) -> Var<'t> {
        self.hidden_means_of(self.hidden_input(v))
    }

    /// The same where `c + W v` is at hand.
    pub(super) fn hidden_means_of(&self, hidden_input: Var<'t>) -> Var<'t> {
        means(self.hidden, hidden_input)
    }

    /// `E[v | h]`
    pub(crate) fn visible_means(&self, h: Var<'t>) -> Var<'t> {
        means(self.visible, self.visible_input(h))
    }

    /// Hidden units drawn given the visible ones.
    pub(super) fn draw_hidden(&self, v: Var<'t>) -> Var<'t> {
        self.draw_hidden_of(self.hidden_input(v))
    }

    /// The same where `c + W v` is at hand.
    pub(super) fn draw_hidden_of(&self, hidden_input: Var<'t>) -> Var<'t> {
        draw(self.hidden, self.hidden_means_of(hidden_input))
    }

    /// Visible units drawn around their means.
    pub(super) fn draw_visible(&self, means: Var<'t>) -> Var<'t> {
        draw(self.visible, means)
    }

    /// `F(v)` of each row, `[rows]`, but for what depends on no unit: `n ln √2π` of `n` Gaussian hidden units.
    pub(super) fn free_energy(&self, v: Var<'t>) -> Var<'t> {
        self.free_energy_with(v, self.hidden_input(v))
    }

    /// The same where `c + W v` is at hand.
    pub(super) fn free_energy_with(&self, v: Var<'t>, hidden_input: Var<'t>) -> Var<'t> {
        let rows = v.extents().first().copied().unwrap_or(0);
        let of_visible = match self.visible {
            Units::Bernoulli => {
                let bias = self.visible_bias.insert_axis(0);
                -v.matmul_transposed(bias).reshape(&[rows])
            }
            Units::Gaussian => (v - self.visible_bias).square().sum_axis(1) * 0.5,
        };
        let of_hidden = match self.hidden {
            Units::Bernoulli => hidden_input.softplus().sum_axis(1),
            Units::Gaussian => hidden_input.square().sum_axis(1) * 0.5,
        };
        of_visible - of_hidden
    }
}

/// The means of units by their input.
fn means(units: Units, input: Var<'_>) -> Var<'_> {
    match units {
        Units::Bernoulli => input.sigmoid(),
        Units::Gaussian => input,
    }
}

/// Units drawn around their means.
fn draw(units: Units, means: Var<'_>) -> Var<'_> {
    match units {
        Units::Bernoulli => means.bernoulli(),
        Units::Gaussian => means.draw_normal(),
    }
}
