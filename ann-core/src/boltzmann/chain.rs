//! The chain of Gibbs sampling that the model's side of the gradient comes from.

use ann_autodiff::{Tape, Var};

use super::{Bound, Reconstruction, Structure};

/// `v_model` for a batch, `[rows, visible]`: no gradient flows through it.
///
/// CD-k begins at the data: hidden units are drawn given them, and `k` times visible units given the hidden and hidden units given
/// the visible; the last hidden units are not drawn, as the free energy sums them out. The persistent chain begins with the hidden
/// units of the step before, at first zeros, one chain a row of the batch; those of a smaller last batch are the first of them.
pub(super) fn model<'t>(
    structure: &Structure,
    reconstruction: Reconstruction,
    tape: &'t Tape,
    bound: &Bound<'t>,
    data: Var<'t>,
) -> Var<'t> {
    let rows = data.extents().first().copied().unwrap_or(0);
    let state = structure.is_persistent.then(|| tape.state(&[rows, structure.hidden]));
    let mut hidden = state.unwrap_or_else(|| bound.draw_hidden(data));
    let mut visible = data;
    for step in 0..structure.steps {
        if 0 < step {
            hidden = bound.draw_hidden(visible);
        }
        let means = bound.visible_means(hidden);
        visible = match reconstruction {
            Reconstruction::Means => means.detach(),
            Reconstruction::Draws => bound.draw_visible(means),
        };
    }
    if let Some(state) = state {
        tape.carry(state, bound.draw_hidden(visible));
    }
    visible
}
