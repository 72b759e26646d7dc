//! The chain of Gibbs sampling that the model's side of the gradient comes from.

use ann_autodiff::{Tape, Var};

use super::{Bound, Reconstruction, Structure};

/// `v_model` for a batch, `[rows, visible]`, and `c + W v_model`; `hidden_input` is `c + W v` of the data. No gradient flows through
/// the chain.
///
/// CD-k begins at the data: hidden units are drawn given them, and `k` times visible units given the hidden and hidden units given
/// the visible; the last hidden units are not drawn, as the free energy sums them out. The persistent chain begins with the hidden
/// units of the step before, at first zeros, one chain a row of the batch; those of a smaller last batch are the first of them.
pub(super) fn model<'t>(
    structure: &Structure,
    reconstruction: Reconstruction,
    tape: &'t Tape,
    bound: &Bound<'t>,
    hidden_input: Var<'t>,
) -> (Var<'t>, Var<'t>) {
    let rows = hidden_input.extents().first().copied().unwrap_or(0);
    let state = structure.is_persistent.then(|| tape.state(&[rows, structure.hidden]));
    let step = |hidden| {
        let means = bound.visible_means(hidden);
        let visible = match reconstruction {
            Reconstruction::Means => means.detach(),
            Reconstruction::Draws => bound.draw_visible(means),
        };
        (visible, bound.hidden_input(visible))
    };
    let mut model = step(state.unwrap_or_else(|| bound.draw_hidden_of(hidden_input)));
    for _ in 1..structure.steps {
        model = step(bound.draw_hidden_of(model.1));
    }
    if let Some(state) = state {
        tape.carry(state, bound.draw_hidden_of(model.1));
    }
    model
}
