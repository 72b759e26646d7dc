//! A plain recurrent layer's operation over whole sequences.

use super::recurrent::{
    Direction, Sizes, add, add_product, exactly, initial, length, piece, product_backward,
};
use crate::epilogue::Epilogue;
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `h[t] = f(W x[t] + U h[t-1] + b)` (Elman 1990): `x [b, t, k]` gives `h [b, t, n]`.
///
/// Inputs: `x`, `W [n, k]`, `U [n, n]`, `b [n]`, the state before the first step `[b, n]`, and how many steps of each sequence are
/// no padding `[b]`. The last two may be left out as `[0]`: zeros, and all steps. So may `W`, where `x` is `W x` already.
///
/// Steps of padding are neither read nor learned from, the output there is 0. A sequence whose length is no whole number from 1
/// to `t` has NaN as its output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rnn {
    /// The function at the end of a step.
    pub activation: Epilogue,
    /// Which way the sequences are read.
    pub direction: Direction,
}

const TANH: Rnn = Rnn { activation: Epilogue::Tanh, direction: Direction::Forward };

impl Op<6> for Rnn {
    const NAME: &'static str = "rnn";
    // The slope is told by the output.
    const SAVES: Saves = Saves::inputs(&[0, 1, 2, 4, 5]).and_output();
    const ROLES: [Role; 6] = [
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
            op: TANH,
            inputs: &[
                Fill::normal(&[2, 4, 3]),
                Fill::normal(&[5, 3]),
                Fill::normal(&[5, 5]),
                Fill::normal(&[5]),
                Fill::normal(&[0]),
                Fill::normal(&[0]),
            ],
        },
        Case {
            name: "a state and lengths",
            op: TANH,
            inputs: &[
                Fill::normal(&[3, 4, 2]),
                Fill::normal(&[3, 2]),
                Fill::normal(&[3, 3]),
                Fill::normal(&[3]),
                Fill::normal(&[3, 3]),
                Fill::of(&[3], Draw::These(&[2.0, 4.0, 1.0])),
            ],
        },
        Case {
            name: "reverse, sigmoid",
            op: Self { activation: Epilogue::Sigmoid, direction: Direction::Reverse },
            inputs: &[
                Fill::normal(&[3, 4, 2]),
                Fill::normal(&[3, 2]),
                Fill::normal(&[3, 3]),
                Fill::normal(&[3]),
                Fill::normal(&[3, 3]),
                Fill::of(&[3], Draw::These(&[2.0, 4.0, 1.0])),
            ],
        },
        Case {
            name: "relu, all its sums positive",
            op: Self { activation: Epilogue::Relu, direction: Direction::Forward },
            inputs: &[
                Fill::of(&[2, 3, 2], Draw::Positive),
                Fill::of(&[3, 2], Draw::Positive),
                Fill::of(&[3, 3], Draw::Probability),
                Fill::of(&[3], Draw::Positive),
                Fill::of(&[2, 3], Draw::Positive),
                Fill::normal(&[0]),
            ],
        },
        Case {
            name: "multiplied already",
            op: TANH,
            inputs: &[
                Fill::normal(&[2, 4, 3]),
                Fill::normal(&[0]),
                Fill::normal(&[3, 3]),
                Fill::normal(&[3]),
                Fill::normal(&[2, 3]),
                Fill::of(&[2], Draw::These(&[2.0, 4.0])),
            ],
        },
        Case {
            name: "an empty batch",
            op: TANH,
            inputs: &[
                Fill::normal(&[0, 4, 2]),
                Fill::normal(&[3, 2]),
                Fill::normal(&[3, 3]),
                Fill::normal(&[3]),
                Fill::normal(&[0, 3]),
                Fill::normal(&[0]),
            ],
        },
    ];

    fn shape(&self, [x, w_ih, w_hh, bias, h0, lengths]: [Extents; 6]) -> Result<Extents, String> {
        let sizes = Sizes::checked(x, w_ih, w_hh, 1)?;
        exactly("the bias", bias, &[sizes.n])?;
        sizes.state("the initial state", h0)?;
        sizes.lengths(lengths)?;
        Ok(sizes.output())
    }

    fn forward<T: Scalar>(&self, [x, w_ih, w_hh, bias, h0, lengths]: [View<'_, T>; 6], mut y: Output<'_, T>) {
        let Sizes { b, t, k, n } = Sizes::of(x.extents, w_hh.extents);
        y.fill(T::ZERO);
        for row in 0..b {
            let Some(length) = length(&lengths, row, t) else {
                piece(&mut y, row, t * n).fill(T::NAN);
                continue;
            };
            let mut state = initial(h0, row, n);
            for step in self.direction.steps(length) {
                let at = row * t + step;
                let h = piece(&mut y, at, n);
                h.copy_from_slice(&bias);
                add_product(&w_ih, &x[at * k..][..k], h);
                add_product(&w_hh, &state, h);
                for h in h.iter_mut() {
                    *h = self.activation.apply(*h);
                }
                state.copy_from_slice(h);
            }
        }
    }

    fn backward<T: Scalar>(
        &self,
        saved: Saved<'_, T, 6>,
        dy: &[T],
        [dx, dw_ih, dw_hh, db, dh0, _]: [&mut [T]; 6],
    ) {
        let [x, w_ih, w_hh, _, h0, lengths] = saved.x;
        let Sizes { b, t, k, n } = Sizes::of(x.extents, w_hh.extents);
        let mut dz = vec![T::ZERO; n];
        for row in 0..b {
            let Some(length) = length(&lengths, row, t) else { continue };
            let first = initial(h0, row, n);
            let mut dh = vec![T::ZERO; n];
            for step in self.direction.steps(length).rev() {
                let at = row * t + step;
                for j in 0..n {
                    dz[j] = self.activation.through(dy[at * n + j] + dh[j], saved.y[at * n + j]);
                }
                let before = match self.direction.before(step, length) {
                    Some(before) => &saved.y[(row * t + before) * n..][..n],
                    None => &first,
                };
                add(db, &dz);
                product_backward(&w_ih, &x[at * k..][..k], &dz, dw_ih, piece(dx, at, k));
                dh.fill(T::ZERO);
                product_backward(&w_hh, before, &dz, dw_hh, &mut dh);
            }
            add(piece(dh0, row, n), &dh);
        }
    }
}
