//! The operation of gated recurrent units over whole sequences.

use super::recurrent::{
    Direction, Sizes, add, add_product, exactly, initial, length, piece, product_backward,
};
use crate::epilogue::{Epilogue, sigmoid};
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// Gated recurrent units (Cho et al. 2014), the reset gate after the product, as cuDNN has it: `x [b, t, k]` gives `h [b, t, n]`.
///
/// ```text
/// r = sigmoid(W_r x + U_r h' + b_r)               z = sigmoid(W_z x + U_z h' + b_z)
/// m = tanh(W_n x + b_n + r (U_n h' + b_hidden))   h = (1 - z) m + z h'
/// ```
///
/// with `h'` that of the step before. Inputs: `x`, `W [3n, k]`, `U [3n, n]`, `b [3n]` in the order r, z, n, the bias inside the
/// reset gate's product `[n]`; `h` before the first step `[b, n]`; how many steps of each sequence are no padding `[b]`. The last
/// two may be left out as `[0]`: zeros, and all steps. So may `W`, where `x` is `W x` already.
///
/// Steps of padding are neither read nor learned from, the output there is 0. A sequence whose length is no whole number from 1
/// to `t` has NaN as its output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gru {
    /// Which way the sequences are read.
    pub direction: Direction,
}

impl Op<7> for Gru {
    const NAME: &'static str = "gru";
    const SAVES: Saves = Saves::inputs(&[0, 1, 2, 5, 6]).and_output();
    const ROLES: [Role; 7] = [
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Differentiable,
        Role::Fixed,
    ];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "plain",
            op: Self { direction: Direction::Forward },
            inputs: &[
                Fill::normal(&[2, 4, 3]),
                Fill::normal(&[15, 3]),
                Fill::normal(&[15, 5]),
                Fill::normal(&[15]),
                Fill::normal(&[5]),
                Fill::normal(&[0]),
                Fill::normal(&[0]),
            ],
        },
        Case {
            name: "a state and lengths",
            op: Self { direction: Direction::Forward },
            inputs: &[
                Fill::normal(&[3, 4, 2]),
                Fill::normal(&[9, 2]),
                Fill::normal(&[9, 3]),
                Fill::normal(&[9]),
                Fill::normal(&[3]),
                Fill::normal(&[3, 3]),
                Fill::of(&[3], Draw::These(&[2.0, 4.0, 1.0])),
            ],
        },
        Case {
            name: "reverse, a state and lengths",
            op: Self { direction: Direction::Reverse },
            inputs: &[
                Fill::normal(&[3, 4, 2]),
                Fill::normal(&[9, 2]),
                Fill::normal(&[9, 3]),
                Fill::normal(&[9]),
                Fill::normal(&[3]),
                Fill::normal(&[3, 3]),
                Fill::of(&[3], Draw::These(&[2.0, 4.0, 1.0])),
            ],
        },
        Case {
            name: "multiplied already",
            op: Self { direction: Direction::Reverse },
            inputs: &[
                Fill::normal(&[2, 3, 6]),
                Fill::normal(&[0]),
                Fill::normal(&[6, 2]),
                Fill::normal(&[6]),
                Fill::normal(&[2]),
                Fill::normal(&[2, 2]),
                Fill::of(&[2], Draw::These(&[2.0, 3.0])),
            ],
        },
        Case {
            name: "an empty batch",
            op: Self { direction: Direction::Forward },
            inputs: &[
                Fill::normal(&[0, 4, 2]),
                Fill::normal(&[9, 2]),
                Fill::normal(&[9, 3]),
                Fill::normal(&[9]),
                Fill::normal(&[3]),
                Fill::normal(&[0, 3]),
                Fill::normal(&[0]),
            ],
        },
    ];

    fn shape(
        &self,
        [x, w_ih, w_hh, bias, bias_hidden, h0, lengths]: [Extents; 7],
    ) -> Result<Extents, String> {
        let sizes = Sizes::checked(x, w_ih, w_hh, 3)?;
        exactly("the bias", bias, &[3 * sizes.n])?;
        exactly("the bias inside the product", bias_hidden, &[sizes.n])?;
        sizes.state("the initial state", h0)?;
        sizes.lengths(lengths)?;
        Ok(sizes.output())
    }

    // Of each step r, z and m, and U_n h' + b_hidden.
    fn kept(&self, [x, _, w_hh, ..]: [Extents; 7]) -> usize {
        let Sizes { b, t, n, .. } = Sizes::of(x, w_hh);
        b * t * 4 * n
    }

    fn forward<T: Scalar>(
        &self,
        [x, w_ih, w_hh, bias, bias_hidden, h0, lengths]: [View<'_, T>; 7],
        mut y: Output<'_, T>,
    ) {
        let Sizes { b, t, k, n } = Sizes::of(x.extents, w_hh.extents);
        y.kept.fill(T::ZERO);
        y.fill(T::ZERO);
        let (all_gates, all_inner) = y.kept.split_at_mut(b * t * 3 * n);
        for row in 0..b {
            let Some(length) = length(&lengths, row, t) else {
                piece(y.data, row, t * n).fill(T::NAN);
                continue;
            };
            let mut h = initial(h0, row, n);
            for step in self.direction.steps(length) {
                let at = row * t + step;
                let (gates, inner) = (piece(all_gates, at, 3 * n), piece(all_inner, at, n));
                gates.copy_from_slice(&bias);
                add_product(&w_ih, &x[at * k..][..k], gates);
                add_product(&w_hh[..2 * n * n], &h, &mut gates[..2 * n]);
                inner.copy_from_slice(&bias_hidden);
                add_product(&w_hh[2 * n * n..], &h, inner);
                for j in 0..n {
                    let (r, z) = (sigmoid(gates[j]), sigmoid(gates[n + j]));
                    let m = (gates[2 * n + j] + r * inner[j]).tanh();
                    h[j] = (T::ONE - z) * m + z * h[j];
                    [gates[j], gates[n + j], gates[2 * n + j]] = [r, z, m];
                }
                piece(y.data, at, n).copy_from_slice(&h);
            }
        }
    }

    fn backward<T: Scalar>(
        &self,
        saved: Saved<'_, T, 7>,
        dy: &[T],
        [dx, dw_ih, dw_hh, db, db_hidden, dh0, _]: [&mut [T]; 7],
    ) {
        let [x, w_ih, w_hh, _, _, h0, lengths] = saved.x;
        let Sizes { b, t, k, n } = Sizes::of(x.extents, w_hh.extents);
        let (all_gates, all_inner) = saved.kept.split_at(b * t * 3 * n);
        // By the sums that enter the gates' functions, and by the products with h' in them.
        let (mut dz, mut du) = (vec![T::ZERO; 3 * n], vec![T::ZERO; 3 * n]);
        for row in 0..b {
            let Some(length) = length(&lengths, row, t) else { continue };
            let first = initial(h0, row, n);
            let mut dh = vec![T::ZERO; n];
            for step in self.direction.steps(length).rev() {
                let at = row * t + step;
                let (gates, inner) = (&all_gates[at * 3 * n..][..3 * n], &all_inner[at * n..][..n]);
                let h = match self.direction.before(step, length) {
                    Some(before) => &saved.y[(row * t + before) * n..][..n],
                    None => &first[..],
                };
                for j in 0..n {
                    let [r, z, m] = [gates[j], gates[n + j], gates[2 * n + j]];
                    let dh_j = dy[at * n + j] + dh[j];
                    let dm = Epilogue::Tanh.through(dh_j * (T::ONE - z), m);
                    let dr = Epilogue::Sigmoid.through(dm * inner[j], r);
                    let dupdate = Epilogue::Sigmoid.through(dh_j * (h[j] - m), z);
                    [dz[j], dz[n + j], dz[2 * n + j]] = [dr, dupdate, dm];
                    [du[j], du[n + j], du[2 * n + j]] = [dr, dupdate, dm * r];
                    dh[j] = dh_j * z;
                }
                add(db, &dz);
                add(db_hidden, &du[2 * n..]);
                product_backward(&w_ih, &x[at * k..][..k], &dz, dw_ih, piece(dx, at, k));
                product_backward(&w_hh, h, &du, dw_hh, &mut dh);
            }
            add(piece(dh0, row, n), &dh);
        }
    }
}
